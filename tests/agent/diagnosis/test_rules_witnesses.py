"""Witnesses that are wrong: who lies, who stands elsewhere, and what may just be out of service."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Address
from typing import Any

import pytest

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.rules import witnesses
from agent.values import Verdict
from discovery.observation import (
    DohEvidence,
    Family,
    Missed,
    Observation,
    Seen,
    StunEvidence,
    Why,
)
from discovery.path.view import Mapped, PathView, Scatter
from tests.support.evidence import plain_home
from tests.support.evidence_parts import DIRECT6, DOH, IPV6, SEEN6, STABLE6, TEMPORARY6
from tests.support.rule_table import Row, Rule, Told, check, disputed, findings, judged, settled
from tests.support.sightings import (
    HTTP,
    OTHER,
    PUBLIC,
    ROUTER,
    STUN,
    THIRD,
    missed,
    router_says,
    seen,
)

FROM_ROUTER, ONE, TWO = seen(ROUTER, PUBLIC), seen(STUN[0], PUBLIC), seen(STUN[1], PUBLIC)
LYING = seen(STUN[2], OTHER)
WEB, WEB_ELSEWHERE = seen(HTTP[0], PUBLIC), seen(HTTP[0], OTHER)
WEB_TOO = seen(HTTP[1], OTHER)
ELSEWHERE6 = IPv6Address("2a06:98c0:3600::103")
LIES = Told("warn", 0, "likely", "stun.three.example:3478")
DIFFERS = Told("warn", 0, "proved", str(OTHER))
INNER = missed(STUN[2], Why.NOT_PUBLIC, "10.1.2.3")


def said(*words: Observation, verdict: Verdict | None = None, **changes: Any) -> Evidence:
    return judged(plain_home(witnesses=words, **changes), verdict or settled())


def six(*words: Observation) -> Evidence:
    return judged(plain_home(witnesses=words, ipv6=IPV6), DIRECT6)


def seen6(address: IPv6Address, who: str) -> Seen:
    return Seen(
        source="stun",
        witness=f"stun.{who}.example",
        operator=who,
        family=Family.V6,
        address=address,
    )


def lines(*addresses: Any) -> PathView:
    mapped = tuple(
        Mapped(local_port=40000, address=address, port=40000, server="stun.one.example:3478")
        for address in addresses
    )
    return PathView(scatter=Scatter(mapped=mapped))


def by_tcp(one: Seen) -> Seen:
    assert isinstance(one.evidence, StunEvidence)
    return replace(one, evidence=replace(one.evidence, transport="tcp"))


SILENT = tuple(missed(server) for server in STUN)
DEAD = tuple(missed(server, Why.UNRESOLVED) for server in STUN)
REFUSED = tuple(missed(server, Why.REFUSED) for server in STUN)
INNER_BY_UDP = replace(INNER, evidence=ONE.evidence)
BLOCKED = Told("warn", 0, "likely")

RULES: list[tuple[Rule, Row]] = [
    *(
        (witnesses.of_liars, row)
        for row in (
            Row("all agree", said(FROM_ROUTER, ONE, TWO), "liar", None),
            Row("one against two", said(ONE, TWO, LYING), "liar", LIES),
            Row("one against the router and another", said(FROM_ROUTER, ONE, LYING), "liar", LIES),
            Row("one against one: nobody knows who", said(ONE, LYING), "liar", None),
            Row(
                "the router and another name it, and one of them by IPv6",
                said(ONE, replace(TWO, source="interface"), LYING),
                "liar",
                LIES,
            ),
            Row("one against one is told", said(ONE, LYING), "witnesses_disagree", DIFFERS),
            Row(
                "two operators see another: a proxy for web pages",
                said(FROM_ROUTER, ONE, TWO, WEB_ELSEWHERE, WEB_TOO),
                "liar",
                None,
            ),
            Row(
                "three web services of one operator are one",
                said(FROM_ROUTER, ONE, WEB_ELSEWHERE, replace(WEB_ELSEWHERE, witness="b")),
                "witnesses_disagree",
                None,
            ),
            Row(
                "a second line that was seen",
                said(FROM_ROUTER, ONE, TWO, LYING, path=lines(PUBLIC, OTHER)),
                "liar",
                None,
            ),
            Row(
                "two lines were seen, and this is neither",
                said(FROM_ROUTER, ONE, TWO, LYING, path=lines(PUBLIC, THIRD)),
                "liar",
                LIES,
            ),
            Row(
                "nobody knows the right one",
                said(FROM_ROUTER, ONE, TWO, LYING, verdict=disputed()),
                "liar",
                None,
            ),
            Row("an inner address", said(FROM_ROUTER, ONE, INNER), "liar", LIES),
            Row("the router may name an inner one", said(router_says("10.0.0.7")), "liar", None),
            Row("silence is no lie", said(FROM_ROUTER, ONE, missed(STUN[2])), "liar", None),
            Row(
                "over IPv6, one against this machine and another",
                six(SEEN6, seen6(STABLE6, "two"), seen6(ELSEWHERE6, "three")),
                "liar",
                Told("warn", 0, "likely", "stun.three.example"),
            ),
            Row(
                "over IPv6, by an address of this machine that does not last",
                six(SEEN6, seen6(STABLE6, "two"), seen6(TEMPORARY6, "three")),
                "liar",
                None,
            ),
        )
    ),
    (
        witnesses.of_liars,
        Row(
            "one web service against all",
            said(FROM_ROUTER, ONE, TWO, WEB_ELSEWHERE),
            "liar",
            Told("warn", 0, "likely", "ip.four.example"),
        ),
    ),
    *(
        (witnesses.of_alg, row)
        for row in (
            Row("nothing is rewritten", said(ONE, TWO), "alg", None),
            Row(
                "a witness shows it",
                said(ONE, seen(STUN[1], PUBLIC, rewritten="10.0.0.2")),
                "alg",
                Told("warn", 0, "likely"),
            ),
            Row(
                "a fresh socket shows it",
                said(ONE, path=PathView(scatter=Scatter(rewritten=("10.0.0.2",)))),
                "alg",
                Told("warn", 0, "likely"),
            ),
        )
    ),
    *(
        (witnesses.of_udp, row)
        for row in (
            Row("UDP answers", said(ONE, WEB), "udp_blocked", None),
            Row("STUN was not asked", said(WEB), "udp_blocked", None),
            Row("all silent, the web works", said(*SILENT, WEB), "udp_blocked", BLOCKED),
            Row("all refused, as a firewall may", said(*REFUSED, WEB), "udp_blocked", BLOCKED),
            Row("two of two silent", said(*SILENT[:2], WEB), "udp_blocked", BLOCKED),
            Row("all silent, and so is the web", said(*SILENT), "udp_blocked", None),
            Row(
                "one server alone, perhaps out of service",
                said(SILENT[0], WEB),
                "udp_blocked",
                None,
            ),
            Row(
                "two servers of one operator, perhaps out of service",
                said(SILENT[0], replace(SILENT[0], witness="stun2.one.example"), WEB),
                "udp_blocked",
                None,
            ),
            Row("names that cannot be looked up", said(*DEAD, WEB), "udp_blocked", None),
            Row("TCP answers and UDP does not", said(by_tcp(ONE)), "udp_blocked", BLOCKED),
            Row("one answers by TCP, another by UDP", said(by_tcp(ONE), TWO), "udp_blocked", None),
            Row(
                "somebody answers by UDP, though with nonsense",
                said(*SILENT[:2], INNER_BY_UDP, WEB),
                "udp_blocked",
                None,
            ),
            Row(
                "fresh sockets got out",
                said(*SILENT, WEB, path=lines(PUBLIC)),
                "udp_blocked",
                None,
            ),
            Row(
                "IPv6 servers are another matter",
                said(*(replace(one, family=Family.V6) for one in SILENT), WEB),
                "udp_blocked",
                None,
            ),
        )
    ),
]


@pytest.mark.parametrize(
    ("rule", "row"), RULES, ids=[f"{rule.__name__}: {row.title}" for rule, row in RULES]
)
def test_row(rule: Rule, row: Row) -> None:
    check(rule, row)


def test_one_who_sees_another_address_says_so() -> None:
    (finding,) = witnesses.of_liars(said(ONE, LYING))
    assert finding.fact == f"{STUN[2].name} says {OTHER}, and not {PUBLIC}."


def test_two_who_see_another_address_are_told_together() -> None:
    home = said(FROM_ROUTER, ONE, TWO, WEB_ELSEWHERE, WEB_TOO)
    told = findings(witnesses.of_liars, home, "witnesses_disagree")
    assert len(set(told)) == 1
    assert told[0].fact == (f"{HTTP[0].name} and {HTTP[1].name} say {OTHER}, and not {PUBLIC}.")


def test_how_many_contradict_is_counted_by_operators() -> None:
    (finding,) = witnesses.of_liars(said(FROM_ROUTER, ONE, replace(ONE, witness="b"), LYING))
    assert finding.fact == f"{STUN[2].name} says {OTHER}, while 2 others say {PUBLIC}."


def test_a_witness_is_taken_out_where_it_stands_in_the_configuration() -> None:
    doh = replace(DOH, address=OTHER) if isinstance(DOH, Seen) else DOH
    assert isinstance(doh.evidence, DohEvidence)
    missed_doh: Missed = replace(
        INNER, source="http", witness="https://dns.example", evidence=doh.evidence
    )
    tables = [
        finding.fix.split(",")[0]
        for one in (LYING, WEB_ELSEWHERE, doh, missed_doh)
        for finding in witnesses.of_liars(said(FROM_ROUTER, ONE, TWO, one))
    ]
    assert tables == [
        "Take it out of [discovery.stun] servers",
        "Take it out of [discovery.http] urls",
        "Take it out of [discovery.http] doh",
        "Take it out of [discovery.http] doh",
    ]
