"""One agent for one state directory: two would fight over the same records."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO


class Occupied(Exception):
    """Another agent holds the state directory; the text is one sentence for people."""


@contextlib.contextmanager
def state_lock(directory: Path) -> Iterator[None]:
    """Hold the directory until the block ends or the process dies, however it dies.

    The operating system drops the lock with the process, so there is nothing stale to clean up.
    Raises Occupied. A directory that cannot be written is no reason to stop: it is not locked.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (directory / "lock").open("a+")
    except OSError:
        yield
        return
    with file:
        if not _take(file):
            file.seek(0)
            holder = file.read(32).strip() or "unknown"
            raise Occupied(
                f"another upstun (process {holder}) uses the state directory {directory}; "
                "stop it, or give this one a directory of its own with [agent] state."
            )
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _take(file: IO[str]) -> bool:
    """Try to lock without waiting; the modules differ by platform, so they are imported here."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  exists on Windows alone

            # The byte lies far behind the process number, which others must be able to read.
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  does not exist on Windows

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
