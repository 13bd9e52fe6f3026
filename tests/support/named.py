"""A real BIND as a child process on loopback: authoritative, secondary, lame or recursive.

    with Named(tmp_path) as server:
        server.start(Zone("example.test", "nas 60 A 192.0.2.1"))
        server.edit("example.test", "nas", "A", "192.0.2.2")
        assert server.served("nas.example.test", "A") == {"192.0.2.2"}

An NS record carries no port, so servers that delegate to each other share one: give them one
`port` (see `shared_port`) and an address of 127.0.0.0/8 each. BIND's own `port` option makes a
recursive server use that port for the servers that it iterates to as well. The process itself
listens on 127.0.0.1; a `Doorway` makes it answer at any other address.
"""

from __future__ import annotations

import base64
import errno
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.update

from tests.support.doorway import Doorway
from tests.support.tools import absent, free_port, need

_PATIENCE = 15.0  # seconds until a server that should have started, or changed, counts as broken

_QUERY = re.compile(
    r"client \S+ (?P<client>\S+)#\d+(?:/key \S+)? \(\S+\): (?:view \S+: )?"
    r"query: (?P<name>\S+) IN (?P<rtype>\S+) (?P<flags>\S+)"
)


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone for `Named.start`; primary and changeable with the server's key by default.

    `records` are master file lines below `origin` ("." is the root). `nameservers` are pairs of
    a name and its address: the name is relative unless it ends with a dot, and its A record is
    written too when it is relative. `transfer_from` makes a secondary of that server, which
    then hears of changes only if the primary's zone names it in `notify`.
    """

    origin: str
    records: str = ""
    nameservers: tuple[tuple[str, str], ...] = (("ns1", "127.0.0.1"),)
    soa_ttl: int = 3600
    negative_ttl: int = 15  # SOA MINIMUM, seconds
    transfer_from: Named | None = None
    notify: tuple[Named, ...] = ()
    grant: str = "zonesub ANY"  # what the server's key may change, as in BIND's update-policy
    master: str = ""  # a whole master file in place of all this, which nobody may change

    def text(self) -> str:
        """The zone as a master file."""
        if self.master:
            return self.master
        primary = self.nameservers[0][0]
        lines = [
            f"$ORIGIN {self.origin.rstrip('.')}.",
            "$TTL 60",
            f"@ {self.soa_ttl} IN SOA {primary} hostmaster 1 3600 600 86400 {self.negative_ttl}",
        ]
        for name, address in self.nameservers:
            lines.append(f"@ 3600 IN NS {name}")
            if not name.endswith("."):
                lines.append(f"{name} 3600 IN A {address}")
        return "\n".join([*lines, *(line.strip() for line in self.records.splitlines()), ""])


@dataclass(frozen=True, slots=True)
class Query:
    """One line of a server's query log. `flags` as BIND spells them: "+" is RD, "T" is TCP."""

    client: str
    name: str
    rtype: str
    flags: str


class Named:
    """One BIND. Stopped by `stop`, by leaving the `with` block, or by nothing else."""

    def __init__(self, folder: Path, *, address: str = "127.0.0.1", port: int = 0) -> None:
        """`folder` holds one subfolder per server; a `port` of 0 chooses a free one."""
        self.address = address
        self.port = port or shared_port(address)
        self.key_name = "upstun-test."
        self.key_algorithm = "hmac-sha256"
        self.key_secret = base64.b64encode(os.urandom(32)).decode()
        self._folder = folder / f"named-{address}-{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._door: Doorway | None = None
        self.inner_port = self.port if address == "127.0.0.1" else shared_port("127.0.0.1")

    @property
    def endpoint(self) -> str:
        """ "address:port", as the configuration spells a DNS server."""
        return f"{self.address}:{self.port}"

    @property
    def pid(self) -> int:
        """The process, for tests that stop and continue it."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def start(
        self,
        *zones: Zone,
        recursion: bool = False,
        root: str = "",
        options: str = "",
        anchor: str = "",
        statements: str = "",
    ) -> Self:
        """Write the configuration, start BIND, and return once it answers.

        `root` is the address of a pretend root server, for a recursive server; `options` are
        more lines for BIND's options block, `statements` for outside of it. With an `anchor`, as
        BIND's `trust-anchors` has it, signatures are checked. A second start continues with the
        zones as they were changed meanwhile.
        """
        program = need("named")
        self._folder.mkdir(exist_ok=True)
        if anchor:
            statements += f"trust-anchors {{ {anchor} }};"
        checks = f"dnssec-validation {'yes' if anchor else 'no'};"
        configuration = self._configuration(zones, recursion, root, f"{checks} {options}")
        self._write("named.conf", configuration + statements)
        if root:
            self._write("root.hints", f". 3600000 NS root.hints.\nroot.hints. 3600000 A {root}\n")
        for zone in zones:
            if zone.transfer_from is None and not (self._folder / _file(zone)).exists():
                self._write(_file(zone), zone.text())
        log = self._folder / "named.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [program, "-g", "-n", "1", "-c", str(self._folder / "named.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )
        self._until(lambda: b" running\n" in log.read_bytes(), "did not start")
        assert b"not loaded due to errors" not in log.read_bytes(), self._story("has a bad zone")
        for zone in zones:
            if zone.transfer_from is not None:
                self._until(partial(self._serves, zone.origin), "got no transfer")
        if self.address != "127.0.0.1":
            self._door = Doorway((self.address, self.port), ("127.0.0.1", self.inner_port))
        return self

    def stop(self) -> None:
        """End the process that this object started; harmless when there is none."""
        if self._door is not None:
            self._door.close()
            self._door = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def edit(self, zone: str, name: str, rtype: str, *values: str, ttl: int = 60) -> None:
        """Replace the RRset by `values` (none: delete it), as somebody with the key would.

        `name` is relative to the zone unless it ends with a dot; "@" is the apex.
        """
        keyring = {self.key_name: dns.tsig.Key(self.key_name, self.key_secret, self.key_algorithm)}
        change = dns.update.UpdateMessage(zone, keyring=keyring)
        change.delete(name, rtype)
        for value in values:
            change.add(name, ttl, rtype, value)
        reply = dns.query.tcp(change, "127.0.0.1", port=self.inner_port, timeout=_PATIENCE)
        assert reply.rcode() == dns.rcode.NOERROR, dns.rcode.to_text(reply.rcode())

    def served(self, name: str, rtype: str) -> set[str]:
        """What this server answers for the RRset now; empty where it has none."""
        query = dns.message.make_query(name, rtype)
        reply = dns.query.tcp(query, "127.0.0.1", port=self.inner_port, timeout=_PATIENCE)
        return {str(item) for rrset in reply.answer for item in rrset}

    def query_log(self) -> list[Query]:
        """Every query received since the last start, oldest first, with names as they were sent."""
        text = (self._folder / "named.log").read_text()
        return [Query(**found.groupdict()) for found in _QUERY.finditer(text)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _configuration(
        self, zones: tuple[Zone, ...], recursion: bool, root: str, options: str
    ) -> str:
        parts = [
            f'key "{self.key_name}" {{',
            f'  algorithm {self.key_algorithm}; secret "{self.key_secret}";',
            "};",
            "controls { };",
            "options {",
            f'  directory "{self._folder}";',
            f"  port {self.port};",
            f"  listen-on port {self.inner_port} {{ 127.0.0.1; }};",
            "  listen-on-v6 { none; };",
            '  pid-file none; session-keyfile none; managed-keys-directory ".";',
            "  querylog yes; empty-zones-enable no;",
            "  notify explicit; minimal-responses no-auth; allow-transfer { any; };",
            f"  recursion {'yes' if recursion else 'no'};",
            options,
            "};",
        ]
        if root:
            parts.append('zone "." { type hint; file "root.hints"; };')
        parts.extend(self._zone(zone) for zone in zones)
        return "\n".join(parts)

    def _zone(self, zone: Zone) -> str:
        if zone.transfer_from is not None:
            source = zone.transfer_from
            how = f"type secondary; primaries {{ 127.0.0.1 port {source.inner_port}; }};"
        elif zone.master:
            how = f'type primary; file "{_file(zone)}";'
        else:
            told = "".join(f"127.0.0.1 port {other.inner_port}; " for other in zone.notify)
            how = (
                f'type primary; file "{_file(zone)}"; also-notify {{ {told}}}; notify-delay 0; '
                f'update-policy {{ grant "{self.key_name}" {zone.grant}; }};'
            )
        return f'zone "{zone.origin}" {{ {how} }};'

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text, encoding="utf-8")

    def _serves(self, origin: str) -> bool:
        query = dns.message.make_query(origin, "SOA")
        reply = dns.query.tcp(query, "127.0.0.1", port=self.inner_port, timeout=_PATIENCE)
        return bool(reply.answer)

    def _until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait, within bounds, for BIND: it tells nobody when it is ready."""
        deadline = time.monotonic() + _PATIENCE
        while not holds():
            assert self._process is not None
            assert self._process.poll() is None, self._story("ended at once")
            assert time.monotonic() < deadline, self._story(what)
            time.sleep(0.01)

    def _story(self, what: str) -> str:
        """A failure with the end of the server's log, without the queries in it."""
        log = (self._folder / "named.log").read_text().splitlines()
        told = [line for line in log if ": query" not in line]
        return "\n".join([f"named at {self.endpoint} {what}; its log ends:", *told[-20:]])


def shared_port(*addresses: str) -> int:
    """A port that is free on all these addresses, over UDP and TCP.

    Skips the test where an address cannot be bound: only Linux gives all of 127.0.0.0/8.
    """
    for _ in range(50):
        port = free_port(host=addresses[0])
        try:
            for address in addresses:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(socket.AF_INET, kind) as probe:
                        probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                absent(f"needs {', '.join(addresses)} on the loopback interface")
        else:
            return port
    raise AssertionError(f"no port is free on all of {', '.join(addresses)}")


def _file(zone: Zone) -> str:
    return f"{zone.origin.rstrip('.') or 'root'}.zone"
