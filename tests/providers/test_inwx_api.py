"""INWX's API beyond what every provider is asked: sessions, the second factor, its codes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from providers.engine.drive import drive
from providers.engine.outcome import Changed, Outcome, Refused
from providers.engine.sender import Sender
from providers.engine.signing import Moment
from providers.engine.wire import Job, Response, Secret
from providers.inwx_api import INWX_API
from tests.support.provider_fakes.inwx import Inwx
from tests.support.scripted import NAME, ZONE, brought, job, told

# The secret and the time of RFC 6238, appendix B, and its password cut to six digits.
SHARED, AT, TAN = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", 59, "287082"


def talk(fake: Inwx, *, at: float = AT, zone: str = ZONE, **settings: str) -> Outcome:
    """How an update ends at this time of day."""

    async def main() -> Outcome:
        sender = Sender(moment=lambda: Moment(at=datetime.fromtimestamp(at, UTC), nonce=""))
        try:
            async with fake:
                secrets = {name: Secret(value) for name, value in settings.items()}
                known = {**fake.settings(), "endpoint": fake.endpoint, **secrets}
                rrsets = job("198.51.100.2", settings={}).rrsets
                work = Job(zone=zone, rrsets=rrsets, settings=known)
                return await drive(INWX_API.update(work), sender, pauses=())
        finally:
            await sender.aclose()

    return asyncio.run(main())


def with_tan() -> Inwx:
    fake = Inwx(ZONE)
    fake.tan = TAN
    return fake


def test_every_session_is_ended() -> None:
    end, fake = brought(INWX_API, Inwx, "198.51.100.2")
    assert end == Changed()
    assert fake.sessions == {}


def test_an_unknown_zone_is_looked_for_in_one_session_that_is_ended() -> None:
    fake = Inwx("elsewhere.test")
    end = talk(fake, zone="")
    assert isinstance(end, Refused)
    assert end.cause == "not_found"
    assert NAME in end.text
    methods = [body.split(b'"')[3].decode() for _, _, body in fake.heard]
    assert methods == ["account.login", *["nameserver.info"] * 3, "account.logout"]
    assert fake.sessions == {}


def test_a_second_factor_is_given() -> None:
    fake = with_tan()
    assert talk(fake, shared_secret=SHARED) == Changed()
    assert fake.held(NAME, "A") == ["198.51.100.2"]


def test_without_its_secret_a_second_factor_blocks_the_account() -> None:
    fake = with_tan()
    end = talk(fake)
    assert isinstance(end, Refused)
    assert end.cause == "blocked"
    assert "set shared_secret" in end.text
    assert fake.sessions == {}


@pytest.mark.parametrize(("at", "used"), [(AT + 300, set()), (AT, {TAN})], ids=["clock", "used"])
def test_a_password_that_is_not_good_now_is_tried_again_later(at: float, used: set[str]) -> None:
    fake = with_tan()
    fake.used = used
    end = talk(fake, at=at, shared_secret=SHARED)
    assert isinstance(end, Refused)
    assert (end.cause, end.wait) == ("transient", 31)
    assert "set the clock here" in end.text
    assert fake.sessions == {}


def test_a_secret_that_is_none_is_named_and_not_shown() -> None:
    end = talk(with_tan(), shared_secret="18-no-base32!")
    assert isinstance(end, Refused)
    assert "shared_secret is not the base32 text" in end.text
    assert "18-no" not in end.text


CODES = [
    (2200, "credentials", "user name and password"),
    (2201, "credentials", "give it the DNS role"),
    (2104, "blocked", "a payment"),
    (2304, "transient", "locked this zone"),
    (2502, "transient", "too many sessions"),
    (2005, "rejected", "does not accept this record"),
    (3999, "confused", "In their words"),
]


@pytest.mark.parametrize(("code", "cause", "words"), CODES)
def test_a_refusal_says_what_to_do(code: int, cause: str, words: str) -> None:
    end = told(INWX_API, Inwx().settings(), (200, {"code": code, "msg": "In their words"}))
    assert isinstance(end, Refused)
    assert end.cause == cause
    assert words in end.text


def test_a_login_without_a_session_is_none() -> None:
    end = told(INWX_API, Inwx().settings(), (200, {"code": 1000, "resData": {"tfa": "0"}}))
    assert isinstance(end, Refused)
    assert end.cause == "confused"


def test_a_failed_logout_takes_nothing_back() -> None:
    login = Response(
        status=200,
        headers={"set-cookie": "domrobot=1; path=/"},
        body=b'{"code": 1000, "resData": {"tfa": "0"}}',
    )
    zone = Response(status=200, body=b'{"code": 1000, "resData": {"count": 0}}')
    done = Response(status=200, body=b'{"code": 1000}')
    steps = INWX_API.update(job("198.51.100.2", settings=Inwx().settings()))
    next(steps)
    for answer in (login, zone, zone, done):
        steps.send(answer)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=200, body=b"<html>"))
    assert end.value.value == Changed()
