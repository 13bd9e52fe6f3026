"""OVHcloud: what its refusals mean, whose clock counts, and that every change is published."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.engine.wire import Request, Response, Secret
from providers.ovh import OVH
from tests.support.provider_fakes.ovh import Ovh, no
from tests.support.provider_fakes.vendor import Settings
from tests.support.scripted import NAME, brought, job

OLD, NEW = "198.51.100.1", "198.51.100.2"
Spoil = Callable[[Ovh], object]


class OtherApplication(Ovh):
    def settings(self) -> Settings:
        return {**super().settings(), "application_key": "AKsomebody"}


class OtherConsumer(Ovh):
    def settings(self) -> Settings:
        return {**super().settings(), "consumer_key": Secret("wrong-consumer-of-somebody")}


def alias(fake: Ovh) -> None:
    fake.seed(NAME, "A")
    fake.seed(NAME, "CNAME", "elsewhere.test")


def hasty(fake: Ovh) -> None:
    """Its clock runs on by a minute with every look at it."""
    ticks = iter(range(0, 6000, 60))
    fake.now = lambda: time.time() + next(ticks)


def refusing(status: int, code: str, message: str = "no") -> Spoil:
    def refuse() -> None:
        raise no(status, code, message)

    def spoil(fake: Ovh) -> None:
        fake.before_write = refuse

    return spoil


@pytest.mark.parametrize(
    ("spoil", "cause", "words"),
    [
        (refusing(403, "NOT_GRANTED_CALL"), Cause.CREDENTIALS, "PUT and DELETE on /domain/zone/*"),
        (refusing(403, "FORBIDDEN"), Cause.CREDENTIALS, "PUT and DELETE on /domain/zone/*"),
        (refusing(403, "NOT_CREDENTIAL"), Cause.CREDENTIALS, "never validated"),
        (refusing(460, ""), Cause.BLOCKED, "renew it"),
        (refusing(409, ""), Cause.CONFLICT, "changed meanwhile"),
        (refusing(400, "", "Invalid target"), Cause.REJECTED, "Invalid target"),
        (alias, Cause.REJECTED, "holds an alias"),
        (hasty, Cause.TRANSIENT, "too old by now"),
    ],
)
def test_a_refusal_says_what_to_do(spoil: Spoil, cause: Cause, words: str) -> None:
    def before(fake: Ovh) -> None:
        fake.seed(NAME, "A", OLD)
        spoil(fake)

    end, fake = brought(OVH, Ovh, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text
    assert NEW not in fake.held(NAME, "A")


@pytest.mark.parametrize(
    ("account", "words"),
    [(OtherApplication, "check it, and `region`"), (OtherConsumer, "never validated")],
)
def test_keys_of_somebody_else_are_told(account: type[Ovh], words: str) -> None:
    end, fake = brought(OVH, account, NEW)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (Cause.CREDENTIALS, True), end.text
    assert fake.writes == []


def test_a_wrong_clock_here_does_no_harm() -> None:
    def before(fake: Ovh) -> None:
        fake.now = lambda: time.time() + 30 * 86400

    assert brought(OVH, Ovh, NEW, before=before)[0] == Changed()


@pytest.mark.parametrize(("held", "end"), [(OLD, Changed()), (NEW, Unchanged())])
def test_what_is_held_is_published_also_when_it_was_right_before(held: str, end: object) -> None:
    def before(fake: Ovh) -> None:
        fake.seed(NAME, "A", held)

    outcome, fake = brought(OVH, Ovh, NEW, before=before)
    assert outcome == end
    assert [record.content for record in fake.published.values()] == [NEW]
    assert fake.calls[-1].startswith("POST /domain/zone/example.test/refresh")


def test_the_ttl_of_the_zone_stays_that_of_the_zone() -> None:
    def before(fake: Ovh) -> None:
        fake.seed(NAME, "A", OLD, ttl=0)

    _, fake = brought(OVH, Ovh, NEW, before=before)
    assert [(record.content, record.ttl) for record in fake.at(NAME)] == [(NEW, 0)]


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ({}, "https://eu.api.ovh.com/1.0/"),
        ({"region": "ca"}, "https://ca.api.ovh.com/1.0/"),
        ({"region": "us"}, "https://api.us.ovhcloud.com/1.0/"),
    ],
)
def test_a_region_is_called_at_its_own_address(region: Settings, host: str) -> None:
    steps = OVH.update(job(NEW, settings={**Ovh().settings(), **region}))
    first = next(steps)
    assert isinstance(first, Request)
    assert (first.url, first.auth) == (f"{host}auth/time", None)
    second = steps.send(Response(status=200, body=b"1767323045"))
    assert isinstance(second, Request)
    assert second.url == f"{host}domain/zone/example.test"
    assert second.auth is not None
