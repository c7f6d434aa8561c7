"""The outside of Knooppunt: command line, JSON API and web pages over the engine's use cases."""

SMALLEST_QUEUE = 200
"""So many requests at once are always served; a shorter queue would turn people away whom it has room for. It stands
here for `knooppunt --help`, which waits for nothing else.
"""
