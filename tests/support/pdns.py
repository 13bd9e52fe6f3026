"""A real PowerDNS Authoritative Server as a child process on loopback, with its HTTP API.

with Pdns(tmp_path) as server:
    server.start("example.test")
    server.seed("nas.example.test", "A", "192.0.2.1")
    assert server.held("nas.example.test", "A") == {"192.0.2.1"}
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dns.message
import dns.query

from tests.support.named import shared_port
from tests.support.tools import absent, free_port, need

_PATIENCE = 15.0  # seconds until a server that should have started counts as broken
_SCHEMA = Path("/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql")


class Pdns:
    """One pdns_server over SQLite. Stopped by `stop` or by leaving the `with` block."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the configuration and the database."""
        self.dns_port = shared_port("127.0.0.1")
        self.port = free_port()
        self.api_key = "right-key-of-pdns"
        self._folder = folder / f"pdns-{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """The address of the API, as the configuration spells it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *zones: str, kind: str = "Native") -> Self:
        """Start the server and return once it answers and has the zones."""
        program = need("pdns_server")
        if not _SCHEMA.exists():
            absent("needs pdns-backend-sqlite3, which is not installed")
        self._folder.mkdir()
        with sqlite3.connect(self._folder / "db") as database:
            database.executescript(_SCHEMA.read_text())
        database.close()
        (self._folder / "pdns.conf").write_text(f"""
launch=gsqlite3
gsqlite3-database={self._folder}/db
api=yes
api-key={self.api_key}
webserver-address=127.0.0.1
webserver-port={self.port}
webserver-allow-from=127.0.0.1
local-address=127.0.0.1
local-port={self.dns_port}
socket-dir={self._folder}
zone-cache-refresh-interval=0
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
version-string=anonymous
security-poll-suffix=
""")
        log = self._folder / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [program, f"--config-dir={self._folder}", "--daemon=no", "--guardian=no"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            assert self._process.poll() is None, f"pdns ended at once:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"pdns did not start:\n{log.read_text()}"
            time.sleep(0.02)
        for zone in zones:
            servers = [f"ns1.{zone}."] if kind == "Native" else []
            self.api("POST", "/zones", {"name": f"{zone}.", "kind": kind, "nameservers": servers})
        return self

    def stop(self) -> None:
        """End the process that this object started; harmless when there is none."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the API, by hand."""
        request = urllib.request.Request(
            f"{self.endpoint}/api/v1/servers/localhost{path}",
            method=method,
            headers={"X-API-Key": self.api_key, "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=_PATIENCE) as response:
            text = response.read()
        return json.loads(text) if text else None

    def seed(self, name: str, rtype: str, *values: str, ttl: int = 60, **more: Any) -> None:
        """Set an RRset as an administrator would; `more` are members of it, such as comments."""
        records = [{"content": value, "disabled": False} for value in values]
        rrset = {"name": f"{name}.", "type": rtype, "ttl": ttl, "changetype": "REPLACE"}
        zone = self._zone_of(name)
        change = {"records": records, **rrset, **more}
        self.api("PATCH", f"/zones/{zone}", {"rrsets": [change]})

    def rrset(self, name: str, rtype: str) -> dict[str, Any] | None:
        """The RRset as the API shows it."""
        zone = self.api("GET", f"/zones/{self._zone_of(name)}")
        found = [r for r in zone["rrsets"] if (r["name"], r["type"]) == (f"{name}.", rtype)]
        return found[0] if found else None

    def held(self, name: str, rtype: str) -> set[str]:
        """The contents that are enabled."""
        found = self.rrset(name, rtype) or {"records": []}
        return {row["content"] for row in found["records"] if not row["disabled"]}

    def served(self, name: str, rtype: str) -> set[str]:
        """What the server answers by DNS."""
        query = dns.message.make_query(name, rtype)
        reply = dns.query.tcp(query, "127.0.0.1", port=self.dns_port, timeout=_PATIENCE)
        return {str(item) for rrset in reply.answer for item in rrset}

    def _zone_of(self, name: str) -> str:
        zones = [zone["name"] for zone in self.api("GET", "/zones")]
        zone: str = max((z for z in zones if f".{name}.".endswith(f".{z}")), key=len)
        return zone

    def _answers(self) -> bool:
        try:
            self.api("GET", "")
        except OSError:  # URLError is an OSError
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
