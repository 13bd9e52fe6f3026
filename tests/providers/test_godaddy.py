"""GoDaddy: accounts that are too small, pages of its own, and refusals that say what to do."""

from __future__ import annotations

import pytest

from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.godaddy import GODADDY
from tests.support.provider_fakes.godaddy import GoDaddy, no
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW = "198.51.100.1", "198.51.100.2"


def test_a_small_account_is_told_what_to_buy_or_where_to_go() -> None:
    def before(fake: GoDaddy) -> None:
        fake.small = True

    end, fake = brought(GODADDY, GoDaddy, NEW, before=before)
    assert isinstance(end, Refused)
    assert end.cause is Cause.BLOCKED
    for words in ("ten domains", "Discount Domain Club", "another provider"):
        assert words in end.text
    assert len(fake.calls) == 1


@pytest.mark.parametrize(
    ("refused", "cause", "words"),
    [
        (no(401, "UNABLE_TO_AUTHENTICATE"), Cause.CREDENTIALS, "developer.godaddy.com/keys"),
        (no(403, "MISSING_CREDENTIALS"), Cause.CREDENTIALS, "another pair"),
        (no(409, "PENDING_CHANGE"), Cause.TRANSIENT, "tried again"),
        (no(422, "DUPLICATE_RECORD"), Cause.CONFLICT, "already"),
    ],
)
def test_a_refusal_says_what_to_do(refused: Exception, cause: Cause, words: str) -> None:
    def before(fake: GoDaddy) -> None:
        def refuse() -> None:
            raise refused

        fake.before_write = refuse

    end, _ = brought(GODADDY, GoDaddy, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text


@pytest.mark.parametrize("page", ["Parked", "WebsiteBuilder Site"])
def test_a_page_of_its_own_is_not_thrown_away(page: str) -> None:
    def before(fake: GoDaddy) -> None:
        fake.seed(ZONE, "A", page)

    end, fake = brought(GODADDY, GoDaddy, NEW, name=ZONE, before=before)
    assert isinstance(end, Refused)
    assert end.cause is Cause.REJECTED
    assert f"({page})" in end.text
    assert fake.held(ZONE, "A") == [page]


def test_an_rrset_goes_by_delete_for_an_empty_put_changes_nothing() -> None:
    def before(fake: GoDaddy) -> None:
        fake.seed(NAME, "A", OLD)

    end, fake = brought(GODADDY, GoDaddy, before=before)
    assert end == Changed()
    assert fake.writes == ["DELETE /domains/example.test/records/A/home"]


@pytest.mark.parametrize(("asked", "end"), [(60, Unchanged()), (900, Changed())])
def test_no_ttl_is_below_ten_minutes(asked: int, end: object) -> None:
    def before(fake: GoDaddy) -> None:
        fake.seed(NAME, "A", NEW)

    assert brought(GODADDY, GoDaddy, NEW, before=before, ttl=asked)[0] == end
