"""dns-lexicon and upstun, each at its own copy of the same fake, must end in the same zone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
import tldextract
from lexicon.client import Client
from lexicon.config import ConfigResolver, DictConfigSource

from agent.wiring import moment
from providers.engine.drive import drive
from providers.engine.outcome import Changed
from providers.engine.sender import Sender
from providers.engine.wire import Job, RRset
from tests.oracles.lexicon_cases import CASES, Case
from tests.support.provider_fakes.vendor import Vendor
from tests.support.redirected import redirected

# Shells that warn whoever looks at them; and Hypothesis looks at every module there is.
for shell in ("cli", "parser", "discovery"):
    sys.modules.pop(f"lexicon.{shell}", None)

ZONE, NAME = "example.test", "home.example.test"
OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
TTL = 3600  # taken by every vendor
OFFLINE = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, extra_suffixes=("test",))


def each_of(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """Ask for each of these vendors, by its name."""
    return pytest.mark.parametrize(
        "case",
        [
            pytest.param(
                case,
                marks=pytest.mark.oracle(case.provider.id, "dns-lexicon"),
                id=case.provider.id,
            )
            for case in cases
        ],
    )


each = each_of(CASES)
Before = Callable[[Vendor], object]


@each
def test_both_make_the_same_record(case: Case) -> None:
    def before(fake: Vendor) -> None:
        fake.seed(f"next.{ZONE}", "A", OTHER, ttl=TTL)

    assert by_upstun(case, before, NEW) == by_lexicon(case, before, make)


@each
def test_both_change_it_alike(case: Case) -> None:
    def before(fake: Vendor) -> None:
        fake.seed(f"next.{ZONE}", "A", OTHER, ttl=TTL)
        fake.seed(NAME, "A", OLD, ttl=TTL)

    ours, theirs = by_upstun(case, before, NEW), by_lexicon(case, before, change)
    assert changed(case, ours) == changed(case, theirs)


@each_of(case for case in CASES if not case.no_apex)
def test_both_do_it_at_the_apex(case: Case) -> None:
    def before(fake: Vendor) -> None:
        fake.seed(ZONE, "A", OLD, ttl=TTL)

    def change_apex(lexicon: Any, case: Case) -> None:
        change(lexicon, case, ZONE if case.apex is None else case.apex)

    ours, theirs = by_upstun(case, before, NEW, ZONE), by_lexicon(case, before, change_apex)
    assert changed(case, ours) == changed(case, theirs)


@each
def test_lexicon_sees_what_upstun_wrote(case: Case) -> None:
    async def story() -> None:
        async with case.fake(ZONE) as fake:
            await update(case, fake, NEW, NAME)
            listed = await asyncio.to_thread(seen, case, fake)
            assert [record["content"] for record in listed] == [NEW]

    def seen(case: Case, fake: Vendor) -> list[dict[str, Any]]:
        with redirected(fake.port), client(case, fake) as lexicon:
            found: list[dict[str, Any]] = lexicon.list_records("A", NAME)
            return found

    asyncio.run(story())


# ---- the two clients ----------------------------------------------------------------------------


def make(lexicon: Any, case: Case) -> None:
    assert lexicon.create_record("A", NAME, NEW)


def change(lexicon: Any, case: Case, name: str = NAME) -> None:
    (held,) = lexicon.list_records("A", name)
    assert held["content"] == OLD
    if case.replaces:
        lexicon.create_record("A", name, NEW)
        lexicon.delete_record(None, "A", name, OLD)
    else:
        assert lexicon.update_record(held["id"], "A", name, NEW)


def by_lexicon(case: Case, before: Before, act: Callable[[Any, Case], None]) -> set[Any]:
    async def story() -> set[Any]:
        async with case.fake(ZONE) as fake:
            before(fake)
            await asyncio.to_thread(work, fake)
            strange = [v for v in fake.violations if not v.startswith(case.tolerated or ("\0",))]
            assert strange == []
            return zone(fake)

    def work(fake: Vendor) -> None:
        with redirected(fake.port) as hosts, client(case, fake) as lexicon:
            act(lexicon, case)
        assert (case.host or host(case)) in hosts

    return asyncio.run(story())


def by_upstun(case: Case, before: Before, value: str, name: str = NAME) -> set[Any]:
    async def story() -> set[Any]:
        async with case.fake(ZONE) as fake:
            before(fake)
            await update(case, fake, value, name)
            assert fake.violations == []
            return zone(fake)

    return asyncio.run(story())


async def update(case: Case, fake: Vendor, value: str, name: str) -> None:
    wanted = RRset(name=name, rtype="A", values=frozenset({ip_address(value)}), ttl=TTL)
    settings = {**fake.settings(), **fake.found_at(fake.endpoint)}
    sender = Sender(moment=moment)
    try:
        steps = case.provider.update(Job(zone=ZONE, rrsets=(wanted,), settings=settings))
        assert await drive(steps, sender, pauses=()) == Changed()
    finally:
        await sender.aclose()


# ---- around them --------------------------------------------------------------------------------


@contextmanager
def client(case: Case, fake: Vendor) -> Iterator[Any]:
    """Lexicon at work, with the zone that it cannot guess without the network."""
    settings = {"provider_name": case.module, "domain": ZONE, "ttl": TTL}
    resolver = ConfigResolver()  # type: ignore[no-untyped-call]  # of another project
    config = resolver.with_dict({**settings, case.module: case.options(fake)})
    with patch("lexicon.client.tldextract.TLDExtract", lambda **_: OFFLINE):
        made = Client(config)
    made.config.add_config_source(DictConfigSource({"domain": ZONE}), 0)
    # GoDaddy's module looks for the zone once more.
    with patch("tldextract.extract", OFFLINE), made as operations:
        yield operations


def changed(case: Case, zone: set[Any]) -> set[Any]:
    """What can be compared of a zone after a change: no TTLs, where lexicon forgets them."""
    return {record[:3] for record in zone} if case.forgets_ttl else zone


def zone(fake: Vendor) -> set[Any]:
    """What the zone holds in the end, without the ids."""
    held = fake.records.values()
    return {(record.name, record.rtype, record.content, record.ttl) for record in held}


def host(case: Case) -> str:
    return urlsplit(case.provider.base).netloc
