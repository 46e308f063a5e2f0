"""One printable line: what a name, a title, or the name of a file may be made of.

Unicode's canonical composition (NFC), without control characters, line breaks, invisible format
characters or anything that turns the direction of what stands around it. The zero-width joiner and
non-joiner stand between letters or emoji, where Persian, Hindi and families of emoji need them, and
nowhere else.
"""

import re
import unicodedata
from typing import Final

_JOINERS: Final = r"\u200c\u200d"
_UNPRINTABLE: Final = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb"
)
_JOINABLE: Final = (
    r"[^\u0000-@\u005b-\u0060\u007b-\u00bf\u061c\u1680\u180e\u2000-\u206f\u3000-\u303f"
    r"\ufeff\ufff9-\ufffb]"
)
"""Letters, marks and emoji, told by what they are not: blanks, digits, punctuation, controls."""

_BEYOND_THE_DOCUMENT: Final = "[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
"""Invisible characters that a pattern cannot name in a way that every reader of JSON Schema
understands."""

_CONTROLS: Final = {
    "\x00": "NULL",
    "\x07": "BELL",
    "\t": "TABULATION",
    "\n": "LINE FEED",
    "\r": "CARRIAGE RETURN",
}


def pattern(without: str = "") -> str:
    """The regular expression of a printable line with something to be seen in it.

    `without` are more characters that it may not hold, as they stand between square brackets. It is
    written for every reader of JSON Schema: nothing looks around, nothing lies beyond U+FFFF.
    """
    joined = rf"{_JOINABLE}(?:[{_JOINERS}]{_JOINABLE})+"
    seen = rf"[^{_UNPRINTABLE}{_JOINERS}{without}\s\u2800]"
    other = rf"[^{_UNPRINTABLE}{_JOINERS}{without}]"
    return rf"^ *(?:{seen}|{joined})(?:{other}|{joined})*$"


_BAD: Final = re.compile(
    rf"[{_UNPRINTABLE}]|{_BEYOND_THE_DOCUMENT}"
    rf"|(?<!{_JOINABLE})[{_JOINERS}]|[{_JOINERS}](?!{_JOINABLE})"
)
_SEEN: Final = re.compile(rf"[^{_JOINERS}\s\u2800]")


def fault(text: str) -> str | None:
    """What keeps a text from being one printable line, in words that name it; None for nothing."""
    found = _BAD.search(text)
    if found is not None:
        return f"It has {named(found[0])}, which cannot be printed on one line: leave it out"
    return None if _SEEN.search(text) else "It has nothing in it that can be seen"


def composed(text: str) -> str:
    """The text in the one of its forms in which it is kept."""
    return unicodedata.normalize("NFC", text)


def mended(text: str) -> str:
    """A printable line of a text that need not be one: blanks for breaks, without the rest; empty
    where nothing can be seen of it."""
    line = " ".join(_BAD.sub(_blank_or_nothing, composed(text)).split())
    return line if _SEEN.search(line) else ""


def line_of(text: str) -> str:
    """A printable line of what was named before names had to be one."""
    return mended(text) or "?"


def _blank_or_nothing(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else ""


def named(character: str) -> str:
    """How to call a character: U+200B ZERO WIDTH SPACE."""
    name = _CONTROLS.get(character) or unicodedata.name(character, "CONTROL CHARACTER")
    return f"U+{ord(character):04X} {name}"
