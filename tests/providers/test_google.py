"""Google Cloud DNS: what its refusals mean to a person, and what must stay as it is."""

from __future__ import annotations

import json
from functools import partial

import pytest

from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.google import GOOGLE
from tests.support.provider_fakes.google import Google, account, denied, no
from tests.support.provider_fakes.vendor import No, Settings
from tests.support.scripted import NAME, Answer, brought, told

OLD, NEW = "198.51.100.1", "198.51.100.2"
SETTINGS: Settings = {"service_account": json.dumps(account("ours")), "project": "proj"}
TOKEN: Answer = (200, {"access_token": "fleeting", "expires_in": 3599, "token_type": "Bearer"})
CLOCK = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."


def said(refusal: No) -> Answer:
    return refusal.said.status, refusal.said.document


@pytest.mark.parametrize(
    ("answers", "cause", "words"),
    [
        ([said(denied("Invalid JWT Signature."))], Cause.CREDENTIALS, "make a new one"),
        ([said(denied(CLOCK))], Cause.TRANSIENT, "set the clock"),
        ([TOKEN, said(no(401, "authError", "x"))], Cause.CREDENTIALS, "make another key"),
        ([TOKEN, said(no(403, "forbidden", "x"))], Cause.CREDENTIALS, "DNS Administrator"),
        ([TOKEN, said(no(403, "rateLimitExceeded", "x"))], Cause.RATE_LIMITED, "too often"),
        ([TOKEN, said(no(403, "userRateLimitExceeded", "x"))], Cause.RATE_LIMITED, "too often"),
        ([TOKEN, said(no(403, "quotaExceeded", "x"))], Cause.RATE_LIMITED, "see Quotas"),
        ([TOKEN, said(no(403, "accessNotConfigured", "x"))], Cause.BLOCKED, "enable its API"),
        (
            [
                TOKEN,
                said(
                    no(404, "notFound", "The 'parameters.project' resource named x does not exist")
                ),
            ],
            Cause.NOT_FOUND,
            "correct project",
        ),
    ],
)
def test_a_refusal_says_what_to_do(answers: list[Answer], cause: Cause, words: str) -> None:
    end = told(GOOGLE, SETTINGS, *answers)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text


def test_a_key_that_is_none_is_told_before_anything_is_sent() -> None:
    class Broken(Google):
        def settings(self) -> Settings:
            return {"service_account": '{"hush": 1}', "project": "proj"}

    end, fake = brought(GOOGLE, Broken, NEW)
    assert isinstance(end, Refused)
    assert "not the JSON document of a service account" in end.text
    assert "hush" not in end.text
    assert fake.heard == []


@pytest.mark.parametrize(
    ("rtype", "more", "words"),
    [("A", {"weighted": True}, "routing policy"), ("CNAME", {}, "delete it there first")],
)
def test_what_is_more_than_plain_records_is_left_alone(
    rtype: str, more: dict[str, bool], words: str
) -> None:
    def before(fake: Google) -> None:
        fake.seed(NAME, rtype, OLD, **more)

    end, fake = brought(GOOGLE, Google, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (Cause.REJECTED, True), end.text
    assert [record.content for record in fake.records.values()] == [OLD]


class Twice(Google):
    """Two public zones of one name, and a private one."""

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones * 3)
        self.private = frozenset({"73"})


class Chosen(Twice):
    """The same, and the settings name one."""

    chosen = "zone-73"

    def settings(self) -> Settings:
        return {**super().settings(), "managed_zone": self.chosen}


class Mistaken(Chosen):
    """The same, and the name is of another zone."""

    chosen = "zone-other"


def test_of_zones_with_one_name_the_user_chooses() -> None:
    end, _ = brought(GOOGLE, Twice, NEW)
    assert isinstance(end, Refused)
    assert (end.cause, "2 public zones" in end.text) == (Cause.REJECTED, True), end.text
    end, chosen = brought(GOOGLE, Chosen, NEW)
    assert end == Changed()
    assert chosen.writes == ["POST /dns/v1/projects/proj/managedZones/zone-73/changes"]
    end, mistaken = brought(GOOGLE, Mistaken, NEW)
    assert isinstance(end, Refused)
    assert (end.cause, mistaken.writes) == (Cause.NOT_FOUND, [])


@pytest.mark.parametrize(
    ("before", "meanwhile", "end"),
    [
        ((OLD,), (), Cause.CONFLICT),  # what is to be deleted is gone: 404
        ((OLD,), (OLD, NEW), Cause.CONFLICT),  # it is another one: 412
        ((), (OLD,), Cause.CONFLICT),  # what is to be added is there: 409
        ((), (NEW,), None),  # and it is the very same
    ],
)
def test_somebody_who_was_faster_is_looked_at_again(
    before: tuple[str, ...], meanwhile: tuple[str, ...], end: Cause | None
) -> None:
    def somebody(fake: Google) -> None:
        fake.seed(NAME, "A", *meanwhile)

    def prepare(fake: Google) -> None:
        fake.seed(NAME, "A", *before)
        fake.before_write = partial(somebody, fake)

    outcome, fake = brought(GOOGLE, Google, NEW, before=prepare)
    if end is None:
        assert isinstance(outcome, Unchanged)
    else:
        assert isinstance(outcome, Refused)
        assert outcome.cause is end
    assert fake.held(NAME, "A") == sorted(meanwhile)
    assert len(fake.writes) == 1
