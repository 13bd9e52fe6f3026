"""Hetzner: what its refusals mean to a person, its actions, and what must stay as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.hetzner import HETZNER
from tests.support.provider_fakes.hetzner import Hetzner, no
from tests.support.scripted import NAME, brought

OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
Spoil = Callable[[Hetzner], object]


def readonly(fake: Hetzner) -> None:
    fake.readonly = True


def secondary(fake: Hetzner) -> None:
    fake.mode = "secondary"


def protected(fake: Hetzner) -> None:
    fake.protected.add((NAME, "A"))


def failing(fake: Hetzner) -> None:
    fake.ends = "error"


def refusing(code: str) -> Spoil:
    def refuse() -> None:
        raise no(code)

    def spoil(fake: Hetzner) -> None:
        fake.before_write = refuse

    return spoil


@pytest.mark.parametrize(
    ("spoil", "cause", "words"),
    [
        (readonly, Cause.CREDENTIALS, "make one to write at Hetzner Console >"),
        (secondary, Cause.REJECTED, "change the records there"),
        (protected, Cause.REJECTED, "lift that in the Hetzner Console"),
        (refusing("protected"), Cause.REJECTED, "lift that"),
        (refusing("locked"), Cause.TRANSIENT, "tried again"),
        (refusing("resource_limit_exceeded"), Cause.BLOCKED, "ask its support"),
        (refusing("uniqueness_error"), Cause.CONFLICT, "already"),
        (failing, Cause.TRANSIENT, "could not make it"),
    ],
)
def test_a_refusal_says_what_to_do(spoil: Spoil, cause: Cause, words: str) -> None:
    def before(fake: Hetzner) -> None:
        fake.seed(NAME, "A", OLD)
        spoil(fake)

    end, _ = brought(HETZNER, Hetzner, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text


def test_an_action_is_followed_until_it_ends_but_not_for_ever() -> None:
    end, fake = brought(HETZNER, Hetzner, NEW)
    assert end == Changed()
    assert [call for call in fake.calls if "actions" in call] == ["GET /zones/actions/9000"]

    def never(fake: Hetzner) -> None:
        fake.ends = "running"

    end, fake = brought(HETZNER, Hetzner, NEW, before=never)
    assert end == Changed()
    assert len([call for call in fake.calls if "actions" in call]) == 5


def test_a_comment_stays_when_its_address_goes() -> None:
    def before(fake: Hetzner) -> None:
        fake.seed(NAME, "A", OLD, comment="the router at home")

    _, fake = brought(HETZNER, Hetzner, NEW, before=before)
    assert [(held.content, held.more["comment"]) for held in fake.at(NAME)] == [
        (NEW, "the router at home")
    ]


@pytest.mark.parametrize(("asked", "end"), [(3600, Unchanged()), (1800, Changed())])
def test_an_rrset_without_a_ttl_has_that_of_its_zone(asked: int, end: object) -> None:
    def before(fake: Hetzner) -> None:
        fake.seed(NAME, "A", OLD, ttl=0)

    assert brought(HETZNER, Hetzner, OLD, before=before, ttl=asked)[0] == end
