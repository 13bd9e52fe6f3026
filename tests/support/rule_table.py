"""A table of what a rule tells, and of the nearest evidence on which it must keep silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Confidence, Finding, Severity
from agent.values import Code, Disputed, OutOfReach, Settled, Unknown, Verdict
from discovery.observation import Address, Family
from tests.support.sightings import OTHER, PUBLIC

Rule = Callable[[Evidence], Iterator[Finding]]


class Told(NamedTuple):
    """The fixed parts of a finding."""

    severity: Severity
    exit: int = 0
    confidence: Confidence = "proved"
    subject: str = ""


class Row(NamedTuple):
    """One home, and what a rule must say of it under `code`; None: nothing."""

    title: str
    home: Evidence
    code: str
    told: Told | None


def findings(rule: Rule, home: Evidence, code: str) -> list[Finding]:
    """What the rule tells under one code."""
    return [one for one in rule(home) if one.code == code]


def check(rule: Rule, row: Row) -> None:
    """Fail where the rule says something else than the row."""
    found = [
        Told(one.severity, int(one.exit), one.confidence, one.subject)
        for one in findings(rule, row.home, row.code)
    ]
    assert found == ([] if row.told is None else [row.told])


def settled(code: Code = "single_nat", address: Address = PUBLIC) -> Verdict:
    """An address that may be published."""
    return Settled(
        family=Family(address.version),
        address=address,
        code=code,
        sources=("stun",),
        because=f"{address} it is.",
    )


def out_of_reach(code: Code = "cgnat") -> Verdict:
    """An address by which nobody can come in."""
    return OutOfReach(
        family=Family.V4, address=PUBLIC, code=code, sources=("stun",), because="It is shared."
    )


def disputed(code: Code = "upstream_nat") -> Verdict:
    """Two addresses, of which neither may be published."""
    return Disputed(
        family=Family.V4,
        candidates=(PUBLIC, OTHER),
        code=code,
        sources=("upnp", "stun"),
        because="They disagree.",
    )


def unknown(code: Code = "no_address", family: Family = Family.V4) -> Verdict:
    """No address at all."""
    return Unknown(family=family, code=code, because="Nobody knows.")


def judged(home: Evidence, *verdicts: Verdict) -> Evidence:
    """The home with these verdicts and no others."""
    return replace(home, verdicts={one.family: one for one in verdicts})
