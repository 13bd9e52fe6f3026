"""DNSimple: what its refusals mean, its accounts, its plans, and the records that are not ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from providers.dnsimple import DNSIMPLE
from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.engine.wire import Secret
from tests.support.provider_fakes.dnsimple import DnSimple, no
from tests.support.provider_fakes.vendor import Settings
from tests.support.scripted import NAME, ZONE, brought, told

OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"


class Plain(DnSimple):
    enterprise = False


class OfUser(DnSimple):
    account = None


def at_write(refusal: Any) -> Callable[[DnSimple], None]:
    def refuse() -> None:
        raise refusal

    def before(fake: DnSimple) -> None:
        fake.before_write = refuse

    return before


@pytest.mark.parametrize(
    ("refusal", "cause", "words"),
    [
        (no(401, "Authentication failed"), Cause.CREDENTIALS, "make one at Account"),
        (no(402, "Your subscription has expired"), Cause.BLOCKED, "Account > Billing"),
        (no(403, "Permission Denied. Required Scope"), Cause.CREDENTIALS, "able to write"),
        (no(412, "Not available on your plan"), Cause.BLOCKED, "plan of this account"),
        (
            no(400, "Validation failed", base=["Zone record already exists"]),
            Cause.CONFLICT,
            "holds this record already",
        ),
    ],
)
def test_a_refusal_says_what_to_do(refusal: Any, cause: Cause, words: str) -> None:
    end, fake = brought(DNSIMPLE, DnSimple, NEW, before=at_write(refusal))
    assert isinstance(end, Refused)
    assert end.cause is cause
    assert words in end.text
    assert fake.held(NAME, "A") == []


def test_a_users_token_needs_to_know_the_account() -> None:
    end, _ = brought(DNSIMPLE, OfUser, NEW)
    assert isinstance(end, Refused)
    assert end.text.endswith("set account")


def test_a_configured_account_is_not_asked_for() -> None:
    settings: Settings = {"token": Secret("my-own-token"), "account": "1010"}
    zone = (200, {"data": {"id": 71, "name": ZONE}})
    row = {"id": 5, "name": "home", "type": "A", "content": NEW, "ttl": 60}
    rows = (200, {"data": [row], "pagination": {"total_pages": 1}})
    assert told(DNSIMPLE, settings, zone, rows) == Unchanged()


@pytest.mark.parametrize("fake", [DnSimple, Plain])
def test_what_the_plan_does_not_do_at_once_is_done_one_by_one(fake: type[DnSimple]) -> None:
    end, vendor = brought(DNSIMPLE, fake, NEW, before=lambda fake: fake.seed(NAME, "A", OLD, OTHER))
    assert end == Changed()
    assert vendor.held(NAME, "A") == [NEW]
    batch = "POST /1010/zones/example.test/batch"
    one_by_one = [
        "PATCH /1010/zones/example.test/records/1000",
        "DELETE /1010/zones/example.test/records/1001",
    ]
    assert vendor.writes == [batch, *(one_by_one if fake is Plain else ())]


def test_a_batch_that_clashes_is_looked_at_again() -> None:
    def before(fake: DnSimple) -> None:
        fake.seed(NAME, "A", OLD)

        def meanwhile() -> None:
            fake.seed(NAME, "A", NEW, OTHER)

        fake.before_write = meanwhile

    end, fake = brought(DNSIMPLE, DnSimple, NEW, OTHER, before=before)
    assert isinstance(end, Refused | Unchanged)
    assert fake.held(NAME, "A") == [NEW, OTHER]


@pytest.mark.parametrize(
    "foreign", [{"system_record": True}, {"parent_id": 7}, {"regions": ["SYD", "TKO"]}]
)
def test_records_of_the_vendor_and_of_one_region_are_left_alone(foreign: dict[str, Any]) -> None:
    def before(fake: DnSimple) -> None:
        fake.seed(NAME, "A", OLD, **foreign)

    end, fake = brought(DNSIMPLE, DnSimple, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [OLD, NEW]
