"""What may stand in a text that people read: words and Markdown, links to where one may go, and nothing that acts."""

import re
from html import unescape

SCHEMES = ("http", "https", "mailto")
"""Where a link may lead, besides to another page of ours and to a number to call."""

NUMBER = re.compile(r"tel:[0-9]{3,15}", re.IGNORECASE)
"""A number to call: digits alone. With `*` and `#` a phone may carry out a command instead of calling."""

AUTOLINK = r"(?:https?://|mailto:)[^<>\s\"'`]+>"
"""What may follow `<` in a text: an address, which becomes a link to itself."""

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b\u2028\u2029\ufeff]+")
_SCHEME = re.compile(r"[^/?#]*?:")
_TAG = re.compile(rf"<(?!{AUTOLINK})[A-Za-z/!?][^\s>]*>?")
_ATTRIBUTES = re.compile(r"(?<!\{)\{:?\s*(?:[#.][\w-]+|[\w:-]+\s*=)[^{}\n]*\}")
_PICTURE = re.compile(r"!\[[^\]\n]*\][(\[]")
_LINK = re.compile(r"\]\(\s*(?:<([^>\n]*)>|([^\s)]*))")
_DEFINED = re.compile(r"^ {0,3}\[[^\]\n]+\]:\s*<?([^\s>]+)", re.MULTILINE)
_OTHER = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^<>\s]*)>")


def may_link(address: str) -> bool:
    """Whether a link may lead there, read as a browser does: without blanks, with its entities undone."""
    bare = _IGNORED.sub("", unescape(address))
    scheme = _SCHEME.match(bare)
    if scheme is None:
        return not bare.replace("\\", "/").startswith("//")  # that would be the address of another site
    return scheme[0][:-1].lower() in SCHEMES or NUMBER.fullmatch(bare) is not None


def acting(text: str) -> tuple[str, ...]:
    """What in a text would do something in a browser, or be read by it as more than words: tags of HTML, lists of
    attributes behind an element, pictures, which a browser would fetch, and links with another scheme.
    """
    links = [given for link in _LINK.findall(text) for given in link]
    links += [*_DEFINED.findall(text), *_OTHER.findall(text)]
    wrong = [match[0] for pattern in (_TAG, _ATTRIBUTES, _PICTURE) for match in pattern.finditer(text)]
    wrong += [link for link in links if not (may_link(link) and may_link(_ESCAPED.sub(r"\1", link)))]
    return tuple(dict.fromkeys(wrong))
