"""IONOS: its refusals, its disabled records, its least TTL."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from providers.engine.outcome import Changed, Refused, Unchanged
from providers.engine.wire import Secret
from providers.ionos import IONOS
from tests.support.provider_fakes.errand import errand, job, kind
from tests.support.provider_fakes.ionos import Ionos, no
from tests.support.provider_fakes.vendor import No

ZONE, NAME = "example.test", "home.example.test"
OLD, NEW = "198.51.100.1", "198.51.100.2"


@pytest.mark.parametrize(
    ("refusal", "cause", "words"),
    [
        (no(401, "UNAUTHORIZED", "no"), "credentials", "the public prefix, a full stop"),
        (no(403, "FORBIDDEN", "no"), "credentials", "the account that holds the domain"),
        (no(404, "RECORD_NOT_FOUND", "no"), "conflict", "no longer has the record"),
        (no(400, "INVALID_RECORD", "no"), "rejected", "this name, address or TTL"),
        (no(400, "QUOTA_EXCEEDED", "no"), "blocked", "takes no further records"),
    ],
)
def test_a_refused_write_says_why(refusal: No, cause: str, words: str) -> None:
    async def main() -> None:
        async with Ionos(ZONE) as fake:

            def refuse() -> None:
                raise refusal

            fake.seed(NAME, "A", OLD)
            fake.before_write = refuse
            end = await errand(IONOS, job(NAME, NEW, endpoint=fake.endpoint, **fake.settings()))
            assert isinstance(end, Refused)
            assert kind(end) == cause
            assert words in end.text
            assert fake.held(NAME, "A") == [OLD]

    asyncio.run(main())


def test_a_disabled_record_is_left_alone() -> None:
    async def main() -> None:
        async with Ionos(ZONE) as fake:
            fake.seed(NAME, "A", OLD, disabled=True)
            work = job(NAME, NEW, endpoint=fake.endpoint, **fake.settings())
            assert await errand(IONOS, work) == Changed()
            held = {record.content: record.more["disabled"] for record in fake.at(NAME)}
            assert held == {OLD: True, NEW: False}
            assert await errand(IONOS, work) == Unchanged()

    asyncio.run(main())


def test_the_prefix_alone_is_no_key() -> None:
    async def main() -> None:
        async with Ionos(ZONE) as fake:
            half = Secret(Ionos.token.partition(".")[0])
            end = await errand(IONOS, job(NAME, NEW, endpoint=fake.endpoint, key=half))
            assert kind(end) == "credentials"
            assert half.reveal() not in repr(end)

    asyncio.run(main())


def test_a_ttl_that_is_too_short_becomes_the_least_one() -> None:
    async def main() -> None:
        async with Ionos(ZONE) as fake:
            work = job(NAME, NEW, endpoint=fake.endpoint, **fake.settings())
            soon = replace(work, rrsets=(replace(work.rrsets[0], ttl=5),))
            assert await errand(IONOS, soon) == Changed()
            assert [record.ttl for record in fake.at(NAME)] == [60]
            assert await errand(IONOS, soon) == Unchanged()
            assert fake.violations == []

    asyncio.run(main())
