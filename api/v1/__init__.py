"""The JSON API, version 1: the same use cases as the pages, for other systems. `shapes` are its answers and bodies."""
