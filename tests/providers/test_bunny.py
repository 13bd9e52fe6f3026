"""bunny.net: records that are none of ours, pages of zones, and what a change must not lose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from providers.bunny import BUNNY
from providers.engine.outcome import Changed, Outcome, Refused
from providers.engine.wire import Response, Secret
from tests.support.provider_fakes.bunny import Bunny
from tests.support.provider_fakes.errand import errand, job, kind

ZONE, NAME = "example.test", "home.example.test"
OLD, NEW = "198.51.100.1", "198.51.100.2"


def update(fake: Bunny, before: Callable[[Bunny], object]) -> Outcome:
    async def main() -> Outcome:
        async with fake:
            before(fake)
            end = await errand(BUNNY, job(NAME, NEW, endpoint=fake.endpoint, **fake.settings()))
            assert fake.violations == []
            return end

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "copy the API key of the account"), (403, "take the account's own API key")],
)
def test_a_refused_key_says_where_to_find_the_right_one(status: int, words: str) -> None:
    steps = BUNNY.update(job(NAME, NEW, key=Secret("k3y")))
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=status, body=b'{"Message": "Authorization has been denied."}'))
    assert kind(end.value.value) == "credentials"
    assert words in end.value.value.text
    assert "has been denied" in end.value.value.text


@pytest.mark.parametrize("more", [{"Disabled": True}, {"SmartRoutingType": 2}, {"Weight": 30}])
def test_a_record_that_is_switched_off_routed_or_weighted_is_left_alone(
    more: dict[str, object],
) -> None:
    fake = Bunny(ZONE)
    assert update(fake, lambda fake: fake.seed(NAME, "A", OLD, **more)) == Changed()
    assert {record.content: record.more for record in fake.at(NAME)} == {OLD: more, NEW: {}}


def test_a_change_keeps_acceleration_and_comment() -> None:
    def before(fake: Bunny) -> None:
        fake.seed(NAME, "A", OLD, Accelerated=True, Comment="the door")

    fake = Bunny(ZONE)
    assert update(fake, before) == Changed()
    (record,) = fake.at(NAME)
    assert record.content == NEW
    assert (record.more["Accelerated"], record.more["Comment"]) == (True, "the door")


@pytest.mark.parametrize("rtype", ["CNAME", "Flatten", "PullZone"])
def test_an_alias_of_any_kind_is_in_the_way(rtype: str) -> None:
    fake = Bunny(ZONE)
    end = update(fake, lambda fake: fake.seed(NAME, rtype, "target.test"))
    assert isinstance(end, Refused)
    assert kind(end) == "rejected"
    assert fake.writes == []


def test_a_zone_on_the_second_page_is_found_and_none_that_only_looks_like_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Bunny, "most_of_a_page", 1)
    fake = Bunny(f"not{ZONE}", ZONE)
    assert update(fake, lambda _: None) == Changed()
    assert [record.zone for record in fake.records.values()] == [ZONE]


def test_a_record_that_somebody_deleted_a_moment_before_is_a_conflict() -> None:
    def before(fake: Bunny) -> None:
        def somebody_else() -> None:
            fake.seed(NAME, "A")

        fake.seed(NAME, "A", OLD)
        fake.before_write = somebody_else

    assert kind(update(Bunny(ZONE), before)) == "conflict"
