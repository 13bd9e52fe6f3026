"""The six questions: each answered in plain words, and no more than is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from agent.diagnosis.answers import _REACH, _REACH6, answers
from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.finding import Finding, Question, Severity
from agent.values import Code, Verdict
from discovery.live_dns.view import Absent, Answer
from discovery.observation import Family
from discovery.path.view import PathView, Reach
from discovery.router.view import Firewall6, RouterView
from tests.support.evidence import bare_home, cgnat_home, plain_home, record
from tests.support.evidence_parts import DIRECT6, GATEWAY, IPV6, SEEN6, STABLE6, resolver
from tests.support.rule_table import disputed, judged, out_of_reach, settled, unknown
from tests.support.sightings import HTTP, OTHER, PMP, PUBLIC, ROUTER, STUN, missed, seen
from tests.support.views import ALIAS, LAME, NAME, NXDOMAIN, SILENT, serves

RIGHT, WRONG = serves(str(PUBLIC)), serves(str(OTHER))


def told(home: Evidence, question: Question, *findings: Finding) -> tuple[str, ...]:
    """The lines of one answer."""
    (answer,) = (one for one in answers(home, findings) if one.question == question)
    return answer.lines


def home(*verdicts: Verdict, **changes: Any) -> Evidence:
    return judged(plain_home(**changes), *(verdicts or (settled(),)))


def reach(grade: Any) -> PathView:
    one = Reach(transport="udp", port=51820, grade=grade, because="A packet was sent.")
    return PathView(reaches=(one,))


# ---- can people reach you? -----------------------------------------------------------------------


def test_the_situation_is_told_in_a_few_words() -> None:
    (line,) = told(home(settled("direct")), "reach")
    assert line.startswith("IPv4: as far as this machine's firewall lets them; “upstun diagnose")
    four, six = told(home(settled("single_nat"), DIRECT6), "reach")
    assert four.startswith("IPv4: on ports that the router forwards; “upstun diagnose --port")
    assert six == "IPv6: as far as the firewalls of router and machine let them."
    assert told(cgnat_home(), "reach")[0].startswith("IPv4: no, your provider shares")
    assert told(bare_home(), "reach") == ("IPv4: no, this machine has no way out.",)
    assert told(home(disputed()), "reach") == ("IPv4: not known.",)
    assert told(replace(plain_home(), verdicts={}), "reach") == ()


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        ("proved", ("IPv4, UDP 51820: yes, proved. A packet was sent.",)),
        ("refuted", ("IPv4, UDP 51820: no, proved. A packet was sent.", "IPv4: ")),
        ("likely", ("IPv4, UDP 51820: probably. A packet was sent.", "IPv4: ")),
        ("unknown", ("IPv4, UDP 51820: not known. A packet was sent.", "IPv4: ")),
    ],
)
def test_a_port_comes_first_and_the_situation_with_it_unless_it_is_proved(
    grade: str, words: tuple[str, ...]
) -> None:
    """Behind CGNAT the reason is worth more than the port."""
    lines = told(home(out_of_reach(), path=reach(grade)), "reach")
    assert len(lines) == len(words)
    for line, word in zip(lines, words, strict=True):
        assert line.startswith(word)


def test_a_router_that_keeps_everybody_out_of_ipv6_is_told() -> None:
    def lines(enabled: bool, *verdicts: Verdict) -> str:
        said = Firewall6(enabled=enabled, pinholes_allowed=True)
        view = RouterView(gateway=str(GATEWAY), firewall6=said)
        return told(home(*verdicts, router=view), "reach")[-1]

    assert lines(True, DIRECT6) == "IPv6: only on ports that are opened in the router's firewall."
    assert lines(False, DIRECT6) == "IPv6: as far as the firewalls of router and machine let them."
    absent = unknown("v6_absent", Family.V6)
    assert lines(True, absent) == "IPv6: no, there is no IPv6 here."


def test_every_situation_has_an_answer_or_is_not_known() -> None:
    of_ipv6 = {code for code in get_args(Code) if code.startswith("v6_")}
    assert set(_REACH6) == of_ipv6 - {"v6_no_prefix"}, "that one is of a record alone"
    unsaid = {"upstream_nat", "witnesses_disagree", "liar", "no_address", "unsupported"}
    caveats = {"alg", "udp_blocked", "foreign_igd"}
    assert set(_REACH) == set(get_args(Code)) - of_ipv6 - unsaid - caveats


# ---- which address is yours, and who says so? ----------------------------------------------------

ONE, TWO = seen(STUN[0], PUBLIC), seen(STUN[1], PUBLIC)
SAYS = seen(ROUTER, PUBLIC)
ADDRESS: list[tuple[str, Evidence, str]] = [
    (
        "router and two outside",
        home(witnesses=(SAYS, ONE, TWO)),
        f"{PUBLIC} (certain: the router and 2 witnesses outside agree)",
    ),
    (
        "two servers of one operator are one witness",
        home(witnesses=(SAYS, ONE, replace(ONE, witness="b"))),
        f"{PUBLIC} (certain: the router and 1 witness outside agree)",
    ),
    ("the router alone", home(witnesses=(SAYS,)), f"{PUBLIC} (a guess: the router says so)"),
    ("one outside", home(witnesses=(ONE,)), f"{PUBLIC} (a guess: 1 witness outside says so)"),
    ("two outside", home(witnesses=(ONE, TWO)), f"{PUBLIC} (likely: 2 witnesses outside agree)"),
    ("nobody now", home(witnesses=()), f"{PUBLIC} (a guess: nobody says so now)"),
    (
        "shared",
        home(out_of_reach("ds_lite"), witnesses=(ONE, TWO)),
        f"{PUBLIC} (likely: 2 witnesses outside agree; shared with other customers)",
    ),
    (
        "perhaps shared",
        home(out_of_reach("cgnat_likely"), witnesses=(ONE, TWO)),
        f"{PUBLIC} (likely: 2 witnesses outside agree)",
    ),
    ("in dispute", home(disputed()), f"Not settled: {PUBLIC} or {OTHER}."),
    ("not known", home(unknown("no_address")), "Not known: nobody who was asked named one."),
    ("no way to know", home(unknown("captive")), "Nobody knows."),
]


@pytest.mark.parametrize(("title", "made", "line"), ADDRESS, ids=[row[0] for row in ADDRESS])
def test_the_address_and_who_agrees(title: str, made: Evidence, line: str) -> None:
    assert told(made, "address") == (line,)


def test_an_ipv6_address_is_told_beside_it_and_its_absence_is_not() -> None:
    made = home(settled(), DIRECT6, witnesses=(SAYS, ONE, SEEN6), ipv6=IPV6)
    assert told(made, "address") == (
        f"{PUBLIC} (certain: the router and 1 witness outside agree)",
        f"{STABLE6} (certain: this machine and 1 witness outside agree)",
    )
    assert len(told(home(settled(), unknown("v6_absent", Family.V6)), "address")) == 1


def test_witnesses_are_told_with_the_time_that_they_took() -> None:
    words = (
        replace(SAYS, elapsed=0.0092),
        replace(seen(PMP, PUBLIC), elapsed=0.001),
        replace(ONE, elapsed=0.018),
        replace(seen(HTTP[0], PUBLIC), elapsed=1.2),
        missed(STUN[1]),
    )
    assert told(home(witnesses=words), "witnesses") == (
        "IPv4: router UPnP 9 ms · router NAT-PMP 1 ms · one.example STUN 18 ms · "
        "four.example HTTPS 1200 ms · 1 named none",
    )
    assert told(home(witnesses=words[-1:]), "witnesses") == (
        "Nobody: 1 were asked, none named an address.",
    )


# ---- what does DNS say, and when will everyone see it? -------------------------------------------


def named(*exams: RecordExam, verdict: Verdict | None = None) -> Evidence:
    return home(verdict or settled(), records=exams, configured=True)


def proxied(*said: Answer) -> RecordExam:
    exam = record(*said)
    return replace(exam, record=replace(exam.record, verify="api"))


DNS: list[tuple[str, Evidence, str]] = [
    (
        "right",
        named(record(RIGHT, RIGHT)),
        f"A: {PUBLIC}, right on 2 of 2 name servers (TTL 60 s).",
    ),
    ("right on one", named(record(RIGHT)), f"A: {PUBLIC}, right on 1 of 1 name server (TTL 60 s)."),
    (
        "right on all that were heard",
        named(record(RIGHT, SILENT, LAME)),
        f"A: {PUBLIC}, right on 1 of 3 name servers (TTL 60 s).",
    ),
    ("wrong", named(record(WRONG)), f"A: {OTHER}, WRONG on 1 of 1 name server (TTL 60 s)."),
    (
        "silence is not wrong",
        named(record(WRONG, SILENT, LAME)),
        f"A: {OTHER}, WRONG on 1 of 3 name servers (TTL 60 s).",
    ),
    (
        "half",
        named(record(RIGHT, WRONG)),
        f"A: {PUBLIC} and {OTHER}, WRONG on 1 of 2 name servers (TTL 60 s).",
    ),
    (
        "denied",
        named(record(NXDOMAIN, NXDOMAIN)),
        "A: no address, WRONG on 2 of 2 name servers.",
    ),
    (
        "not heard",
        named(record(SILENT)),
        "A: no name server answered with authority: ns did not answer within 2.5 s.",
    ),
    (
        "an alias",
        named(record(ALIAS)),
        f"A: {NAME} is an alias (CNAME) of elsewhere.example.net.",
    ),
    (
        "the API decides",
        named(proxied(WRONG)),
        f"A: {OTHER} (TTL 60 s); only the provider's interface tells whether that is right.",
    ),
    (
        "nothing to compare with",
        named(record(WRONG, wanted=None), verdict=out_of_reach()),
        f"A: {OTHER} (TTL 60 s); there is no address to compare it with.",
    ),
]


@pytest.mark.parametrize(("title", "made", "line"), DNS, ids=[row[0] for row in DNS])
def test_what_dns_says(title: str, made: Evidence, line: str) -> None:
    assert told(made, "dns") == (f"{NAME} {line}",)


def test_of_many_names_those_in_trouble_come_first() -> None:
    names = [f"n{n}.example.com" for n in range(7)]
    right = [record(RIGHT, name=name) for name in names]
    lines = told(named(*right, record(WRONG, name="bad.example.com")), "dns")
    assert [line.split()[0] for line in lines[:5]] == ["bad.example.com", *names[:4]]
    assert lines[5:] == ("And 3 more, all right.",)
    wrong = [record(WRONG, name=name) for name in names]
    assert told(named(*wrong), "dns")[5:] == ("And 2 more; the findings name them.",)
    assert told(named(*wrong), "when")[5:] == ("And 2 more; section 7 has them.",)
    assert len(told(named(*wrong[:5]), "dns")) == len(told(named(*wrong[:5]), "when")) == 5


def test_what_was_not_asked_is_told_as_that() -> None:
    assert told(plain_home(), "dns") == ("Nothing was asked: no name is configured yet.",)
    assert told(named(), "dns") == ("Not known: no name could be examined in time.",)
    assert told(named(), "when") == ("There is no name to see yet.",)


FRESH = resolver(str(PUBLIC))
STALE = resolver(str(OTHER), left_s=41, who="9.9.9.9:53")
DEAF = resolver(who="8.8.8.8:53", left_s=None, error="It is silent.")


def unlimited(exam: RecordExam) -> RecordExam:
    """A zone whose SOA was not had: how long a denial is remembered is not known."""
    return replace(exam, exam=replace(exam.exam, negative_ttl=None))


WHEN: list[tuple[str, RecordExam, str]] = [
    (
        "everybody",
        record(RIGHT, resolvers=(FRESH, DEAF)),
        "now, at its name servers. Every resolver that answered shows it already.",
    ),
    ("nobody could be asked", record(RIGHT, resolvers=(DEAF,)), "now, at its name servers."),
    ("there was nobody to ask", record(RIGHT), "now, at its name servers."),
    (
        "one is behind",
        record(RIGHT, resolvers=(FRESH, STALE)),
        "9.9.9.9:53 from 03:00:43; everyone by 03:01:02 UTC.",
    ),
    (
        "one is behind for a day",
        record(RIGHT, resolvers=(replace(STALE, left_s=86400),)),
        "9.9.9.9:53 from 2026-03-02 03:00:02; everyone by 2026-03-02 03:00:02 UTC.",
    ),
    (
        "one is behind, and does not say for how long",
        record(RIGHT, resolvers=(replace(STALE, left_s=None),)),
        "9.9.9.9:53 from a time not known; everyone by 03:01:02 UTC.",
    ),
    (
        "one denies it, and nobody knows for how long",
        unlimited(record(RIGHT, resolvers=(replace(STALE, values=frozenset(), left_s=None),))),
        "9.9.9.9:53 from a time not known; nobody knows when everyone will.",
    ),
    (
        "not served yet, and nobody knows what is remembered",
        unlimited(record(Absent(nxdomain=True))),
        "some time after the update; the name servers do not say how long.",
    ),
    (
        "not served yet",
        record(WRONG, resolvers=(STALE,)),
        "at most 60 s after the name servers have the new address.",
    ),
    ("nobody knows", record(SILENT), "not known."),
]


@pytest.mark.parametrize(("title", "exam", "line"), WHEN, ids=[row[0] for row in WHEN])
def test_when_everyone_sees_it(title: str, exam: RecordExam, line: str) -> None:
    assert told(named(exam), "when") == (f"{NAME}: {line}",)


# ---- what should you do? -------------------------------------------------------------------------


def finding(severity: Severity, fix: str = "") -> Finding:
    return Finding(code="alg", severity=severity, fact="It is so.", fix=fix)


def test_what_to_do_is_counted_and_told_once() -> None:
    made = plain_home()
    assert told(made, "todo") == ("Nothing.",)
    assert told(made, "todo", finding("warn", "Do A.")) == ("Do A.",)
    several = [finding("error", "Do A."), finding("warn", "Do B."), finding("error", "Do A.")]
    assert told(made, "todo", *several) == ("1. Do A.", "2. Do B.")
    many = [finding("warn", f"Do {letter}.") for letter in "ABCDEF"]
    assert len(told(made, "todo", *many)) == 4


def test_what_is_good_to_know_is_nothing_to_do() -> None:
    assert told(plain_home(), "todo", finding("info", "Do A.")) == ("Nothing.",)


def test_trouble_without_a_remedy_is_not_called_nothing() -> None:
    assert told(plain_home(), "todo", finding("error")) == (
        "Nothing that upstun knows of; the findings say more.",
    )
