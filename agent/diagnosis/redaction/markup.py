"""Which parts of an HTML page people read, and which are markup. Pure.

A name is looked for in what people read: somebody may have called an account "table".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_PAGE = re.compile(r"\s*<!doctype html|\s*<html", re.IGNORECASE)
_MARKUP = re.compile(
    r"(<(style|script)\b.*?</\2\s*>|<[a-z/!](?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>)",
    re.IGNORECASE | re.DOTALL,
)
_SPOKEN = re.compile(
    r"(?<=\s)(?:title|alt|content|aria-label|aria-description)=(\"[^\"]*\"|'[^']*')", re.IGNORECASE
)
"""Attributes whose value is shown or read aloud."""


class Part(NamedTuple):
    """A piece of a page. `prose` is what people read."""

    text: str
    prose: bool


def parts_of(text: str) -> Iterator[Part]:
    """The pieces of a page, in order; a text that is no page is one piece of prose."""
    if not _PAGE.match(text):
        yield Part(text, prose=True)
        return
    last = 0
    for tag in _MARKUP.finditer(text):
        yield Part(text[last : tag.start()], prose=True)
        yield from _inside(tag[0])
        last = tag.end()
    yield Part(text[last:], prose=True)


def _inside(tag: str) -> Iterator[Part]:
    last = 0
    for spoken in _SPOKEN.finditer(tag):
        yield Part(tag[last : spoken.start(1)], prose=False)
        yield Part(spoken[1], prose=True)
        last = spoken.end(1)
    yield Part(tag[last:], prose=False)
