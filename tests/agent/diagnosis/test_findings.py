"""All findings together: their order, the exit status, and whole sentences in any home."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings

from agent.decide.exit_status import Exit, heavier, worst
from agent.diagnosis.answers import answers
from agent.diagnosis.codes import CODES
from agent.diagnosis.conclude import conclude
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Finding, Question
from agent.diagnosis.findings import RULES, find, status
from agent.diagnosis.judge import judge
from agent.values import Config
from discovery.ipv6.view import Ipv6View
from discovery.observation import Family
from tests.support.any_home import any_home
from tests.support.evidence import bare_home, cgnat_home, full_home, plain_home, record
from tests.support.evidence_parts import AROUND, AT
from tests.support.sightings import PUBLIC
from tests.support.views import SILENT, serves

# ---- order and status ----------------------------------------------------------------------------


def finding(code: str, severity: Any = "info", exit_: Exit = Exit.HEALTHY) -> Finding:
    return Finding(code=code, severity=severity, fact="It is so.", exit=exit_)


@pytest.mark.parametrize("home", [plain_home(), bare_home(), cgnat_home(), full_home()])
def test_the_heaviest_comes_first_and_decides(home: Evidence) -> None:
    found = find(home)
    assert found
    weights = [heavier(one.exit) for one in found]
    assert weights == sorted(weights)
    assert status(found) == found[0].exit == conclude(home).exit
    for exit_ in Exit:
        severities = [one.severity for one in found if one.exit is exit_]
        assert severities == sorted(severities, key=("error", "warn", "info").index)


def test_a_finding_is_told_once() -> None:
    exam = record(serves(str(PUBLIC)), SILENT)
    home = plain_home(records=(exam, exam), configured=True)
    assert len(find(home)) == len(set(find(home)))
    assert [one.code for one in find(home)].count("dns_silent") == 1


def test_nothing_found_is_healthy() -> None:
    assert status(()) is Exit.HEALTHY
    assert status((finding("cgnat", "error", Exit.UNREACHABLE), finding("dns_ok"))) == 4


def test_a_finding_without_a_page_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="'dns_odd' is no code of a finding"):
        finding("dns_odd")


def test_every_rule_is_asked() -> None:
    made = {rule.__module__.rpartition(".")[2] for rule in RULES}
    assert made == {
        *("accounts", "dns", "ipv6", "machine", "path", "router", "verdict", "witnesses", "zone"),
    }
    assert len(set(RULES)) == len(RULES)


# ---- whatever was measured -----------------------------------------------------------------------

_ODD = re.compile(
    r"\bNone\b|(?<!\.)\.\.(?!\.)|  |\bTrue\b|\bFalse\b|<|\{|\}|\[\]|\(\)|,,| ,|,\.|: :|nan\b|inf\b"
)


def assert_prose(text: str, *, command: bool = False) -> None:
    """A whole sentence, or several; a remedy may end in a command after a colon."""
    assert text == text.strip()
    assert not _ODD.search(text), text
    head, _, _ = text.partition(" ")
    assert head[0].isupper() or head[0] in "“0123456789" or "." in head, text
    assert text.endswith((".", ".”")) or (command and ": upstun " in text), text


@settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))
@given(any_home())
def test_any_home_is_told_in_whole_sentences_and_in_order(home: Evidence) -> None:
    told = conclude(home)
    for one in told.findings:
        assert one.code in CODES
        assert_prose(one.fact)
        for text in filter(None, (one.consequence, one.fix)):
            assert_prose(text, command=text is one.fix)
    weights = [heavier(one.exit) for one in told.findings]
    assert weights == sorted(weights)
    assert told.exit is worst(one.exit for one in told.findings)
    assert len(set(told.findings)) == len(told.findings)


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(any_home())
def test_the_six_questions_are_always_answered(home: Evidence) -> None:
    told = answers(home, find(home))
    assert [one.question for one in told] == list(get_args(Question))
    for answer in told:
        for line in answer.lines:
            assert line == line.strip() != ""
            assert not re.search(r"\bNone\b|  |\.\.(?!\.)", line), line


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(any_home())
def test_no_finding_contradicts_another(home: Evidence) -> None:
    codes = {one.code for one in find(home)}
    verdict = home.verdicts[Family.V4].code
    assert not {"router_silent", "router_upnp_off"} <= codes
    assert not {"router_silent", "router_lies"} <= codes
    assert not {"port_reached", "port_not_reached"} <= codes
    assert not ({"udp_blocked"} <= codes and home.path.scatter.mapped)
    assert not ("no_hairpin" in codes and verdict in ("cgnat", "ds_lite", "offline", "captive"))
    assert not ("liar" in codes and verdict == "single_nat" and not home.witnesses)
    if not home.records:
        assert not {code for code in codes if code.startswith("dns_")} - {"dns_intercepted"}
    if home.router is None:
        assert not {code for code in codes if code.startswith("router_")}


def test_nothing_is_concluded_from_nothing() -> None:
    """A home of which nothing was measured has the verdict, and no other finding."""
    empty = judge(
        Evidence(at=AT, took=0.0, version="1", configured=False, around=AROUND), Config(source="")
    )
    assert [one.code for one in find(empty)] == ["no_address", "v6_absent"]
    unseen = replace(empty, ipv6=Ipv6View(supported=False, note="It was not looked at."))
    assert [one.code for one in find(judge(unseen, Config(source="")))] == [
        "no_address",
        "unsupported",
    ]
