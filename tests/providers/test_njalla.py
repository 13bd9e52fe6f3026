"""Njalla beyond what every provider is asked: its refusals, which all come with status 200."""

from __future__ import annotations

import pytest

from providers.engine.outcome import Changed, Refused, Unconfirmed
from providers.njalla import NJALLA
from tests.support.provider_fakes.njalla import Njalla
from tests.support.scripted import NAME, Answer, brought, told

SETTINGS = Njalla().settings()
ZONE: Answer = (200, {"result": {"name": "example.test", "status": "active"}, "jsonrpc": "2.0"})
RECORDS: Answer = (200, {"result": {"records": []}, "jsonrpc": "2.0"})


def no(code: int, message: str) -> Answer:
    return (200, {"error": {"code": code, "message": message}, "jsonrpc": "2.0"})


REFUSALS: list[tuple[list[Answer], str, str]] = [
    ([no(403, "Invalid token.")], "credentials", "make a new one under Settings"),
    ([no(403, "permission denied")], "not_found", "no zone example.test in this account"),
    ([ZONE, no(403, "permission denied")], "credentials", "allow it all record methods"),
    ([ZONE, RECORDS, no(400, "invalid content")], "rejected", "invalid content"),
    ([ZONE, RECORDS, no(500, "internal error")], "transient", "trouble of its own"),
    ([ZONE, no(777, "never heard of")], "confused", "never heard of"),
]


@pytest.mark.parametrize(("answers", "cause", "words"), REFUSALS)
def test_a_refusal_says_what_to_do(answers: list[Answer], cause: str, words: str) -> None:
    end = told(NJALLA, SETTINGS, *answers)
    assert isinstance(end, Refused)
    assert end.cause == cause
    assert words in end.text


def test_a_write_that_is_answered_without_a_result_is_not_called_a_success() -> None:
    end = told(NJALLA, SETTINGS, ZONE, RECORDS, (200, {"jsonrpc": "2.0"}))
    assert isinstance(end, Unconfirmed)


def test_a_record_of_their_own_dynamic_dns_is_left_alone() -> None:
    def before(fake: Njalla) -> None:
        fake.seed(NAME, "Dynamic", "hj96h42che8lw1l2")

    end, fake = brought(NJALLA, Njalla, "198.51.100.2", before=before)
    assert end == Changed()
    assert fake.held(NAME, "Dynamic") == ["hj96h42che8lw1l2"]


def test_a_ttl_is_rounded_up_to_the_next_step() -> None:
    _, fake = brought(NJALLA, Njalla, "198.51.100.2", ttl=3601)
    assert [record.ttl for record in fake.at(NAME)] == [10800]
