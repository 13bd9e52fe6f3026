"""One computer of the household: a namespace of its own, so that what it sends is its alone."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.tap import Tap
from tests.support.namespaces import Namespace
from tests.support.tools import need

_RUNNER = Path(__file__).with_name("runner.py")


class Pass(NamedTuple):
    """What one run of a command cost, with all its children: wall and CPU in seconds."""

    wall: float
    cpu: float


class Machine:
    """Runs programs in a namespace, with `room` as their home; `tap` sees what leaves it."""

    def __init__(self, namespace: Namespace, room: Path, environment: Mapping[str, str]) -> None:
        self.room = room
        self._namespace = namespace
        # Bytecode is kept, as that of an installed command is; leaks are looked for elsewhere.
        kept = {key: value for key, value in environment.items() if key != "PYTHONWARNINGS"}
        self._environment = {**kept, "HOME": str(room)}
        self.tap = Tap(namespace)

    @contextlib.contextmanager
    def running(self, command: Sequence[str]) -> Iterator[int]:
        """Run a daemon for the length of the block; its process id.

        The kernel ends it when this process dies; its output is in `output.log`.
        """
        leash = (need("setpriv"), "--pdeathsig", "KILL")
        with (self.room / "output.log").open("wb") as output:
            process = subprocess.Popen(
                [*leash, *self._namespace.command(*command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.room,
                env=self._environment,
            )
        try:
            yield process.pid
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended by itself:\n{self.log[-2000:]}")
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def log(self) -> str:
        """What the daemon has written."""
        return (self.room / "output.log").read_text(errors="replace")

    @contextlib.contextmanager
    def runner(self) -> Iterator[Runner]:
        """A small process inside that starts commands and accounts for them."""
        process = subprocess.Popen(
            self._namespace.command(sys.executable, "-I", "-S", str(_RUNNER)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.room,
            env=self._environment,
        )
        with process:
            yield Runner(process, self.room / "peak")

    def close(self) -> None:
        """Take the tap away; the namespace is its maker's to remove."""
        self.tap.close()


class Runner:
    """Runs commands to their ends, one after the other."""

    def __init__(self, process: subprocess.Popen[str], report: Path) -> None:
        self._process, self._report = process, report

    def once(self, command: Sequence[str]) -> Pass:
        """Run it and say what it cost. Raises with what it wrote when it fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        path = need(command[0])
        self._process.stdin.write(json.dumps([path, *command[1:]]) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        if told["status"]:
            raise RuntimeError(f"{' '.join(command)} ended with status {told['status']}")
        return Pass(told["wall"], told["cpu"])

    def peak(self, command: Sequence[str]) -> float:
        """The peak of resident memory of its largest process, in MiB.

        GNU time starts it, which is small: Linux counts the pages of whoever forks into the peak
        of the child, and this interpreter's would hide a small program.
        """
        path = need(command[0])
        self.once([need("time"), "-f", "%M", "-o", str(self._report), path, *command[1:]])
        return int(self._report.read_text()) / 1024
