"""A real Knot DNS as a child process on loopback, primary for one zone and changeable by a key.

with Knot(tmp_path) as server:
    server.start("example.test", "nas 60 A 192.0.2.1")
    assert server.served("nas.example.test", "A") == {"192.0.2.1"}
"""

from __future__ import annotations

import base64
import os
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import dns.exception
import dns.message
import dns.query

from tests.support.named import shared_port
from tests.support.tools import need

_PATIENCE = 15.0  # seconds until a server that should have started counts as broken


class Knot:
    """One knotd. Stopped by `stop` or by leaving the `with` block."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the configuration, the zone and the database."""
        self.port = shared_port("127.0.0.1")
        self.key_name = "upstun-test."
        self.key_secret = base64.b64encode(os.urandom(32)).decode()
        self._folder = folder / f"knot-{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """ "address:port", as the configuration spells a DNS server."""
        return f"127.0.0.1:{self.port}"

    def start(self, origin: str, records: str = "", *, types: str = "[A, AAAA]") -> Self:
        """Start Knot and return once it serves the zone; the key may change only `types`."""
        program = need("knotd")
        self._folder.mkdir()
        lines = [
            f"$ORIGIN {origin}.",
            "$TTL 60",
            "@ 3600 IN SOA ns1 hostmaster 1 3600 600 86400 15",
            "@ 3600 IN NS ns1",
            "ns1 3600 IN A 127.0.0.1",
            *(line.strip() for line in records.splitlines()),
        ]
        (self._folder / "zone").write_text("\n".join([*lines, ""]))
        (self._folder / "knot.conf").write_text(f"""
server:
    rundir: "{self._folder}"
    listen: 127.0.0.1@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{self._folder}"
log:
  - target: stderr
    any: info
key:
  - id: {self.key_name}
    algorithm: hmac-sha256
    secret: {self.key_secret}
acl:
  - id: update
    key: {self.key_name}
    action: update
    update-type: {types}
zone:
  - domain: {origin}
    storage: "{self._folder}"
    file: zone
    acl: update
""")
        log = self._folder / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [program, "-c", str(self._folder / "knot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )
        deadline = time.monotonic() + _PATIENCE
        while not self._serves(origin):
            assert self._process.poll() is None, f"knotd ended at once:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"knotd did not start:\n{log.read_text()}"
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """End the process that this object started; harmless when there is none."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def served(self, name: str, rtype: str) -> set[str]:
        """What this server answers for the RRset now; empty where it has none."""
        query = dns.message.make_query(name, rtype)
        reply = dns.query.tcp(query, "127.0.0.1", port=self.port, timeout=_PATIENCE)
        return {str(item) for rrset in reply.answer for item in rrset}

    def _serves(self, origin: str) -> bool:
        try:
            return bool(self.served(origin, "SOA"))
        except (OSError, EOFError, dns.exception.DNSException):
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
