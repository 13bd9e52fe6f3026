"""Bold headings for a text that goes to a terminal. Only whoever looks at it there gets them."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import TextIO

_HEADING = re.compile(r"(?m)^(?:\d [A-Z].*|[A-Z][^?\n]*\?(?= |$))")
_BOLD, _PLAIN = "\x1b[1m", "\x1b[22m"


def wanted(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether `stream` is a terminal that shows bold, and its user has nothing against it.

    NO_COLOR asks for text without any such codes (https://no-color.org). Windows' old console
    shows them as letters, and its new one says who it is.
    """
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return sys.platform != "win32" or "WT_SESSION" in environ


def emphasised(text: str) -> str:
    """The same text with bold questions and headings of sections; nothing else is changed."""
    return _HEADING.sub(rf"{_BOLD}\g<0>{_PLAIN}", text)
