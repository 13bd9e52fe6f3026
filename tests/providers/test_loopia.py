"""Loopia beyond what every provider is asked: its statuses, which all come with HTTP 200."""

from __future__ import annotations

from xmlrpc.client import Fault

import pytest

from providers.engine.outcome import Refused
from providers.loopia import LOOPIA
from tests.support.provider_fakes.loopia import Loopia, xml
from tests.support.scripted import NAME, Answer, brought, told

SETTINGS = Loopia().settings()


def said(value: object) -> Answer:
    document = xml(value).document
    assert isinstance(document, bytes)
    return (200, document.decode())


DOMAINS = said([{"domain": "example.test", "paid": 1}])
RECORDS = said([])
REFUSALS: list[tuple[list[Answer], str, str]] = [
    ([said(["AUTH_ERROR"])], "credentials", "getZoneRecords"),
    ([said("AUTH_ERROR")], "credentials", "getZoneRecords"),
    ([said([])], "not_found", "no zone example.test in this account"),
    ([said(["RATE_LIMITED"])], "rate_limited", "too often"),
    ([said(Fault(429, "Too many requests"))], "rate_limited", "Too many requests"),
    ([said(Fault(620, "Not allowed"))], "confused", "Not allowed"),
    ([DOMAINS, RECORDS, said("BAD_INDATA")], "rejected", "does not accept this record"),
    ([DOMAINS, RECORDS, said("UNKNOWN_ERROR")], "transient", "does not say why"),
    ([DOMAINS, RECORDS, said("INSUFFICIENT_FUNDS")], "blocked", "a payment"),
]


@pytest.mark.parametrize(("answers", "cause", "words"), REFUSALS)
def test_a_refusal_says_what_to_do(answers: list[Answer], cause: str, words: str) -> None:
    end = told(LOOPIA, SETTINGS, *answers)
    assert isinstance(end, Refused)
    assert end.cause == cause
    assert words in end.text
    assert "<" not in end.text


def test_a_rate_limit_has_a_wait_though_no_header_says_one() -> None:
    end = told(LOOPIA, SETTINGS, said(["RATE_LIMITED"]))
    assert isinstance(end, Refused)
    assert end.wait == 60


def test_a_ttl_below_the_least_one_is_raised() -> None:
    _, fake = brought(LOOPIA, Loopia, "198.51.100.2", ttl=60)
    assert [record.ttl for record in fake.at(NAME)] == [300]
