"""A real server as a child process: started, awaited by asking it, and ended for certain."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.support.tools import find

_PATIENCE = 15.0  # seconds for a server to answer its first question


class Daemon:
    """One server. Its output goes to `<folder>/<name>.log`.

    The kernel ends it when the test process dies (`setpriv --pdeathsig`), even by SIGKILL.
    """

    def __init__(self, name: str, folder: Path, command: Sequence[str]) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """Everything that the server has written since it was first started."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Start it; `ready` waits until it answers."""
        leash = find("setpriv")
        prefix = [leash, "--pdeathsig", "KILL"] if leash else []
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [*prefix, *self._command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def ready(self, answers: Callable[[], bool]) -> None:
        """Ask until it answers; a server that ends or stays silent fails with its log."""
        until(answers, f"{self.name} does not answer", alive=self)

    def stop(self) -> None:
        """End it at once and wait until it is gone. Harmless when it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def until(
    answers: Callable[[], bool],
    complaint: str | Callable[[], str],
    *,
    alive: Daemon | None = None,
) -> None:
    """Wait, within bounds, for something in another process that tells nobody when it is done."""
    deadline = time.monotonic() + _PATIENCE
    while not answers():
        if alive is not None and not alive.running:
            raise AssertionError(f"{alive.name} ended at once:\n{alive.log}")
        if time.monotonic() > deadline:
            why = complaint if isinstance(complaint, str) else complaint()
            raise AssertionError(f"{why}\n{alive.log if alive else ''}")
        time.sleep(0.005)
