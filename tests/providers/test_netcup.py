"""netcup: a session that is ended whatever happens, and shows itself to nobody."""

from __future__ import annotations

import asyncio
import json

import pytest

from providers.engine.errors import Confused
from providers.engine.outcome import Changed, Outcome, Refused
from providers.engine.wire import Response, Text
from providers.netcup import NETCUP
from tests.support.provider_fakes.errand import errand, job, kind
from tests.support.provider_fakes.netcup import Netcup, actions, said

ZONE, NAME = "example.test", "home.example.test"
OLD, NEW, NEW6 = "198.51.100.1", "198.51.100.2", "2001:db8::2"


def update(fake: Netcup, name: str, *addresses: str, **settings: Text) -> Outcome:
    async def main() -> Outcome:
        async with fake:
            own = {**fake.settings(), "endpoint": fake.endpoint, "zone": ZONE, **settings}
            end = await errand(NETCUP, job(name, *addresses, **own))
            assert fake.violations == []
            return end

    return asyncio.run(main())


def test_everything_at_a_name_changes_in_one_call_between_login_and_logout() -> None:
    fake = Netcup(ZONE)
    fake.seed(NAME, "A", OLD, "198.51.100.9")
    assert update(fake, NAME, NEW, NEW6) == Changed()
    assert (fake.held(NAME, "A"), fake.held(NAME, "AAAA")) == ([NEW], [NEW6])
    reading = ["login", "infoDnsZone", "infoDnsRecords"]
    assert actions(fake) == [*reading, "updateDnsRecords", "logout"]
    assert fake.sessions == set()


def test_a_zone_without_any_record_is_empty_and_not_absent() -> None:
    fake = Netcup(ZONE)
    assert update(fake, NAME, NEW) == Changed()
    assert fake.held(NAME, "A") == [NEW]


@pytest.mark.parametrize(
    ("settings", "cause", "words", "last"),
    [
        ({"api_password": "another"}, "credentials", "Master Data > API", "login"),
        ({"customer": "654321"}, "credentials", "customer number", "login"),
        ({"zone": "test"}, "not_found", "no zone test in this account", "logout"),
    ],
    ids=["wrong password", "wrong number", "no such zone"],
)
def test_a_refusal_says_what_to_do_and_leaves_no_session_behind(
    settings: dict[str, Text], cause: str, words: str, last: str
) -> None:
    fake = Netcup(ZONE)
    end = update(fake, NAME, NEW, **settings)
    assert isinstance(end, Refused)
    assert kind(end) == cause
    assert words in end.text
    assert actions(fake)[-1] == last
    assert fake.sessions == set()


@pytest.mark.parametrize(
    ("code", "message", "cause", "words"),
    [
        (4001, "The session id is not in a valid format.", "transient", "logs in anew"),
        (4013, "More than 180 requests per minute.", "rate_limited", "too often"),
        (4013, "Value in field hostname is wrong.", "rejected", "this name or address"),
        (5028, "The zone example.test could not be found.", "not_found", "CloudDNS"),
    ],
)
def test_a_refusal_in_the_middle_is_told_after_the_logout(
    code: int, message: str, cause: str, words: str
) -> None:
    steps = NETCUP.update(job(NAME, NEW, zone=ZONE, **Netcup().settings()))
    next(steps)
    steps.send(answer("login", 2000, "ok", {"apisessionid": "s3ssion"}))
    steps.send(answer("infoDnsZone", 2000, "ok", {"name": ZONE}))
    logout = steps.send(answer("infoDnsRecords", code, message))
    assert "'logout'" in repr(logout)
    assert "s3ssion" not in repr(logout)
    with pytest.raises(StopIteration) as end:
        steps.send(answer("logout", 5000, "we are closing"))
    assert kind(end.value.value) == cause
    assert words in end.value.value.text


def test_a_refusal_at_the_zone_ends_the_session_too() -> None:
    steps = NETCUP.update(job(NAME, NEW, zone=ZONE, **Netcup().settings()))
    next(steps)
    steps.send(answer("login", 2000, "ok", {"apisessionid": "s3ssion"}))
    logout = steps.send(answer("infoDnsZone", 4013, "More than 180 requests per minute."))
    assert "'logout'" in repr(logout)
    with pytest.raises(StopIteration) as end:
        steps.send(answer("logout", 2000, "ok"))
    assert kind(end.value.value) == "rate_limited"


@pytest.mark.parametrize("data", ["s3ssion", ["s3ssion"], {"apisessionid": ["s3ssion"]}, {}])
def test_a_session_in_a_form_that_nobody_documented_is_not_shown(data: object) -> None:
    steps = NETCUP.update(job(NAME, NEW, zone=ZONE, **Netcup().settings()))
    next(steps)
    with pytest.raises(Confused) as confused:
        steps.send(answer("login", 2000, "ok", data))
    assert "s3ssion" not in str(confused.value)


def answer(action: str, code: int, message: str, data: object = "") -> Response:
    return Response(status=200, body=json.dumps(said(action, code, message, data)).encode())
