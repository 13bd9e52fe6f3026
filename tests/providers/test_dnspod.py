"""DNSPod's older API: what its codes mean, who it hears calling, and records of other lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from providers.dnspod import DNSPOD
from providers.engine.outcome import Cause, Changed, Refused, Unconfirmed
from providers.engine.redact import secrets_in
from providers.engine.wire import Request
from tests.support.provider_fakes.dnspod import DnsPod, done, no
from tests.support.scripted import NAME, brought, job, told

OLD, NEW = "198.51.100.1", "198.51.100.2"
Spoil = Callable[[DnsPod], object]
SETTINGS = DnsPod().settings()


def free_plan(fake: DnsPod) -> None:
    fake.free = True


def refusing(code: str) -> Spoil:
    def refuse() -> None:
        raise no(code)

    def spoil(fake: DnsPod) -> None:
        fake.before_write = refuse

    return spoil


@pytest.mark.parametrize(
    ("spoil", "cause", "words", "wait"),
    [
        (refusing("-1"), Cause.CREDENTIALS, "make a new one", None),
        (refusing("-2"), Cause.RATE_LIMITED, "banned this account for an hour", 3600),
        (refusing("-8"), Cause.RATE_LIMITED, "too many wrong tokens", 3600),
        (refusing("-7"), Cause.BLOCKED, "a plan for companies", None),
        (refusing("-15"), Cause.BLOCKED, "suspended", None),
        (refusing("83"), Cause.BLOCKED, "ask its support", None),
        (refusing("85"), Cause.BLOCKED, "logins from elsewhere", None),
        (refusing("-99"), Cause.TRANSIENT, "for a while", None),
        (refusing("7"), Cause.NOT_FOUND, "somebody else's", None),
        (refusing("21"), Cause.REJECTED, "unlock it", None),
        (refusing("26"), Cause.REJECTED, "name or type", None),
        (refusing("31"), Cause.CONFLICT, "excludes it", None),
        (refusing("104"), Cause.CONFLICT, "already", None),
        (refusing("34"), Cause.REJECTED, "this value", None),
        (refusing("500025"), Cause.REJECTED, "no more addresses", None),
        (free_plan, Cause.REJECTED, "set ttl = 600", None),
    ],
)
def test_a_refusal_says_what_to_do(
    spoil: Spoil, cause: Cause, words: str, wait: float | None
) -> None:
    def before(fake: DnsPod) -> None:
        fake.seed(NAME, "A", OLD)
        spoil(fake)

    end, fake = brought(DNSPOD, DnsPod, NEW, before=before, ttl=60)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text, end.wait) == (cause, True, wait), end.text
    assert fake.held(NAME, "A") == [OLD]


def test_a_code_that_nobody_documented_confirms_nothing() -> None:
    zone, empty = done(domain={"id": "71"}), done(records=[])
    end = told(DNSPOD, SETTINGS, (200, zone), (200, empty), (200, no("4711", "odd").said.document))
    assert isinstance(end, Unconfirmed)
    assert "odd" in end.text


@pytest.mark.parametrize("nothing", [done(records=[]), no("10", "No records").said.document])
def test_no_records_are_told_in_two_ways(nothing: object) -> None:
    zone, made = done(domain={"id": 71}), done(record={"id": "1"})
    assert told(DNSPOD, SETTINGS, (200, zone), (200, nothing), (200, made)) == Changed()


def test_every_call_names_whom_to_write_to_and_hides_the_token() -> None:
    first = next(DNSPOD.update(job(NEW, settings=SETTINGS)))
    assert isinstance(first, Request)
    assert ("From", "me@example.test") in first.headers
    assert DnsPod.token not in repr(first)
    assert {DnsPod.token, f"{DnsPod.token_id},{DnsPod.token}"} <= secrets_in(first)


@pytest.mark.parametrize("theirs", [{"line": "电信", "line_id": "10=0"}, {"enabled": "0"}])
def test_another_line_and_a_disabled_record_stay(theirs: dict[str, str]) -> None:
    def before(fake: DnsPod) -> None:
        fake.seed(NAME, "A", OLD, **theirs)

    end, fake = brought(DNSPOD, DnsPod, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [OLD, NEW]
    assert {record.ttl for record in fake.at(NAME) if record.content == NEW} == {600}
