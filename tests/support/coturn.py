"""A real STUN server, coturn, on a free loopback port."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.tools import free_port, need

_PATIENCE = 10.0  # seconds until a server that does not come up fails the test


@contextmanager
def coturn(folder: Path, *options: str, host: str = "127.0.0.1") -> Iterator[int]:
    """Run coturn for STUN only, with its files in `folder`; yields its port."""
    port = free_port()
    log = folder / "turnserver.log"
    command = [
        *(need("turnserver"), "-n", "--stun-only", "--no-auth", "--no-cli"),
        *("--no-tls", "--no-dtls", "--simple-log", "--log-file", "stdout"),
        *("--pidfile", str(folder / "turnserver.pid"), "--db", str(folder / "turndb")),
        *("--listening-ip", host, "--listening-port", str(port), *options),
    ]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output, cwd=folder) as server,
    ):
        try:
            _wait_until_open(server, log)
            yield port
        finally:
            server.kill()


def _wait_until_open(server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the log line that follows the opening of every listener."""
    deadline = time.monotonic() + _PATIENCE
    while b"Total General servers" not in log.read_bytes():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"coturn did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.01)
