"""Benches for services that can only be told: one for each way of saying who one is, and what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address

from providers.dyndns2 import DYNDNS2
from providers.engine.outcome import Cause
from providers.engine.wire import Secret
from providers.freedns import FREEDNS
from providers.namecheap import NAMECHEAP
from providers.tellers import TELLERS
from providers.webhook import WEBHOOK
from tests.conformance.bench import Bench, Service, Traits
from tests.conformance.vendor_bench import ZONE
from tests.support.gremlin import Gremlin
from tests.support.provider_fakes.dyndns2 import SHAPES, FakeDyndns2
from tests.support.provider_fakes.freedns import FakeFreeDns
from tests.support.provider_fakes.hook import FakeHook
from tests.support.provider_fakes.namecheap import FakeNamecheap
from tests.support.provider_fakes.service import FakeService

_PASSWORD = "right-password-of-mine"
_ROWS = {provider.id: provider for provider in (*DYNDNS2, *TELLERS)}


class Told(Service):
    """A fake with a table of hosts: addresses by version."""

    def __init__(
        self, fake: FakeService, hosts: dict[str, dict[int, str]], wire: Gremlin, url: str
    ) -> None:
        self._fake, self._hosts, self.wire = fake, hosts, wire
        self.settings = {"endpoint": url, "password": Secret(_PASSWORD)}
        self.wrong_key = {"password": Secret("wrong-password-of-somebody")}

    def seed(self, name: str, rtype: str, *values: str) -> None:
        host = self._hosts.setdefault(name, {})
        host.pop(4 if rtype == "A" else 6, None)
        for value in values:
            host[ip_address(value).version] = value

    def held(self, name: str, rtype: str) -> list[str]:
        address = self._hosts.get(name, {}).get(4 if rtype == "A" else 6)
        return [address] if address else []

    def is_write(self, request: bytes) -> bool:
        return True

    def violations(self) -> list[str]:
        return self._fake.violations


class ToldBench(Bench):
    """What all of them have in common: they are told, and hold one address of each family."""

    zone = ZONE
    traits = Traits(looks_first=False, makes_names=False, many_values=False, zones=False)


def _traits(**others: bool | Cause) -> Traits:
    told: Mapping[str, bool] = {
        "looks_first": False,
        "makes_names": False,
        "many_values": False,
        "zones": False,
    }
    return Traits(**{**told, **others})  # type: ignore[arg-type]  # each has its own type


class RowService(Told):
    def __init__(self, fake: FakeDyndns2, wire: Gremlin) -> None:
        super().__init__(fake, fake.hosts, wire, f"http://127.0.0.1:{wire.port}{fake.shape.path}")
        self._row = fake
        if fake.shape.user == "ann":
            self.settings = {**self.settings, "username": "ann"}

    def seed(self, name: str, rtype: str, *values: str) -> None:
        super().seed(name, rtype, *values)
        self._row.logins.add((self._row.shape.user.replace("{host}", name), _PASSWORD))


class RowBench(ToldBench):
    """One row of the tables, against its strict service."""

    def __init__(self, name: str) -> None:
        self.name, self.provider, self._shape = name, _ROWS[name], SHAPES[name]
        by_host = self._shape.user == "{host}"  # to which an unknown host is a wrong user
        self.traits = _traits(
            both_families=self.provider.both_families_one_call,
            tells_unchanged=self._shape.same is not None,
            no_name=Cause.CREDENTIALS if by_host else Cause.NOT_FOUND,
        )

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        login = (self._shape.user, _PASSWORD)
        async with (
            FakeDyndns2(logins={login}, shape=self._shape) as fake,
            Gremlin(("127.0.0.1", _port(fake))) as wire,
        ):
            yield RowService(fake, wire)


class FreeDnsService(Told):
    def __init__(self, fake: FakeFreeDns, wire: Gremlin, token6: str) -> None:
        super().__init__(fake, fake.hosts, wire, f"http://127.0.0.1:{wire.port}/u")
        self._account = fake
        tokens = {"token": Secret(_PASSWORD), "token6": Secret(token6)}
        self.settings = {**self.settings, **tokens}
        self.wrong_key = {"token": Secret("wrong-token-of-somebody")}

    def seed(self, name: str, rtype: str, *values: str) -> None:
        super().seed(name, rtype, *values)
        self._account.bound = name  # the account of this trial is that of its own name


class FreeDnsBench(ToldBench):
    name = "freedns"
    provider = FREEDNS
    # The token alone names the host, so an unknown one is a wrong token.
    traits = _traits(both_families=False, no_name=Cause.CREDENTIALS)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        token6 = "right-token-of-mine-for-ipv6"
        async with (
            FakeFreeDns(token=_PASSWORD, token6=token6) as fake,
            Gremlin(("127.0.0.1", _port(fake))) as wire,
        ):
            yield FreeDnsService(fake, wire, token6)


class NamecheapBench(ToldBench):
    name = "namecheap"
    provider = NAMECHEAP
    traits = _traits(tells_unchanged=False)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        async with (
            FakeNamecheap(ZONE, password=_PASSWORD) as fake,
            Gremlin(("127.0.0.1", _port(fake))) as wire,
        ):
            yield Told(fake, fake.hosts, wire, f"http://127.0.0.1:{wire.port}/update")


class HookService(Told):
    def __init__(self, fake: FakeHook, wire: Gremlin) -> None:
        super().__init__(fake, fake.hosts, wire, "")
        self.settings = {
            "url": f"http://127.0.0.1:{wire.port}/hook",
            "method": "POST",
            "body": '{"host": "{fqdn}", "ipv4": "{ipv4}", "ipv6": "{ipv6}", "key": "{secret}"}',
            "secret": Secret(_PASSWORD),
            "success": "^updated$",
            "unchanged": "^same as before$",
        }
        self.wrong_key = {"secret": Secret("wrong-secret-of-somebody")}


class HookBench(ToldBench):
    name = "webhook"
    provider = WEBHOOK

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        async with (
            FakeHook(key=_PASSWORD) as fake,
            Gremlin(("127.0.0.1", _port(fake))) as wire,
        ):
            yield HookService(fake, wire)


def _port(fake: FakeService) -> int:
    return int(fake.url("").rpartition(":")[2])


TOLD: tuple[Bench, ...] = (
    RowBench("noip"),  # user and password; both addresses in one parameter
    RowBench("dynu"),  # in two parameters, with a word for the family left alone
    RowBench("core_networks"),  # a call for each, with a parameter for the other one
    RowBench("he"),  # the host is the user
    RowBench("ddnss"),  # user and password in the query, a page as answer
    RowBench("dynv6"),  # a token in the query
    RowBench("regfish"),  # a token in a form
    RowBench("domeneshop"),  # nothing but a status as answer
    FreeDnsBench(),  # a token in the path, one for each family
    NamecheapBench(),  # name and zone apart, XML as answer
    HookBench(),
)
