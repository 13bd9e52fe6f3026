"""easyDNS: what its refusals mean, however they come, its pages, and records for one region."""

from __future__ import annotations

from typing import Any

import pytest

from providers.easydns import EASYDNS
from providers.engine.outcome import Cause, Changed, Refused, Unconfirmed
from providers.engine.wire import Secret
from tests.support.provider_fakes.easydns import EasyDns, no
from tests.support.provider_fakes.vendor import No
from tests.support.scripted import NAME, ZONE, Answer, brought, told

OLD, NEW = "198.51.100.1", "198.51.100.2"
CALM = "Enhance Your Calm. Rate limit exceeded (too many requests) OR you did NOT provide"


def as_success(code: int, message: str) -> No:
    return No(200, {"error": {"code": code, "message": message}})


@pytest.mark.parametrize(
    ("refusal", "cause", "words", "wait"),
    [
        (no(401, "Unauthorized"), Cause.CREDENTIALS, "copy both anew", None),
        (as_success(401, "Unauthorized"), Cause.CREDENTIALS, "copy both anew", None),
        (no(403, "Access denied"), Cause.NOT_FOUND, "no such domain", None),
        (as_success(403, "Access denied"), Cause.NOT_FOUND, "no such domain", None),
        (no(420, CALM), Cause.RATE_LIMITED, "called too often", 600),
        (as_success(420, CALM), Cause.RATE_LIMITED, "called too often", 600),
        (No(403, {"msg": "Enhance your calm", "status": 403}), Cause.RATE_LIMITED, "often", 600),
        (no(400, "Invalid rdata"), Cause.REJECTED, "Invalid rdata", None),
    ],
)
def test_a_refusal_says_what_to_do(
    refusal: Any, cause: Cause, words: str, wait: float | None
) -> None:
    def refuse() -> None:
        raise refusal

    def before(fake: EasyDns) -> None:
        fake.before_write = refuse

    end, fake = brought(EASYDNS, EasyDns, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, end.wait) == (cause, wait)
    assert words in end.text
    assert fake.held(NAME, "A") == []


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"data": {"domain": ZONE, "exists": "N"}, "status": 200}),
        (404, {"error": {"code": 404, "message": "Not found"}}),
        (403, {"error": {"code": 403, "message": "Access denied"}}),
    ],
)
def test_a_domain_that_is_not_there_is_not_asked_for_its_records(answer: Answer) -> None:
    end = told(EASYDNS, {"token": Secret("my-own"), "key": Secret("my-key")}, answer)
    assert isinstance(end, Refused)
    assert end.cause is Cause.NOT_FOUND
    assert f"no zone {ZONE}" in end.text


def test_an_error_that_nobody_documented_is_no_success() -> None:
    def refuse() -> None:
        raise as_success(777, "Lucky")

    def before(fake: EasyDns) -> None:
        fake.before_write = refuse

    end, _ = brought(EASYDNS, EasyDns, NEW, before=before)
    assert isinstance(end, Unconfirmed)
    assert "Lucky" in end.text


def test_a_record_on_the_second_page_is_found() -> None:
    def before(fake: EasyDns) -> None:
        for number in range(1000):
            fake.seed(f"host{number}.{ZONE}", "A", "198.51.100.9")
        fake.seed(NAME, "A", OLD)

    end, fake = brought(EASYDNS, EasyDns, NEW, before=before)
    assert end == Changed()
    assert fake.writes == ["POST /zones/records/2000?format=json"]


def test_a_record_for_one_part_of_the_world_is_left_alone() -> None:
    def before(fake: EasyDns) -> None:
        fake.seed(NAME, "A", OLD, geozone_id="12")

    end, fake = brought(EASYDNS, EasyDns, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [OLD, NEW]
