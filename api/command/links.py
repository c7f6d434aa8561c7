"""`knooppunt handbook links`: which addresses outside, that the handbook leads to, answer no more."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from handbook import links, write

PATIENCE = 15.0
"""Seconds that an address gets to answer."""
AGENT = "Mozilla/5.0 (Knooppunt; kijkt of koppelingen nog werken)"
GONE = frozenset({404, 410})


def run(chosen: argparse.Namespace) -> int:
    """Ask each address once; 1 where one of them answers no more."""
    content = Path(__file__).parents[2] / "handbook/content"
    edition = write.edition(chosen.workflows, chosen.region or None, content, datetime.now(UTC).date())
    addresses = links.outside(edition.pages)
    with httpx2.Client(timeout=PATIENCE, follow_redirects=True, headers={"User-Agent": AGENT}) as client:
        broken = tuple(links.broken(addresses, lambda address: _answer(client, address)))
    if broken and len(broken) == len(addresses):
        print("Geen enkel adres antwoordt. Heeft deze machine internet?")
        return 1
    for each in broken:
        print(f"{each.address}\n  {each.answer}\n  Staat op: {', '.join(each.pages)}")
    print(f"{len(addresses)} adressen gevraagd; {len(broken)} werken niet meer.")
    return 1 if broken else 0


def _answer(client: httpx2.Client, address: str) -> str:
    """What is wrong at an address; "" where a page is. Who refuses programs is taken to have one."""
    try:
        with client.stream("GET", address) as response:
            status = response.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return f"Hier antwoordt niemand ({type(error).__name__})."
    if status in GONE:
        return f"Deze bladzijde is er niet meer ({status})."
    return f"Hier is een storing ({status})." if status >= 500 else ""
