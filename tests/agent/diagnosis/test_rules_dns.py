"""Records: what is told of each, and what is promised about it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Address, ip_address
from typing import Any

import pytest

from agent.decide.agreement import compare
from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.rules import dns
from agent.values import Verdict
from discovery.live_dns.exam import Port53, Trial
from discovery.live_dns.view import Answer, RType
from discovery.observation import Address
from providers.engine.outcome import Cause, Refused
from tests.support.evidence import account, plain_home, record
from tests.support.evidence_parts import DIRECT6, STABLE6
from tests.support.rule_table import (
    Row,
    Rule,
    Told,
    check,
    findings,
    judged,
    out_of_reach,
    settled,
    unknown,
)
from tests.support.sightings import OTHER, PUBLIC
from tests.support.views import ALIAS, LAME, NAME, NXDOMAIN, SILENT, serves

RIGHT, WRONG, PRIVATE = serves(str(PUBLIC)), serves(str(OTHER)), serves("192.168.1.5")
BENT = Port53(trials=(Trial(name="nobody", intercepted=True, detail="Somebody answered."),))


def home(*exams: RecordExam, verdict: Verdict | None = None, **changes: Any) -> Evidence:
    made = plain_home(records=exams, configured=True, **changes)
    return judged(made, verdict or settled(), DIRECT6)


def named(title: str, code: str, told: Told | None, *said: Answer, **changes: Any) -> Row:
    return Row(title, home(record(*said), **changes), code, told)


def six(*said: Answer, host: bool | str = True, wanted: Address = STABLE6) -> RecordExam:
    """An AAAA record; `host` is what the configuration says of it."""
    exam = record(*said, rtype="AAAA", wanted=str(wanted))
    return replace(exam, record=replace(exam.record, ipv6=host))


def changed(exam: RecordExam, **record_changes: Any) -> RecordExam:
    return replace(exam, record=replace(exam.record, **record_changes))


def wildcard(*said: Answer, sibling: str) -> RecordExam:
    exam = record(*said)
    return replace(exam, exam=replace(exam.exam, sibling=frozenset({ip_address(sibling)})))


def unsettled(*said: Answer, verdict: Verdict, rtype: RType = "A") -> Evidence:
    exam = record(*said, rtype=rtype, wanted=None)
    return judged(plain_home(records=(exam,)), verdict)


ERROR, WARN, INFO = (
    Told("error", 1, "proved", NAME),
    Told("warn", 1, "proved", NAME),
    Told("info", subject=NAME),
)
FAULT = Told("error", 7, "proved", NAME)
HELD = out_of_reach()
RULES: list[tuple[Rule, Row]] = [
    *(
        (dns.of_records, row)
        for row in (
            Row("no record", home(), "dns_ok", None),
            named("right", "dns_ok", INFO, RIGHT),
            named("wrong", "dns_stale", ERROR, WRONG),
            named("wrong is not right", "dns_ok", None, WRONG),
            named("half", "dns_partial", WARN, RIGHT, WRONG),
            named("denied", "dns_missing", ERROR, NXDOMAIN),
            named("too many", "dns_extra", ERROR, serves(str(PUBLIC), str(OTHER))),
            named("private", "dns_private", ERROR, PRIVATE),
            named("an alias", "dns_cname", FAULT._replace(exit=3), ALIAS),
            named("lame", "dns_lame", FAULT, LAME),
            named("silent", "dns_unknown", FAULT, SILENT),
            Row(
                "a wildcard",
                home(wildcard(WRONG, sibling=str(OTHER))),
                "dns_wildcard",
                ERROR._replace(confidence="likely"),
            ),
            Row(
                "the API decides",
                home(changed(record(WRONG), verify="api")),
                "dns_proxied",
                INFO,
            ),
            Row(
                "nothing outside can be asked: no fault of the servers",
                unsettled(SILENT, verdict=unknown("offline")),
                "dns_unknown",
                INFO,
            ),
            Row(
                "lame while nothing outside can be asked",
                unsettled(LAME, verdict=unknown("captive")),
                "dns_lame",
                None,
            ),
            Row(
                "silent, and the home can be asked about",
                unsettled(SILENT, verdict=HELD),
                "dns_unknown",
                FAULT,
            ),
            Row(
                "no address to compare with",
                unsettled(WRONG, verdict=HELD),
                "dns_unknown",
                INFO,
            ),
            Row("no address: not wrong", unsettled(WRONG, verdict=HELD), "dns_stale", None),
            Row("no address: not missing", unsettled(NXDOMAIN, verdict=HELD), "dns_missing", None),
            Row("no address: not right", unsettled(RIGHT, verdict=HELD), "dns_ok", None),
            Row(
                "the other family's address is none",
                judged(plain_home(records=(six(WRONG),)), settled()),
                "dns_stale",
                None,
            ),
            named(
                "port 53 is taken over: wrong by somebody's word",
                "dns_stale",
                ERROR._replace(confidence="likely"),
                WRONG,
                port53=BENT,
            ),
        )
    ),
    *(
        (dns.of_wildcards, row)
        for row in (
            Row(
                "right by the wildcard",
                home(wildcard(RIGHT, sibling=str(PUBLIC))),
                "dns_wildcard",
                Told("info", 0, "likely", NAME),
            ),
            named("right by itself", "dns_wildcard", None, RIGHT),
            Row(
                "wrong by the wildcard is told with the record",
                home(wildcard(WRONG, sibling=str(OTHER))),
                "dns_wildcard",
                None,
            ),
        )
    ),
    *(
        (dns.of_ttl, row)
        for row in (
            named("short", "dns_ttl_high", None, serves(str(PUBLIC), ttl=300)),
            named(
                "long",
                "dns_ttl_high",
                Told("warn", 0, "proved", NAME),
                serves(str(PUBLIC), ttl=301),
            ),
            named("nothing is served", "dns_ttl_high", None, NXDOMAIN),
            named(
                "long, by somebody's word",
                "dns_ttl_high",
                Told("warn", 0, "likely", NAME),
                serves(str(PUBLIC), ttl=3600),
                port53=BENT,
            ),
        )
    ),
]


@pytest.mark.parametrize(
    ("rule", "row"), RULES, ids=[f"{rule.__name__}: {row.title}" for rule, row in RULES]
)
def test_row(rule: Rule, row: Row) -> None:
    check(rule, row)


# ---- what is promised ----------------------------------------------------------------------------


def advice(exam: RecordExam, **changes: Any) -> tuple[int, str]:
    """The exit status and the remedy of the one finding about a record."""
    (finding,) = dns.of_records(home(exam, **changes))
    return int(finding.exit), finding.fix


@pytest.mark.parametrize(
    "exam",
    [record(WRONG), record(NXDOMAIN), six(serves("2a02:8109::1")), six(NXDOMAIN)],
    ids=["stale", "missing", "stale IPv6", "missing IPv6"],
)
def test_a_wrong_record_rights_itself(exam: RecordExam) -> None:
    assert advice(exam) == (
        1,
        "Nothing, if “upstun run” is running: it sets this right. Else: upstun once.",
    )


def test_another_machine_of_a_home_whose_prefix_is_not_known_is_left_alone() -> None:
    leased = replace(DIRECT6, network=None)
    exam = six(serves("2a02:8109::1"), host="::1234")
    (finding,) = dns.of_records(judged(home(exam), leased))
    assert (finding.code, finding.severity, int(finding.exit)) == ("dns_unknown", "info", 0)
    assert finding.consequence.endswith("no address is to be published (v6_no_prefix).")


def test_what_no_update_mends_is_the_same_for_both_families() -> None:
    for said in (SILENT, LAME, ALIAS):
        assert advice(six(said)) == advice(record(said))
    stopped = account(locked=Cause.CREDENTIALS, locked_text="no")
    assert advice(record(ALIAS), accounts=(stopped,)) == advice(record(ALIAS))


def test_a_record_whose_account_is_stopped_waits_for_that() -> None:
    stopped = account(locked=Cause.CREDENTIALS, locked_text="no")
    refused = account(proof=Refused(cause=Cause.BLOCKED, text="no"))
    unsure = account(proof=Refused(cause=Cause.TRANSIENT, text="no"))
    elsewhere = replace(stopped, account=replace(stopped.account, name="spare"))
    fixes = [advice(record(WRONG), accounts=(one,))[1] for one in (stopped, refused)]
    assert fixes == ["Mend account household first; then upstun sets this right."] * 2
    for one in (unsure, elsewhere):
        assert advice(record(WRONG), accounts=(one,)) == advice(record(WRONG))


def test_a_proxied_record_is_told_how_it_can_be_compared_once() -> None:
    proxied = replace(
        record(WRONG),
        agreement=compare(record(WRONG).exam.view, None, ()),
    )
    opaque = replace(
        proxied.agreement,
        state=compare(record(ALIAS).exam.view, None).state,
        proxied=True,
        live=None,
    )
    unset = replace(proxied, agreement=opaque)
    assert advice(unset)[1] == 'Set verify = "api" for this record.'
    assert advice(changed(unset, verify="api"))[1] == ""


def test_the_record_of_another_machine_is_compared_with_that_machines_address() -> None:
    other = IPv6Address("2a02:8109:9440:1::1234")
    right, wrong = serves(str(other)), serves(str(STABLE6))
    codes = [
        finding.code
        for said in (right, wrong)
        for finding in dns.of_records(home(six(said, host="::1234", wanted=other)))
    ]
    assert codes == ["dns_ok", "dns_stale"]


# ---- the words -----------------------------------------------------------------------------------


def fact(*said: Answer, **changes: Any) -> str:
    (finding,) = dns.of_records(home(record(*said), **changes))
    return finding.fact


def test_the_facts_read_as_sentences() -> None:
    assert fact(RIGHT, RIGHT) == f"{NAME} A is right: 2 of 2 name servers serve it."
    assert fact(WRONG) == f"{NAME} A is wrong: the name servers serve {OTHER}, not {PUBLIC}."
    assert fact(RIGHT, WRONG) == (
        f"{NAME} A is right on 1 of 2 name servers: ns2.example.com still serves another answer."
    )
    assert fact(NXDOMAIN) == (
        f"{NAME} A does not exist: the name servers say that {NAME} has no A."
    )
    assert fact(serves("192.168.1.5", str(OTHER), "100.64.0.1")) == (
        f"{NAME} A is wrong: it serves 100.64.0.1 and 192.168.1.5, which nobody outside can reach."
    )


def test_an_address_that_is_held_is_told_as_the_one_that_is_served() -> None:
    facts = [
        finding.fact
        for said in (RIGHT, WRONG, serves(str(PUBLIC), str(OTHER)), NXDOMAIN)
        for finding in dns.of_records(unsettled(said, verdict=HELD))
    ]
    assert facts == [
        f"{NAME} A serves {PUBLIC}, which is the address that the world sees.",
        f"{NAME} A serves {OTHER}.",
        f"{NAME} A serves {PUBLIC} and {OTHER}.",
        f"{NAME} A serves no address.",
    ]


@pytest.mark.parametrize(
    ("asked_for", "words"),
    [
        (60, "Your configuration asks for 60 s"),
        (300, "Your configuration asks for 300 s"),
        (3600, "Set ttl = 60"),
        (None, "Set ttl = 60"),
    ],
)
def test_a_long_ttl_is_mended_where_it_comes_from(asked_for: int | None, words: str) -> None:
    exam = changed(record(serves(str(PUBLIC), ttl=86400)), ttl=asked_for)
    (finding,) = findings(dns.of_ttl, home(exam), "dns_ttl_high")
    assert finding.fix.startswith(words)
    assert finding.fact == f"{NAME} may be remembered for 24 hours (TTL 86400 s)."
