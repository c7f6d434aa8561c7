"""The outside of Knooppunt: command line, JSON API and web pages over the engine's use cases."""
