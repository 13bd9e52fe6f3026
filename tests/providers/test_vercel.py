"""Vercel: what its refusals mean, its teams, its pages, and the records that it keeps itself."""

from __future__ import annotations

from typing import Any

import pytest

from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.engine.wire import Secret
from providers.vercel import VERCEL
from tests.support.provider_fakes.vendor import Settings
from tests.support.provider_fakes.vercel import TEAM, Vercel, no
from tests.support.scripted import NAME, ZONE, brought, told

OLD, NEW = "198.51.100.1", "198.51.100.2"


class OfTeam(Vercel):
    team = TEAM


class AndItsMember(OfTeam):
    def settings(self) -> Settings:
        return {**super().settings(), "team_id": TEAM}


@pytest.mark.parametrize(
    ("refusal", "cause", "words"),
    [
        (no(403, "forbidden", "Not authorized"), Cause.CREDENTIALS, "Account Settings > Tokens"),
        (no(403, "forbidden", "You don't have permission"), Cause.CREDENTIALS, "set team_id"),
        (no(402, "payment_required", "Unpaid"), Cause.BLOCKED, "Settings > Billing"),
        (no(409, "record_exists", "It exists"), Cause.CONFLICT, "clashes"),
        (no(400, "record_conflicts", "It conflicts"), Cause.CONFLICT, "clashes"),
    ],
)
def test_a_refusal_says_what_to_do(refusal: Any, cause: Cause, words: str) -> None:
    def refuse() -> None:
        raise refusal

    def before(fake: Vercel) -> None:
        fake.before_write = refuse

    end, fake = brought(VERCEL, Vercel, NEW, before=before)
    assert isinstance(end, Refused)
    assert end.cause is cause
    assert words in end.text
    assert fake.held(NAME, "A") == []


def test_the_domain_of_a_team_needs_the_team() -> None:
    end, _ = brought(VERCEL, OfTeam, NEW)
    assert isinstance(end, Refused)
    assert "set team_id" in end.text


@pytest.mark.parametrize("before", [(), (OLD, "198.51.100.3")])
def test_every_call_for_the_domain_of_a_team_names_it(before: tuple[str, ...]) -> None:
    end, fake = brought(
        VERCEL, AndItsMember, NEW, before=lambda fake: fake.seed(NAME, "A", *before)
    )
    assert end == Changed()
    assert fake.held(NAME, "A") == [NEW]


def test_what_the_vendor_keeps_itself_is_left_alone() -> None:
    def before(fake: Vercel) -> None:
        fake.seed(NAME, "A", OLD, creator="system")

    end, fake = brought(VERCEL, Vercel, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [OLD, NEW]


def test_a_record_without_a_ttl_of_its_own_is_as_good_as_any() -> None:
    row = {"id": "rec_1", "name": "home", "type": "A", "value": NEW, "ttl": None}
    rows = (200, {"records": [row], "pagination": {"count": 1, "next": None, "prev": None}})
    assert told(VERCEL, {"token": Secret("my-own")}, (200, {"domain": {}}), rows) == Unchanged()


def test_a_record_on_the_third_page_is_found() -> None:
    def before(fake: Vercel) -> None:
        for number in range(200):
            fake.seed(f"host{number}.{ZONE}", "A", "198.51.100.9")
        fake.seed(NAME, "A", OLD)

    end, fake = brought(VERCEL, Vercel, NEW, before=before)
    assert end == Changed()
    assert fake.writes == ["PATCH /v1/domains/records/rec_1200"]
