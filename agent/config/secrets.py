"""Reading a secret from a file of its own: bytes and mode bits, judged by `credential.py`."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LONGEST = 64 * 1024  # bytes; a service account key of Google is 2.4 KB


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFile:
    """What the file holds, without the line end that editors add.

    `mode` are the permission bits; None where they say nothing about who may read (Windows).
    """

    text: str
    mode: int | None = None

    def __repr__(self) -> str:
        """Show nothing of the text."""
        return f"SecretFile(mode={self.mode})"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSecret:
    """Why there is no secret: `found` completes "found …", `hint` says what to do."""

    found: str
    hint: str


ReadSecret = Callable[[Path], SecretFile | NoSecret]


def read_secret(path: Path) -> SecretFile | NoSecret:
    """Read the file of a secret. Never raises, and never blocks on a pipe or a device."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            return NoSecret(found="a folder", hint="name the file inside it")
        if not stat.S_ISREG(status.st_mode):
            return NoSecret(found="a pipe or a device", hint="put the secret into a regular file")
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            data = file.read(LONGEST + 1)
    except FileNotFoundError:
        return NoSecret(
            found="no file of that name", hint="name a file; the secret itself does not go here"
        )
    except PermissionError:
        return NoSecret(
            found="one that may not be read", hint="give it to the user that upstun runs as"
        )
    except (OSError, ValueError):  # too long, a null byte, a loop of links, a broken disk
        return NoSecret(
            found="one that cannot be read", hint="name a file; the secret itself does not go here"
        )
    if len(data) > LONGEST:
        return NoSecret(found="more than 64 KiB", hint="this is some other file")
    return _text(data, mode if os.name == "posix" else None)


def _text(data: bytes, mode: int | None) -> SecretFile | NoSecret:
    try:
        text = data.decode("utf-8-sig").rstrip("\r\n")  # Notepad adds a mark, everybody a line end
    except UnicodeDecodeError:  # PowerShell's ">" writes UTF-16
        return NoSecret(found="bytes that are not UTF-8", hint="save it as UTF-8")
    if not text.strip():
        return NoSecret(found="an empty file", hint="put the secret into it")
    return SecretFile(text=text, mode=mode)
