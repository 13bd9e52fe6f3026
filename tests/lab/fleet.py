"""Six services that one home keeps names at, at the same time, beside those that every case has.

BIND and PowerDNS are the lab's own; here are a Knot, and two dyndns2 services over TLS whose
certificates come from an authority that nobody trusts by himself. What those two are told, they
publish in the home's zone at BIND, so that live DNS shows it.
"""

from __future__ import annotations

import asyncio
import base64
import os
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import dns.message
import dns.query
import dns.rcode

from tests.lab import records
from tests.lab.authority import tls_server
from tests.lab.bind import AGENT_KEY
from tests.lab.lab import Lab
from tests.lab.places import (
    KNOT,
    KNOT_ZONE,
    POWER,
    POWER_RECORD,
    POWER_ZONE,
    PRIMARY,
    RECORD,
    STALE,
    TELLER_NAMES,
    TELLERS,
    ZONE,
)
from tests.lab.services import dns_answers
from tests.lab.web import Web
from tests.support.daemon import Daemon
from tests.support.namespaces import Inside
from tests.support.tools import need

KNOT_RECORD = f"home.{KNOT_ZONE}"
BRIDGED_RECORD = f"bridged.{POWER_ZONE}"
TOLD_RECORDS = (f"one.{ZONE}", f"two.{ZONE}")
SERVED_BY = {
    RECORD: PRIMARY,
    KNOT_RECORD: KNOT,
    POWER_RECORD: POWER,
    BRIDGED_RECORD: POWER,
    TOLD_RECORDS[0]: PRIMARY,
    TOLD_RECORDS[1]: PRIMARY,
}
"""Every name of the home, with a server that has it."""


class Teller(Web):
    """One dyndns2 service with one host. While `deaf` it takes requests and never answers."""

    def __init__(self, host: str, lab: Lab) -> None:
        super().__init__(self._page)
        self.deaf = False
        self.heard: list[str] = []  # the addresses that it was told, in order
        self.password = base64.b32encode(os.urandom(10)).decode()
        self._host, self._secret = host, lab.secrets.other_tsig
        self._deaf_for_ever = asyncio.Event()

    async def _page(self, head: str, body: bytes, asker: str) -> tuple[str, str, bytes]:
        request, *lines = head.splitlines()
        _, target, _ = request.split(" ")
        fields = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        pair = base64.b64encode(f"me:{self.password}".encode()).decode()
        if fields.get("authorization", "") != f"basic {pair}".lower():
            return "401 Unauthorized", "text/plain", b"badauth"
        if query.get("hostname") != self._host or set(query) != {"hostname", "myip"}:
            return "200 OK", "text/plain", b"nohost"
        if self.deaf:
            await self._deaf_for_ever.wait()
        self.heard.append(query["myip"])
        await asyncio.to_thread(self._publish, query["myip"])
        return "200 OK", "text/plain", f"good {query['myip']}".encode()

    def _publish(self, address: str) -> None:
        change = records.address_change(self._host, (address,), self._secret)
        reply = dns.query.tcp(change, PRIMARY, timeout=5)
        assert reply.rcode() == dns.rcode.NOERROR, reply


class Fleet:
    """The services of a case, running while its `with` block lasts."""

    def __init__(self, lab: Lab, room: Path) -> None:
        room.mkdir()
        self._lab, self._room = lab, room
        self.tellers = [Teller(host, lab) for host in TOLD_RECORDS]
        self._knot_secret = base64.b64encode(os.urandom(32)).decode()
        self._certificate = tls_server(room, TELLER_NAMES, "nobody's authority")
        self.knot = Daemon("knot", room, self._knot_command())

    def __enter__(self) -> Self:
        with ExitStack() as end:
            self._inside = Inside(self._lab.topology.world)
            end.callback(self._inside.close)
            end.callback(self.knot.stop)
            self.start_knot()
            for address, teller in zip(TELLERS, self.tellers, strict=True):
                self._inside.call(teller.listen(address, {443: self._certificate.context}))
                end.callback(self._inside.call, teller.close())
            self._end = end.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.close()

    def start_knot(self) -> None:
        """Start Knot, with its zone as the last change left it."""
        self.knot.start()
        self.knot.ready(lambda: self._inside.make(lambda: dns_answers(KNOT, KNOT_ZONE)))

    def held(self, name: str) -> list[str]:
        """What the name's server answers; nothing where it does not run."""
        query = dns.message.make_query(name, "A")
        try:
            reply = self._inside.make(lambda: dns.query.tcp(query, SERVED_BY[name], timeout=2))
        except OSError:
            return []
        return sorted(str(item) for rrset in reply.answer for item in rrset)

    def config(self) -> str:
        """The configuration of a home that keeps a name at each of them."""
        plain = self._lab.config_path.read_text()
        accounts = [
            f'[account.knot]\nprovider = "rfc2136"\nserver = "{KNOT}:53"\n'
            f'key_name = "{AGENT_KEY}"\nkey_secret = "{self._knot_secret}"\n',
            f'[account.power]\nprovider = "powerdns"\nendpoint = "http://{POWER}:8081"\n'
            f'allow_http = true\napi_key = "{self._lab.secrets.power}"\n',
            f'[account.bridge]\nprovider = "lexicon:powerdns"\nzone = "{POWER_ZONE}"\n'
            f'allow_http = true\npdns_server = "http://{POWER}:8081"\n'
            f'auth_token = "{self._lab.secrets.power}"\n',
            *(
                f'[account.told{number}]\nprovider = "dyndns2"\nusername = "me"\n'
                f'endpoint = "https://{host}/nic/update"\npassword = "{teller.password}"\n'
                f'ca_file = "{self._certificate.ca_file}"\n'
                for number, (host, teller) in enumerate(
                    zip(TELLER_NAMES, self.tellers, strict=True)
                )
            ),
        ]
        owners = {
            KNOT_RECORD: "knot",
            POWER_RECORD: "power",
            BRIDGED_RECORD: "bridge",
            TOLD_RECORDS[0]: "told0",
            TOLD_RECORDS[1]: "told1",
        }
        named = [
            f'[[record]]\nname = "{name}"\naccount = "{account}"\nttl = 60\n'
            for name, account in owners.items()
        ]
        return "\n".join([plain, *accounts, *named])

    def _knot_command(self) -> list[str]:
        need("knotd")
        (self._room / "knot.zone").write_text(
            f"$ORIGIN {KNOT_ZONE}.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 15\n@ NS ns\n"
            f"ns A {KNOT}\nhome A {STALE}\n"
        )
        (self._room / "knot.conf").write_text(f"""
server:
    rundir: "{self._room}"
    listen: {KNOT}@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{self._room}"
log:
  - target: stderr
    any: info
key:
  - id: {AGENT_KEY}
    algorithm: hmac-sha256
    secret: {self._knot_secret}
acl:
  - id: update
    key: {AGENT_KEY}
    action: update
zone:
  - domain: {KNOT_ZONE}
    storage: "{self._room}"
    file: knot.zone
    acl: update
""")
        return self._lab.topology.world.command("knotd", "-c", str(self._room / "knot.conf"))
