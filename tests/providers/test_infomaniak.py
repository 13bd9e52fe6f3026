"""Infomaniak beyond what every provider is asked: its refusals, the records it keeps itself."""

from __future__ import annotations

import pytest

from providers.engine.outcome import Changed, Refused, Unconfirmed
from providers.infomaniak import INFOMANIAK
from tests.support.provider_fakes.infomaniak import Infomaniak, success
from tests.support.scripted import NAME, Answer, brought, told

SETTINGS = Infomaniak().settings()
ZONE: Answer = (200, success(True))
RECORDS: Answer = (200, success([]))


def no(status: int, code: str) -> Answer:
    return (status, {"result": "error", "error": {"code": code, "description": "In their words"}})


REFUSALS: list[tuple[list[Answer], str, str]] = [
    ([no(401, "not_authorized")], "credentials", "make a new one in the Manager"),
    ([no(403, "forbidden")], "credentials", "scopes dns:read and dns:write"),
    ([(200, success(False))], "not_found", "no zone example.test in this account"),
    ([no(404, "object_not_found")], "not_found", "no zone example.test in this account"),
    ([(200, success("maybe"))], "confused", "neither yes nor no"),
    ([no(200, "never_heard_of")], "confused", "In their words"),
    ([ZONE, RECORDS, no(422, "validation_failed")], "rejected", "does not accept this record"),
]


@pytest.mark.parametrize(("answers", "cause", "words"), REFUSALS)
def test_a_refusal_says_what_to_do(answers: list[Answer], cause: str, words: str) -> None:
    end = told(INFOMANIAK, SETTINGS, *answers)
    assert isinstance(end, Refused)
    assert end.cause == cause
    assert words in end.text


def test_a_write_that_is_not_said_to_be_a_success_is_none() -> None:
    end = told(INFOMANIAK, SETTINGS, ZONE, RECORDS, (201, {"result": "asynchronous"}))
    assert isinstance(end, Unconfirmed)


def test_a_record_of_their_own_dynamic_dns_is_left_alone() -> None:
    def before(fake: Infomaniak) -> None:
        fake.seed(NAME, "A", "198.51.100.1", dyndns_id=7)

    end, fake = brought(INFOMANIAK, Infomaniak, "198.51.100.2", before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == ["198.51.100.1", "198.51.100.2"]


def test_a_ttl_below_the_least_one_is_raised() -> None:
    _, fake = brought(INFOMANIAK, Infomaniak, "198.51.100.2", ttl=60)
    assert [record.ttl for record in fake.at(NAME)] == [300]
