"""Reading what HTTP, SSDP and GENA all begin with: one line, then headers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)")
_MOST_HEADERS = 64
_NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first line and the headers, whose names are in capitals; of several, the first counts."""

    first: str
    headers: Mapping[str, str]

    @property
    def status(self) -> int | None:
        """The status of an HTTP response; None when this is none."""
        found = re.match(r"HTTP/1\.[01] ([1-5][0-9]{2})(?: |$)", self.first)
        return int(found[1]) if found else None

    def text(self, name: str) -> str:
        """A header's value; empty where it is missing."""
        return self.headers.get(name, "")

    def number(self, name: str) -> int | None:
        """A header's value as a number of at most ten digits; None where it is none."""
        return int(self.text(name)) if _NUMBER.fullmatch(self.text(name)) else None


def read_head(data: bytes) -> Head:
    """Read a head; a line that is no header is passed over, and so is the 65th header."""
    first, *lines = data.decode("latin-1").split("\n")
    headers: dict[str, str] = {}
    for line in lines[:_MOST_HEADERS]:
        if header := _HEADER.fullmatch(line.rstrip("\r")):
            headers.setdefault(header[1].upper(), header[2].strip())
    return Head(first=first.strip(), headers=headers)
