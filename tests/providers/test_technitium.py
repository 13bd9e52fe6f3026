"""Technitium: what its refusals mean to a person, and what must stay as it is."""

from __future__ import annotations

import pytest

from providers.engine.outcome import Cause, Changed, Refused
from providers.technitium import TECHNITIUM
from tests.support.provider_fakes.technitium import Technitium, no
from tests.support.scripted import NAME, ZONE, brought, told

OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"


@pytest.mark.parametrize(
    ("message", "status", "cause", "words"),
    [
        ("Invalid token or session expired.", "invalid-token", Cause.CREDENTIALS, "make a new one"),
        ("A TOTP is required.", "2fa-required", Cause.BLOCKED, "use an API token"),
        ("Access was denied.", "error", Cause.CREDENTIALS, "give it View, Modify"),
        ("The zone is a catalog.", "error", Cause.REJECTED, "The zone is a catalog."),
        ("No such zone was found: x", "error", Cause.NOT_FOUND, "has no zone"),
    ],
)
def test_a_refusal_says_what_to_do(message: str, status: str, cause: Cause, words: str) -> None:
    settings = {**Technitium(ZONE).settings(), "endpoint": "http://127.0.0.1:5380"}
    end = told(TECHNITIUM, settings, (200, no(message, status).said.document))
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text


def test_a_secondary_server_is_not_told_but_its_primary_is() -> None:
    class Second(Technitium):
        kind = "Secondary"

    end, fake = brought(TECHNITIUM, Second, NEW)
    assert isinstance(end, Refused)
    assert (end.cause, "name its primary" in end.text) == (Cause.REJECTED, True)
    assert fake.writes == []


def test_the_closest_zone_is_not_taken_for_the_one_that_was_asked_for() -> None:
    class Parent(Technitium):
        def __init__(self, *_: str) -> None:
            super().__init__("test")

    end, fake = brought(TECHNITIUM, Parent, NEW)
    assert isinstance(end, Refused)
    assert (end.cause, fake.writes) == (Cause.NOT_FOUND, [])


def test_a_disabled_record_is_left_alone() -> None:
    def before(fake: Technitium) -> None:
        fake.seed(NAME, "A", OLD, disabled=True)

    end, fake = brought(TECHNITIUM, Technitium, NEW, before=before)
    assert end == Changed()
    assert [(one.content, "disabled" in one.more) for one in fake.at(NAME)] == [
        (OLD, True),
        (NEW, False),
    ]


def test_a_comment_and_an_expiry_stay_with_the_record() -> None:
    def before(fake: Technitium) -> None:
        fake.seed(NAME, "A", OLD, comments="the router at home", expiryTtl=86400)

    end, fake = brought(TECHNITIUM, Technitium, NEW, before=before)
    assert end == Changed()
    (record,) = fake.at(NAME)
    assert (record.content, record.more) == (
        NEW,
        {"comments": "the router at home", "expiryTtl": 86400},
    )


def test_where_an_alias_stands_nothing_is_written() -> None:
    end, fake = brought(
        TECHNITIUM, Technitium, NEW, before=lambda fake: fake.seed(NAME, "CNAME", "a.test")
    )
    assert isinstance(end, Refused)
    assert (end.cause, fake.writes) == (Cause.REJECTED, [])
