"""Porkbun: what its refusals mean, and what its parking records stand in the way of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from providers.engine.outcome import Changed, Outcome, Refused, Unchanged
from providers.engine.wire import Response, Text
from providers.porkbun import PORKBUN
from tests.support.provider_fakes.errand import errand, job, kind
from tests.support.provider_fakes.porkbun import Porkbun, no

ZONE, NAME = "example.test", "home.example.test"
OLD, NEW = "198.51.100.1", "198.51.100.2"


def update(name: str, before: Callable[[Porkbun], object], **settings: Text) -> Outcome:
    async def main() -> Outcome:
        async with Porkbun(ZONE) as fake:
            before(fake)
            work = job(name, NEW, **{"endpoint": fake.endpoint, **fake.settings(), **settings})
            end = await errand(PORKBUN, work)
            assert fake.violations == []
            return end

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "before", "settings", "cause", "words"),
    [
        (NAME, lambda fake: fake.closed.add(ZONE), {}, "blocked", "switch on API Access"),
        (NAME, lambda _: None, {"api_key": "pk1_other"}, "credentials", "make a new pair"),
        ("host.example", lambda _: None, {}, "not_found", "no zone in this account"),
        (ZONE, lambda fake: fake.seed(ZONE, "ALIAS", "x.test"), {}, "rejected", "delete it there"),
        (NAME, lambda fake: fake.seed(NAME, "CNAME", "x.test"), {}, "rejected", "delete it there"),
    ],
    ids=["not opted in", "wrong key", "another's domain", "parked apex", "alias"],
)
def test_a_refusal_says_what_to_do(
    name: str,
    before: Callable[[Porkbun], object],
    settings: dict[str, Text],
    cause: str,
    words: str,
) -> None:
    end = update(name, before, **settings)
    assert isinstance(end, Refused)
    assert kind(end) == cause
    assert words in end.text


@pytest.mark.parametrize(
    ("code", "cause", "words"),
    [
        ("IP_NOT_ALLOWED", "blocked", "remove the list of addresses"),
        ("DUPLICATE_RECORD", "conflict", "the same is held already"),
        ("INVALID_RECORD_ID", "conflict", "no longer has the record"),
        ("DOMAIN_NOT_ALLOWED", "not_found", "not good for it"),
    ],
)
def test_a_code_without_a_known_text_has_its_meaning(code: str, cause: str, words: str) -> None:
    def before(fake: Porkbun) -> None:
        def refuse() -> None:
            raise no("Something else.", code)

        fake.before_write = refuse

    end = update(NAME, before)
    assert isinstance(end, Refused)
    assert kind(end) == cause
    assert words in end.text


def test_a_call_too_many_may_come_as_a_success_with_nothing_in_it() -> None:
    steps = PORKBUN.update(job(NAME, NEW))
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=202))
    assert kind(end.value.value) == "rate_limited"
    assert end.value.value.wait == 60


def test_a_parking_record_at_another_name_is_no_hindrance() -> None:
    assert update(NAME, lambda fake: fake.seed(ZONE, "ALIAS", "x.test")) == Changed()


def test_a_change_that_somebody_made_a_moment_before_counts_as_made() -> None:
    def before(fake: Porkbun) -> None:
        fake.seed(NAME, "A", OLD, ttl=600)

        def somebody_else() -> None:
            fake.at(NAME)[0].content = NEW

        fake.before_write = somebody_else

    end = update(NAME, before)
    assert isinstance(end, Unchanged)
    assert "the same is held already" in end.note


def test_a_record_that_somebody_deleted_a_moment_before_is_a_conflict() -> None:
    def before(fake: Porkbun) -> None:
        fake.seed(NAME, "A", OLD)

        def somebody_else() -> None:
            fake.seed(NAME, "A")

        fake.before_write = somebody_else

    assert kind(update(NAME, before)) == "conflict"
