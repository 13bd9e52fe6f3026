"""Vultr: what its refusals mean, and its pages."""

from __future__ import annotations

import pytest

from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.vultr import VULTR
from tests.support.provider_fakes.vultr import Vultr, no
from tests.support.scripted import NAME, ZONE, brought

NEW = "198.51.100.2"


@pytest.mark.parametrize(
    ("status", "error", "cause", "words"),
    [
        (401, "Unauthorized IP address: 198.51.100.7", Cause.BLOCKED, "Access Control"),
        (401, "Invalid API token.", Cause.CREDENTIALS, "Account > API"),
        (403, "Forbidden", Cause.CREDENTIALS, "Account > Users"),
        (400, "Unable to add record: Duplicate record", Cause.CONFLICT, "already"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, error: str, cause: Cause, words: str) -> None:
    def refuse() -> None:
        raise no(status, error)

    def before(fake: Vultr) -> None:
        fake.before_write = refuse

    end, fake = brought(VULTR, Vultr, NEW, before=before)
    assert isinstance(end, Refused)
    assert end.cause is cause
    assert words in end.text
    assert fake.held(NAME, "A") == []


def test_the_record_that_somebody_else_made_meanwhile_is_no_trouble() -> None:
    def before(fake: Vultr) -> None:
        def meanwhile() -> None:
            fake.seed(NAME, "A", NEW)

        fake.before_write = meanwhile

    end, fake = brought(VULTR, Vultr, NEW, before=before)
    assert isinstance(end, Unchanged)
    assert fake.held(NAME, "A") == [NEW]


def test_a_record_on_the_second_page_is_found() -> None:
    def before(fake: Vultr) -> None:
        for number in range(500):
            fake.seed(f"host{number}.{ZONE}", "A", "198.51.100.9")
        fake.seed(NAME, "A", "198.51.100.1")

    end, fake = brought(VULTR, Vultr, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [NEW]
    assert len(fake.writes) == 1
