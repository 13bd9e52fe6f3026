"""deSEC: its quota and refusals in words a person can act on, and the least TTL of each domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest

from providers.desec import DESEC
from providers.engine.limits import Ledger, Wait, called, may_call
from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from tests.support.provider_fakes.desec import DeSec
from tests.support.scripted import NAME, brought

OLD, NEW = "198.51.100.1", "198.51.100.2"


def no_policy(fake: DeSec) -> None:
    fake.policy = False


def an_alias(fake: DeSec) -> None:
    fake.seed(NAME, "CNAME", "elsewhere.example.")


def no_quota(fake: DeSec) -> None:
    fake.quota = 0


@pytest.mark.parametrize(
    ("spoil", "ttl", "cause", "words"),
    [
        (no_policy, None, Cause.CREDENTIALS, "see its policy at desec.io > Token Management"),
        (an_alias, None, Cause.REJECTED, "delete it first"),
        (lambda _: None, 90000, Cause.REJECTED, "a day"),
        (
            no_quota,
            None,
            Cause.RATE_LIMITED,
            "wait 5 hours; a domain may be changed 300 times a day",
        ),
    ],
)
def test_a_refusal_says_what_to_do(
    spoil: Callable[[DeSec], None], ttl: int | None, cause: Cause, words: str
) -> None:
    end, fake = brought(DESEC, DeSec, NEW, before=spoil, ttl=ttl)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text
    assert fake.held(NAME, "A") == []


def test_a_full_quota_is_waited_for_as_told() -> None:
    end, fake = brought(DESEC, DeSec, NEW, before=no_quota)
    assert isinstance(end, Refused)
    assert end.wait == 18000
    assert len(fake.writes) == 1


def test_no_day_sees_more_than_300_writes() -> None:
    ledger, now, made = Ledger(), 1e9, 0
    while now <= 1e9 + 86400:
        permit = may_call(ledger, DESEC.pace, now=now, fingerprint="", name=NAME)
        if isinstance(permit, Wait):
            now = permit.until
            continue
        ledger = called(ledger, DESEC.pace, now=now)
        made += 1
    assert made == 300


class AtDedyn(DeSec):
    least_ttl: ClassVar[int] = 60


@pytest.mark.parametrize(
    ("fake", "asked", "kept"),
    [(DeSec, 60, 3600), (DeSec, None, 3600), (AtDedyn, 60, 60), (AtDedyn, None, 300)],
)
def test_the_least_ttl_is_that_of_the_domain(
    fake: type[DeSec], asked: int | None, kept: int
) -> None:
    end, vendor = brought(DESEC, fake, NEW, ttl=asked)
    assert end == Changed()
    assert [record.ttl for record in vendor.at(NAME)] == [kept]


def test_a_ttl_below_the_least_is_not_asked_for_again_and_again() -> None:
    def before(fake: DeSec) -> None:
        fake.seed(NAME, "A", NEW)

    end, fake = brought(DESEC, DeSec, NEW, before=before, ttl=60)
    assert (end, fake.writes) == (Unchanged(), [])
