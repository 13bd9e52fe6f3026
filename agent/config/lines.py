"""On which line of the file a key stands: a second, much simpler reading of text that is valid.

`tomllib` keeps no positions. This scanner reads only what it needs to know where one key ends and
the next begins (TOML 1.0: <https://toml.io/en/v1.0.0>), and relies on `tomllib` having accepted
the text. Whenever the text is not what it takes it for, it knows no line at all: none is better
than a wrong one.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?""""{0,2}'  # up to two quotes may stand before the closing three
    r"|'''.*?''''{0,2}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}\n#]+")


class _Lost(Exception):
    """The text is not what the scanner takes it for."""


def find_lines(text: str) -> Mapping[Path, int]:
    """The line, counted from 1, on which each key, table and list element is first mentioned.

    A path is the keys from the top, with positions in lists counted from 0:
    `("record", 1, "name")`. `text` is TOML that `tomllib` has accepted.
    """
    scanner = _Scanner(text)
    try:
        scanner.document()
    except (_Lost, RecursionError):
        return {}
    return scanner.lines


class _Scanner:
    """A position in the text, and what was found before it."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._elements: dict[Path, int] = {}  # how many [[tables]] of a path were opened so far

    def document(self) -> None:
        """Read headers and settings until the end."""
        table: Path = ()
        while self._skip(_BLANK) and self._at < len(self._text):
            line = self._line()
            if self._accept("[["):
                table = self._open(self._keys(), line, element=True)
                self._expect("]]")
            elif self._accept("["):
                table = self._open(self._keys(), line, element=False)
                self._expect("]")
            else:
                self._setting(table)

    def _open(self, keys: Path, line: int, *, element: bool) -> Path:
        path: Path = ()
        for depth, key in enumerate(keys, 1):
            path = (*path, key)
            self.lines.setdefault(path, line)
            if element and depth == len(keys):
                self._elements[path] = self._elements.get(path, 0) + 1
            if path in self._elements:  # inside a list of tables, its latest element is meant
                path = (*path, self._elements[path] - 1)
        self.lines[path] = line
        return path

    def _setting(self, table: Path) -> None:
        line = self._line()
        for key in self._keys():
            table = (*table, key)
            self.lines.setdefault(table, line)
        self._match(_EQUALS)
        self._value(table)

    def _value(self, path: Path) -> None:
        if self._accept("{"):
            while self._skip(_BLANK) and not self._accept("}"):
                self._setting(path)
                self._comma()
        elif self._accept("["):
            position = 0
            while self._skip(_BLANK) and not self._accept("]"):
                self.lines[(*path, position)] = self._line()
                self._value((*path, position))
                self._comma()
                position += 1
        elif self._text.startswith(('"', "'"), self._at):
            self._match(_STRING)
        else:
            self._match(_SCALAR)

    def _comma(self) -> None:
        self._skip(_BLANK)
        self._accept(",")

    def _keys(self) -> Path:
        keys: list[str] = []
        self._skip(_BLANK)
        while True:
            part = self._match(_PART)
            quoted = part.startswith(('"', "'"))
            keys.append(tomllib.loads(f"key = {part}")["key"] if quoted else part)
            if not _DOT.match(self._text, self._at):
                self._skip(_BLANK)
                return tuple(keys)
            self._match(_DOT)

    def _line(self) -> int:
        return bisect_left(self._ends, self._at) + 1

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        if match := pattern.match(self._text, self._at):
            self._at = match.end()
        return True

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise _Lost
        self._at = match.end()
        return match.group()

    def _accept(self, mark: str) -> bool:
        if not self._text.startswith(mark, self._at):
            return False
        self._at += len(mark)
        return True

    def _expect(self, mark: str) -> None:
        if not self._accept(mark):
            raise _Lost
