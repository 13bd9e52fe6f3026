"""Dynu's REST API: the domain's own addresses, disabled records, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from providers.dynu_api import DYNU_API
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from tests.support.provider_fakes.dynu_api import DynuApi, no
from tests.support.scripted import NAME, ZONE, brought, told

OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
Before = Callable[[DynuApi], object]


def apex(*wanted: str, before: Before = lambda _: None) -> tuple[Outcome, DynuApi]:
    return brought(DYNU_API, DynuApi, *wanted, name=ZONE, before=before)


def test_the_apex_is_an_address_of_the_domain_whose_rest_stays() -> None:
    end, fake = apex(NEW, before=lambda fake: fake.seed(ZONE, "AAAA", "2001:db8::1"))
    assert end == Changed()
    assert (fake.held(ZONE, "A"), fake.held(ZONE, "AAAA")) == ([NEW], ["2001:db8::1"])
    assert fake.writes == ["POST /dns/71"]
    assert (fake.about["group"], fake.about["ipv4WildcardAlias"]) == ("office", True)


def test_a_second_address_of_the_apex_is_a_record() -> None:
    end, fake = apex(OLD, NEW, before=lambda fake: fake.seed(ZONE, "A", OLD))
    assert end == Changed()
    assert fake.held(ZONE, "A") == [OLD, NEW]
    assert fake.writes == ["POST /dns/71/record"]


@pytest.mark.parametrize(
    ("before", "wanted"), [((OLD,), ()), ((OLD, OTHER), (NEW,)), ((OLD, NEW), (NEW,))]
)
def test_what_is_surplus_at_the_apex_goes(before: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    end, fake = apex(*wanted, before=lambda fake: fake.seed(ZONE, "A", *before))
    assert end == Changed()
    assert fake.held(ZONE, "A") == list(wanted)


def test_a_record_that_is_switched_off_is_left_alone() -> None:
    end, fake = brought(
        DYNU_API, DynuApi, NEW, before=lambda fake: fake.seed(NAME, "A", OLD, state=False)
    )
    assert end == Changed()
    assert fake.held(NAME, "A") == [OLD, NEW]


def test_the_group_of_a_record_stays() -> None:
    _, fake = brought(
        DYNU_API, DynuApi, NEW, before=lambda fake: fake.seed(NAME, "A", OLD, group="office")
    )
    assert [(held.content, held.more["group"]) for held in fake.at(NAME)] == [(NEW, "office")]


@pytest.mark.parametrize(
    ("refused", "cause", "words"),
    [
        (no(401, "Authentication"), Cause.CREDENTIALS, "Control Panel > API Credentials"),
        (no(503, "Quota"), Cause.BLOCKED, "delete some, or become a paying member"),
        (no(501, "Argument"), Cause.CONFLICT, "already, or does not accept it"),
        (no(500, "Server"), Cause.TRANSIENT, "trouble of its own"),
    ],
)
def test_a_refusal_says_what_to_do(refused: Exception, cause: Cause, words: str) -> None:
    def before(fake: DynuApi) -> None:
        def refuse() -> None:
            raise refused

        fake.before_write = refuse

    end, _ = brought(DYNU_API, DynuApi, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"statusCode": 501, "type": "Argument Exception", "message": "Invalid."}, "conflict"),
        ({"exception": {"statusCode": 404, "type": "Request Exception"}}, "not_found"),
        ({"exception": {"statusCode": 502, "type": "Parse Exception"}}, "rejected"),
        ({"statusCode": 299, "type": "Some Exception"}, "confused"),
    ],
)
def test_a_refusal_may_come_with_a_status_of_success(
    document: dict[str, object], kind: str
) -> None:
    end = told(DYNU_API, DynuApi(ZONE).settings(), (200, document))
    assert isinstance(end, Refused)
    assert end.cause == kind


def test_somebody_who_was_faster_with_the_same_is_no_trouble() -> None:
    def before(fake: DynuApi) -> None:
        def somebody() -> None:
            fake.seed(NAME, "A", NEW)

        fake.before_write = somebody

    assert isinstance(brought(DYNU_API, DynuApi, NEW, before=before)[0], Unchanged)
