"""The addresses outside that pages lead to, and whether something is there: asked by a person, never by a build."""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

AT_ONCE = 8
_ADDRESS = re.compile(r"\]\((https?://[^\s)]+)\)|<(https?://[^\s>]+)>|href=\"(https?://[^\"]+)\"")
_INVENTED = re.compile(r"https?://(?:[^/]*\.)?(?:example|test|invalid)(?:[:/]|$)")
"""Addresses that nobody can have: of what is invented in an example."""


@dataclass(frozen=True)
class Broken:
    """An address where nothing is found any more: what was answered, and the pages that lead there."""

    address: str
    answer: str
    pages: tuple[str, ...]


def outside(pages: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """Every address outside that a page of an edition leads to, with those pages."""
    leading: dict[str, list[str]] = {}
    for file, content in pages.items():
        if file.endswith(".md"):
            for address in dict.fromkeys(_addresses(content.decode())):
                leading.setdefault(address, []).append(file)
    return {address: tuple(files) for address, files in sorted(leading.items())}


def _addresses(text: str) -> Iterator[str]:
    for hit in _ADDRESS.finditer(text):
        address = next(filter(None, hit.groups())).partition("#")[0]
        if not _INVENTED.match(address):
            yield address


def broken(addresses: Mapping[str, tuple[str, ...]], ask: Callable[[str], str]) -> Iterator[Broken]:
    """Those of them where `ask` tells what is wrong ("" where nothing is), in their order."""
    with ThreadPoolExecutor(AT_ONCE) as asking:
        for address, answer in zip(addresses, asking.map(ask, addresses), strict=True):
            if answer:
                yield Broken(address, answer, addresses[address])
