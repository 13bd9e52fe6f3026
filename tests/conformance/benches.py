"""The providers on trial. To add one: write its `Bench` here and name it in `BENCHES`."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.tsig
import dns.update

from providers.catalogue import by_id
from providers.cloudflare import CLOUDFLARE
from providers.duckdns import DUCKDNS
from providers.engine.outcome import Cause
from providers.engine.spec import Provider
from providers.engine.wire import Secret
from providers.powerdns import POWERDNS
from providers.rfc2136 import RFC2136
from tests.conformance.bench import Bench, Service, Traits
from tests.conformance.told import TOLD
from tests.conformance.vendor_bench import ZONE
from tests.conformance.vendors import VENDORS
from tests.support.gremlin import Gremlin
from tests.support.knot import Knot
from tests.support.named import Named, Zone
from tests.support.pdns import Pdns
from tests.support.provider_fakes.cloudflare import Cloudflare
from tests.support.provider_fakes.duckdns import FakeDuckDns
from tests.support.provider_fakes.dyndns2 import FakeDyndns2


def not_a_read(request: bytes) -> bool:
    return not request.startswith(b"GET ")


# ---- Cloudflare ---------------------------------------------------------------------------------


class CloudflareService(Service):
    def __init__(self, fake: Cloudflare, wire: Gremlin) -> None:
        self._fake, self.wire = fake, wire
        endpoint = f"http://127.0.0.1:{wire.port}/client/v4"
        self.settings = {"token": Secret(fake.token), "endpoint": endpoint}
        self.wrong_key = {"token": Secret("wrong-token-of-somebody")}

    def seed(self, name: str, rtype: str, *values: str) -> None:
        records = self._fake.records
        for record in [r for r in records.values() if (r["name"], r["type"]) == (name, rtype)]:
            del records[record["id"]]
        for value in values:
            self._fake.seed(name, rtype, value, ttl=60)

    def held(self, name: str, rtype: str) -> list[str]:
        return self._fake.held(name, rtype)

    def is_write(self, request: bytes) -> bool:
        return not_a_read(request)

    def violations(self) -> list[str]:
        return self._fake.violations


class CloudflareBench(Bench):
    name = "cloudflare"
    provider = CLOUDFLARE
    zone = ZONE

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        async with (
            Cloudflare(ZONE) as fake,
            Gremlin(("127.0.0.1", fake.port)) as wire,
        ):
            yield CloudflareService(fake, wire)


# ---- PowerDNS -----------------------------------------------------------------------------------


class PdnsService(Service):
    def __init__(self, server: Pdns, wire: Gremlin) -> None:
        self._server, self.wire = server, wire
        endpoint = f"http://127.0.0.1:{wire.port}"
        self.settings = {"endpoint": endpoint, "api_key": Secret(server.api_key)}
        self.wrong_key = {"api_key": Secret("wrong-key-of-somebody")}

    def seed(self, name: str, rtype: str, *values: str) -> None:
        self._server.seed(name, rtype, *values)

    def held(self, name: str, rtype: str) -> list[str]:
        return sorted(self._server.held(name, rtype))

    def is_write(self, request: bytes) -> bool:
        return not_a_read(request)


class PdnsBench(Bench):
    name = "powerdns"
    witness = "a real PowerDNS"
    provider = POWERDNS
    zone = ZONE

    def start(self, folder: Path, end: ExitStack) -> None:
        self._server = end.enter_context(Pdns(folder))
        self._server.start(ZONE)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        async with Gremlin(("127.0.0.1", self._server.port)) as wire:
            yield PdnsService(self._server, wire)


class LexiconService(PdnsService):
    def __init__(self, server: Pdns, wire: Gremlin) -> None:
        super().__init__(server, wire)
        where = {"pdns_server": f"http://127.0.0.1:{wire.port}"}
        self.settings = {**where, "auth_token": Secret(server.api_key)}
        self.wrong_key = {"auth_token": Secret("wrong-key-of-somebody")}


class LexiconBench(PdnsBench):
    """dns-lexicon's own client of PowerDNS, in its process, at a real PowerDNS."""

    name = "lexicon:powerdns"
    # Every record takes a write of its own, although the server could replace them all at once.
    traits = Traits(atomic=False, both_families=False, change=2)

    def __init__(self) -> None:
        provider = by_id(self.name)
        assert isinstance(provider, Provider)
        self.provider = provider

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        async with Gremlin(("127.0.0.1", self._server.port)) as wire:
            yield LexiconService(self._server, wire)


# ---- RFC 2136 -----------------------------------------------------------------------------------


class UpdateService(Service):
    def __init__(self, server: Named | Knot, wire: Gremlin) -> None:
        self._server, self.wire = server, wire
        self.settings = {
            "server": f"127.0.0.1:{wire.port}",
            "key_name": server.key_name,
            "key_secret": Secret(server.key_secret),
        }
        self.wrong_key = {"key_secret": Secret(base64.b64encode(b"of somebody else").decode())}

    def seed(self, name: str, rtype: str, *values: str) -> None:
        key = dns.tsig.Key(self._server.key_name, self._server.key_secret)
        change = dns.update.UpdateMessage(ZONE, keyring=key)
        change.delete(f"{name}.", rtype)
        for value in values:
            change.add(f"{name}.", 60, rtype, value)
        reply = dns.query.tcp(change, "127.0.0.1", port=self._server.port, timeout=10)
        assert reply.rcode() == dns.rcode.NOERROR, reply

    def held(self, name: str, rtype: str) -> list[str]:
        return sorted(self._server.served(name, rtype))

    def is_write(self, request: bytes) -> bool:
        message = dns.message.from_wire(request[2:], keyring=False)
        return message.opcode() == dns.opcode.UPDATE


class UpdateBench(Bench):
    provider = RFC2136
    zone = ZONE
    _server: Named | Knot

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        async with Gremlin(("127.0.0.1", self._server.port), dns=True) as wire:
            yield UpdateService(self._server, wire)


class BindBench(UpdateBench):
    name = "rfc2136 (BIND)"
    witness = "a real BIND"
    traits = Traits(http=False)

    def start(self, folder: Path, end: ExitStack) -> None:
        self._server = end.enter_context(Named(folder))
        self._server.start(Zone(ZONE))


class KnotBench(UpdateBench):
    name = "rfc2136 (Knot)"
    witness = "a real Knot"
    # Knot signs no refusal of a zone that it does not serve, so that it proves nothing.
    traits = Traits(http=False, no_zone=Cause.CONFUSED)

    def start(self, folder: Path, end: ExitStack) -> None:
        self._server = end.enter_context(Knot(folder))
        self._server.start(ZONE, types="[A, AAAA, TXT]")


# ---- services that can only be told --------------------------------------------------------------


class ToldService(Service):
    """A fake with one table of hosts: addresses by version."""

    def __init__(self, fake: FakeDyndns2 | FakeDuckDns, hosts: dict[str, dict[int, str]]) -> None:
        self._fake, self._hosts = fake, hosts

    def seed(self, name: str, rtype: str, *values: str) -> None:
        host = self._hosts.setdefault(self.label(name), {})
        host.pop(4 if rtype == "A" else 6, None)
        for value in values:
            host[ip_address(value).version] = value

    def held(self, name: str, rtype: str) -> list[str]:
        address = self._hosts.get(self.label(name), {}).get(4 if rtype == "A" else 6)
        return [address] if address else []

    def label(self, name: str) -> str:
        return name

    def is_write(self, request: bytes) -> bool:
        return True

    def violations(self) -> list[str]:
        return self._fake.violations


class Dyndns2Service(ToldService):
    def __init__(self, fake: FakeDyndns2, wire: Gremlin) -> None:
        super().__init__(fake, fake.hosts)
        self.wire = wire
        self.settings = {
            "endpoint": f"http://127.0.0.1:{wire.port}/nic/update",
            "username": "me",
            "password": Secret("right-password"),
        }
        self.wrong_key = {"password": Secret("wrong-password")}


class Dyndns2Bench(Bench):
    name = "dyndns2"
    zone = ZONE
    traits = Traits(looks_first=False, makes_names=False, many_values=False, zones=False)

    def __init__(self) -> None:
        provider = by_id("dyndns2")
        assert isinstance(provider, Provider)
        self.provider = provider

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        async with (
            FakeDyndns2(logins={("me", "right-password")}) as fake,
            Gremlin(("127.0.0.1", _port(fake.url("")))) as wire,
        ):
            yield Dyndns2Service(fake, wire)


class DuckDnsService(ToldService):
    def __init__(self, fake: FakeDuckDns, wire: Gremlin) -> None:
        super().__init__(fake, fake.labels)
        self.wire = wire
        endpoint = f"http://127.0.0.1:{wire.port}/update"
        self.settings = {"endpoint": endpoint, "token": Secret("right-token-of-ducks")}
        self.wrong_key = {"token": Secret("wrong-token-of-ducks")}

    def label(self, name: str) -> str:
        return name.split(".")[-3]


class DuckDnsBench(Bench):
    name = "duckdns"
    provider = DUCKDNS
    zone = "duckdns.org"
    # A refusal comes without its reason, and a wrong token is the likelier one.
    traits = Traits(
        looks_first=False,
        makes_names=False,
        many_values=False,
        zones=False,
        no_name=Cause.CREDENTIALS,
    )

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        async with (
            FakeDuckDns(token="right-token-of-ducks") as fake,
            Gremlin(("127.0.0.1", _port(fake.url("")))) as wire,
        ):
            yield DuckDnsService(fake, wire)


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


BENCHES: tuple[Bench, ...] = (
    BindBench(),
    KnotBench(),
    CloudflareBench(),
    PdnsBench(),
    LexiconBench(),
    Dyndns2Bench(),
    DuckDnsBench(),
    *TOLD,
    *VENDORS,
)
