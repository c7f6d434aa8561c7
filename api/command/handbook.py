"""`knooppunt handbook preview`: what a saved drawing will read like in the handbook, on this machine."""

import argparse
from datetime import date
from pathlib import Path

from handbook.preview import Preview, serve


def run(chosen: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    content = Path(__file__).parents[2] / "handbook/content"
    preview = Preview(chosen.workflows, chosen.region or None, content, date.today)
    with serve(preview, chosen.port) as server:
        address = f"http://localhost:{server.server_port}/"
        print(f"De handreiking staat op {address}. Bewaar een bestand en kijk. Stop met Ctrl-C.", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
