"""One word for what DNS says of a record: the rows of the table, from its top."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.agreement import compare
from agent.diagnosis.dns_verdict import dns_verdict
from agent.diagnosis.evidence import RecordExam
from agent.diagnosis.rules.dns import _MEANINGS
from discovery.live_dns.view import Answer
from providers.cloudflare import CLOUDFLARE
from tests.support.evidence import record
from tests.support.sightings import OTHER, PUBLIC
from tests.support.views import ALIAS, LAME, NODATA, NXDOMAIN, RECURSED, SILENT, serves, view

RIGHT, WRONG, BOTH = serves(str(PUBLIC)), serves(str(OTHER)), serves(str(PUBLIC), str(OTHER))
PRIVATE, SHARED = serves("192.168.1.5"), serves("100.64.0.9")
FRONT = serves("104.16.1.1")


def wildcard(*answers: Answer, sibling: str = str(OTHER)) -> RecordExam:
    """A zone that answers for every name, with this address."""
    exam = record(*answers)
    seen = replace(exam.exam, wildcard=True, sibling=frozenset({ip_address(sibling)}))
    return replace(exam, exam=seen)


def by_api(*answers: Answer) -> RecordExam:
    exam = record(*answers)
    return replace(exam, record=replace(exam.record, verify="api"))


def proxied(*answers: Answer) -> RecordExam:
    exam = record(*answers)
    return replace(exam, agreement=compare(exam.exam.view, frozenset({PUBLIC}), CLOUDFLARE.fronts))


def bent(*answers: Answer) -> RecordExam:
    seen = view(*answers, intercepted="Something is in between.")
    exam = record(*answers)
    exam = replace(exam, exam=replace(exam.exam, view=seen))
    return replace(exam, agreement=compare(seen, frozenset({PUBLIC})))


def unfound() -> RecordExam:
    exam = record()
    return replace(exam, agreement=compare(view(problem="No zone."), frozenset({PUBLIC})))


ROWS: list[tuple[str, RecordExam, str]] = [
    ("in between", bent(RIGHT), "dns_intercepted"),
    ("in between, and nothing is heard", bent(SILENT), "dns_intercepted"),
    ("lame", record(LAME), "dns_lame"),
    ("lame, and the others silent", record(LAME, SILENT), "dns_unknown"),
    ("silent", record(SILENT, SILENT), "dns_unknown"),
    ("no zone was found", unfound(), "dns_unknown"),
    ("an alias", record(ALIAS), "dns_cname"),
    ("an alias on one of two", record(RIGHT, ALIAS), "dns_cname"),
    ("proxied", proxied(FRONT), "dns_proxied"),
    ("the provider's address, and no proxy is known", record(FRONT), "dns_stale"),
    ("the API decides, and DNS shows another", by_api(WRONG), "dns_proxied"),
    ("the API decides, and DNS shows an alias", by_api(ALIAS), "dns_proxied"),
    ("the API decides, and DNS is right all the same", by_api(RIGHT), "dns_ok"),
    ("the API decides, and nobody is heard", by_api(SILENT), "dns_unknown"),
    ("right", record(RIGHT), "dns_ok"),
    ("right on all that answer", record(RIGHT, SILENT, LAME), "dns_ok"),
    ("right on one", record(RIGHT, WRONG), "dns_partial"),
    ("right on one, denied by another", record(RIGHT, NXDOMAIN), "dns_partial"),
    ("denied", record(NXDOMAIN, NODATA), "dns_missing"),
    ("a wildcard that is wrong", wildcard(WRONG), "dns_wildcard"),
    ("a wildcard that is right", wildcard(RIGHT, sibling=str(PUBLIC)), "dns_ok"),
    ("a record of its own beside a wildcard", wildcard(WRONG, sibling="9.9.9.9"), "dns_stale"),
    ("a private address", record(PRIVATE), "dns_private"),
    ("a shared address", record(SHARED), "dns_private"),
    ("a private address on one of two", record(PRIVATE, WRONG), "dns_private"),
    ("one too many", record(BOTH), "dns_extra"),
    ("one too many, and another server has that one alone", record(BOTH, WRONG), "dns_extra"),
    ("another", record(WRONG), "dns_stale"),
    ("two others", record(WRONG, serves("9.9.9.9")), "dns_stale"),
    ("a resolver beside an authority", record(RIGHT, RECURSED), "dns_ok"),
]


@pytest.mark.parametrize(("title", "exam", "word"), ROWS, ids=[row[0] for row in ROWS])
def test_row(title: str, exam: RecordExam, word: str) -> None:
    assert dns_verdict(exam, PUBLIC) == word


def test_every_word_has_a_row_and_a_meaning() -> None:
    assert {word for _, _, word in ROWS} == set(_MEANINGS)


NEEDS_NO_ADDRESS = {"dns_intercepted", "dns_lame", "dns_unknown", "dns_cname", "dns_proxied"}


@pytest.mark.parametrize(("title", "exam", "word"), ROWS, ids=[row[0] for row in ROWS])
def test_without_an_address_nothing_is_right_or_wrong(
    title: str, exam: RecordExam, word: str
) -> None:
    unsettled = replace(exam, agreement=replace(exam.agreement, agreeing=0))
    if exam.agreement == compare(exam.exam.view, frozenset({PUBLIC})):
        unsettled = replace(exam, agreement=compare(exam.exam.view, None))
    told = dns_verdict(unsettled, None)
    assert told in NEEDS_NO_ADDRESS
    assert told == word or word not in NEEDS_NO_ADDRESS


answers = st.sampled_from(
    [RIGHT, WRONG, BOTH, PRIVATE, FRONT, NXDOMAIN, NODATA, ALIAS, LAME, SILENT, RECURSED]
)


@given(st.lists(answers, max_size=4), st.sampled_from([None, PUBLIC, OTHER]))
def test_whatever_servers_say_there_is_one_word_for_it(
    said: list[Answer], wanted: IPv4Address | None
) -> None:
    exam = record(*said, wanted=None if wanted is None else str(wanted))
    word = dns_verdict(exam, wanted)
    assert word in _MEANINGS
    authorities = [one for one in said if one not in (LAME, SILENT, RECURSED)]
    if word == "dns_ok":
        assert wanted is not None
        assert set(authorities) == {serves(str(wanted))}
    if word in ("dns_stale", "dns_missing"):
        assert serves(str(wanted)) not in authorities
