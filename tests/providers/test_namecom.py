"""name.com: its refusals, its pages, its least TTL."""

from __future__ import annotations

import asyncio

import pytest

from providers.engine.outcome import Changed, Unchanged
from providers.engine.wire import Response, Secret
from providers.namecom import NAMECOM
from tests.support.provider_fakes.errand import errand, job, kind
from tests.support.provider_fakes.namecom import NameCom

ZONE, NAME = "example.test", "home.example.test"
OLD, NEW = "198.51.100.1", "198.51.100.2"
SAFE = b'{"message":"Permission Denied","details":"Account Has Namesafe Enabled"}'


@pytest.mark.parametrize(
    ("status", "body", "cause", "words"),
    [
        (401, b'{"message":"Unauthorized"}', "credentials", "make a token"),
        (403, b'{"message":"Permission Denied"}', "credentials", "check its permissions"),
        (403, SAFE, "blocked", "two-step verification"),
    ],
    ids=["wrong token", "forbidden", "two-step verification"],
)
def test_a_refusal_says_what_to_do(status: int, body: bytes, cause: str, words: str) -> None:
    steps = NAMECOM.update(job(NAME, NEW, user="alice", token=Secret("t0ken")))
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=status, body=body))
    assert kind(end.value.value) == cause
    assert words in end.value.value.text


def test_a_record_on_the_second_page_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NameCom, "most_of_a_page", 2)

    async def main() -> None:
        async with NameCom("first.test", "second.test", ZONE) as fake:
            for number in range(4):
                fake.seed(f"neighbour{number}.{ZONE}", "A", OLD)
            fake.seed(NAME, "A", OLD)
            end = await errand(NAMECOM, job(NAME, NEW, endpoint=fake.endpoint, **fake.settings()))
            assert end == Changed()
            assert fake.held(NAME, "A") == [NEW]
            assert len(fake.writes) == 1
            assert fake.violations == []

    asyncio.run(main())


def test_an_identical_record_that_somebody_else_made_counts_as_made() -> None:
    async def main() -> None:
        async with NameCom(ZONE) as fake:

            def somebody_else() -> None:
                fake.seed(NAME, "A", NEW)

            fake.before_write = somebody_else
            end = await errand(NAMECOM, job(NAME, NEW, endpoint=fake.endpoint, **fake.settings()))
            assert isinstance(end, Unchanged)
            assert "identical record" in end.note
            assert fake.held(NAME, "A") == [NEW]

    asyncio.run(main())


def test_a_new_record_gets_the_least_ttl_and_the_apex_has_a_name() -> None:
    async def main() -> None:
        async with NameCom(ZONE) as fake:
            end = await errand(NAMECOM, job(ZONE, NEW, endpoint=fake.endpoint, **fake.settings()))
            assert end == Changed()
            assert [(record.name, record.ttl) for record in fake.records.values()] == [(ZONE, 300)]

    asyncio.run(main())
