"""Definitions → handbook: drawings, pages and downloads. It runs no case and knows no web server."""
