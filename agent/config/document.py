"""The file itself: from its bytes to text, and from text to what `tomllib` makes of it."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from agent.config.problem import Problem

LONGEST = 1 << 20  # bytes; a thousand records take a tenth of it
BYTE_ORDER_MARK = "\ufeff"

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_POSITION = re.compile(r"\(at line (?P<line>[0-9]+), column (?P<column>[0-9]+)\)$")

# How tomllib begins its sentences, and what is to be done. Its own words are not passed on,
# because they may quote the text, and a credential may stand there.
_SYNTAX = (
    ("Cannot overwrite", "the same key set twice", "keep one of the two"),
    ("Cannot declare", "the same table opened twice", "keep one heading above all its keys"),
    ("Duplicate inline", "the same key set twice", "keep one of the two"),
    ("Cannot mutate", "a complete table opened again", "keep one of the two"),
    ("Expected '='", "a key without =", 'write key = "value"'),
    ("Expected newline", "more after the end of a value", "put text in quotes"),
    ("Expected ']'", "a heading that is not closed", "write [name] or [[name]]"),
    ("Unterminated", "text that is not closed", "close it with the quote that opened it"),
    ("Unclosed", "a list or table that is not closed", "close it"),
    ("Invalid hex", "a backslash with nothing to escape", "use 'single quotes' around backslashes"),
    ("Unescaped", "a backslash with nothing to escape", "use 'single quotes' around backslashes"),
    ("Invalid initial", "no key where one must stand", 'write key = "value"'),
    (
        "Invalid value",
        "a value that is not TOML",
        "put text in quotes; true and false are lower case",
    ),
    ("Invalid date", "a date that is not in the calendar", "put text in quotes"),
    ("Illegal character '\\n'", "text that is not closed on its line", "add the closing quote"),
    ("Illegal character", "a control character", "delete it, or write it as \\uXXXX"),
    ("Found invalid", "a line break or control character in text", "close the quote before it"),
    ("Exceeds the limit", "a number of thousands of digits", "shorten it"),
    ("Invalid statement", "neither a key nor a heading", 'write key = "value" or [name]'),
)


def read_text(path: Path) -> str | Problem:
    """The text of the configuration file, or the one reason why there is none. Never raises."""
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except FileNotFoundError:
        return _unread(path, "no file of that name", "copy the example config.toml to it")
    except IsADirectoryError:
        return _unread(path, "a folder", "name the file inside it")
    except PermissionError:
        if _mode(path, stat.S_IFDIR) is not None:  # how Windows answers to opening a folder
            return _unread(path, "a folder", "name the file inside it")
        return _unread(path, "one that may not be read", "run as its owner, or change its mode")
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or "the name is not one of a file"
        return _unread(path, f"one that cannot be read ({reason})", "check the name and the disk")
    if len(data) > LONGEST:
        return _unread(path, "more than 1 MiB", "this is some other file")
    if data.startswith(_UTF_16):
        return _unread(path, "UTF-16 text", "save it as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        return _unread(path, "bytes that are not UTF-8", "save it as UTF-8", line)
    return text


def readable_by_all(path: Path) -> bool:
    """Whether every user of this machine may read the file; False where mode bits say nothing."""
    mode = _mode(path, stat.S_IFREG)
    return os.name == "posix" and mode is not None and bool(mode & stat.S_IROTH)


def is_file(path: Path) -> bool:
    """Whether there is such a file. Unlike `Path.is_file`, this never raises."""
    return _mode(path, stat.S_IFREG) is not None


def _mode(path: Path, wanted: int) -> int | None:
    """The permission bits of a file of the wanted type; None where there is none to be seen."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return None
    return stat.S_IMODE(mode) if stat.S_IFMT(mode) == wanted else None


def parse(text: str, source: str) -> dict[str, Any] | Problem:
    """What the text says, or the one place where it stops being TOML."""
    if not text.strip():
        return Problem(
            file=source,
            expected="settings",
            found="an empty file",
            hint="copy the example config.toml and change it",
        )
    try:
        return tomllib.loads(text)
    except RecursionError:
        what = "brackets inside brackets, too deep to follow"
        return Problem(file=source, expected="TOML", found=what, hint="close them")
    except ValueError as fault:  # also a number with more than 4300 digits
        return _syntax(str(fault), text, source)


def _syntax(message: str, text: str, source: str) -> Problem:
    what, hint = "something that is not TOML", 'write key = "value", one to a line'
    for start, plain, remedy in _SYNTAX:
        if message.startswith(start):
            what, hint = plain, remedy
            break
    line: int | None = None
    if position := _POSITION.search(message):
        line = int(position["line"])
        what += f" (line {line}, column {position['column']})"
    elif "at end of document" in message:
        line = text.rstrip().count("\n") + 1
        what += f" (line {line}, the last one)"
    return Problem(file=source, line=line, expected="TOML", found=what, hint=hint)


def _unread(path: Path, found: str, hint: str, line: int | None = None) -> Problem:
    expected = "a configuration file in UTF-8"
    return Problem(file=str(path), line=line, expected=expected, found=found, hint=hint)
