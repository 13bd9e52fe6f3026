"""Standard output and standard error as they really are: closed, full, cut off, or not UTF-8.

A command that has changed DNS must still end with a true exit status when the reader of its words
has gone (`upstun once | head -1`), when they go to a full disk, or when there is nobody to tell at
all (`>&-`, a service without a console).
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO, cast

# What writing to a pipe without a reader gives; the second is how Windows says it.
_NO_READER = (errno.EPIPE, errno.EINVAL)


class Outlet(io.TextIOBase):
    """A stream that never raises: `fault` says why its words were lost, where that matters."""

    def __init__(self, stream: TextIO) -> None:
        """Pass everything on to `stream`."""
        self.fault = ""
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has an attribute
        """The encoding of the stream behind."""
        return self._stream.encoding or "ascii"

    def write(self, text: str) -> int:
        """Pass `text` on, or lose it."""
        with self._forgiving():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Pass on what is held back, or lose it."""
        with self._forgiving():
            self._stream.flush()

    def isatty(self) -> bool:
        """Whether a person is reading."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor behind."""
        return self._stream.fileno()

    def finish(self) -> None:
        """Flush for the last time. What cannot be written is dropped, lest the exit repeat it."""
        self.flush()
        if self.fault:
            self._drop()

    @contextlib.contextmanager
    def _forgiving(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            if fault.errno in _NO_READER:
                self._drop()
            else:
                self.fault = fault.strerror or type(fault).__name__

    def _drop(self) -> None:
        """Send the rest, and what the stream still holds, to nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


@contextlib.contextmanager
def outlets() -> Iterator[Outlet]:
    """Put outlets in place of stdout, which is yielded, and stderr, until the block ends."""
    _open_closed()
    out, err = (Outlet(_forgiving_letters(stream)) for stream in (sys.stdout, sys.stderr))
    with (
        contextlib.redirect_stdout(cast("TextIO", out)),  # as far as `print` is concerned
        contextlib.redirect_stderr(cast("TextIO", err)),
    ):
        try:
            yield out
        finally:
            err.finish()


def _open_closed() -> None:
    """Fill closed standard descriptors, so that no socket or database takes their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one
    # Typed as never None, which they are where they were closed at the start.
    sys.stdout = cast("TextIO | None", sys.stdout) or _stream(1)
    sys.stderr = cast("TextIO | None", sys.stderr) or _stream(2)


def _stream(number: int) -> TextIO:
    return open(number, "w", encoding="utf-8", closefd=False)


def _forgiving_letters(stream: TextIO) -> TextIO:
    """Spell out what the stream's encoding lacks (Latin-1 has no “), instead of failing over it."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream
