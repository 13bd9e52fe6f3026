"""One mistake in the configuration, and how values are shown in it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What stands where, what was expected there, what was found, and what to do.

    `str()` is one line for people. `line` is None where it is not known for certain. `found` never
    holds the value of a secret.
    """

    file: str
    line: int | None = None
    table: str = ""  # as it stands in the file: "[account.home]", "[[record]] 1 (home.example.com)"
    key: str = ""
    expected: str = ""
    found: str
    hint: str = ""

    def __str__(self) -> str:
        """Tell it in one line: `file:line: [table] key: expected …, found …; what to do`."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        place = " ".join(part for part in (self.table, self.key) if part)
        body = f"expected {self.expected}, found {self.found}" if self.expected else self.found
        text = ": ".join(part for part in (where, place, body) if part)
        return f"{text}; {self.hint}" if self.hint else text


def shown(value: object) -> str:
    """A value as it may be shown: like TOML, in one line, shortened, nothing unprintable."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{clipped(value)}"' if value else 'empty text ("")'
        case int() | float():
            return clipped(str(value))
        case _:
            return kind(value)


def kind(value: object) -> str:
    """What a value is, without the value: for secrets, and for whatever may hold one."""
    match value:
        case bool():
            return "true or false"
        case str():
            return "text" if value else 'empty text ("")'
        case int() | float():
            return "a number"
        case list():
            return "a list" if value else "an empty list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def shown_url(value: object) -> str:
    """A URL as it may be shown: scheme and host. User, path and query may hold a credential."""
    if not isinstance(value, str):
        return shown(value)
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return kind(value)
    if not host or not parts.scheme:
        return kind(value)
    rest = "" if value == f"{parts.scheme}://{host}" else "…"
    return f'"{clipped(parts.scheme)}://{clipped(host)}{rest}"'


def clipped(text: str) -> str:
    """Text cut to a length that fits into a sentence, with control characters spelled out."""
    short = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)
