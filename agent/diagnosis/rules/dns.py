"""What DNS says about each record: right, or how it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from agent.decide.exit_status import Exit
from agent.diagnosis.dns_verdict import dns_verdict
from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.facts import (
    cut_off,
    held_back,
    listed,
    taken_over,
    verdict_of,
    wanted_by,
)
from agent.diagnosis.finding import Confidence, Finding, Severity
from agent.diagnosis.phrases import lasting, sentence
from agent.values import OutOfReach
from discovery.address import publishable
from discovery.observation import Address

LONG_TTL_S = 300
"""Above this, people wait noticeably long for a new address."""


class _Meaning(NamedTuple):
    severity: Severity
    exit: Exit
    fact: str
    consequence: str
    fix: str = ""


_RUNS = "Nothing, if “upstun run” is running: it sets this right. Else: upstun once."

_BY_API = 'Set verify = "api" for this record.'

_MEANINGS: Mapping[str, _Meaning] = {
    "dns_ok": _Meaning(
        "info", Exit.HEALTHY, "{what} is right: {because}.", "People who use the name get it."
    ),
    "dns_stale": _Meaning(
        "error",
        Exit.HEALING,
        "{what} is wrong: {because}, not {wanted}.",
        "People who use the name do not find your home.",
        _RUNS,
    ),
    "dns_partial": _Meaning(
        "warn",
        Exit.HEALING,
        "{what} is right on {agreeing} of {asked} name servers: {because}.",
        "Some people find your home and some do not, until all servers have the change.",
        "Wait some minutes. If it stays so, the service's own name servers do not follow each "
        "other: tell its support.",
    ),
    "dns_missing": _Meaning(
        "error",
        Exit.HEALING,
        "{what} does not exist: {because}.",
        "Nobody finds your home by it.",
        _RUNS,
    ),
    "dns_extra": _Meaning(
        "error",
        Exit.HEALING,
        "{what} has addresses beside the right one: {because}.",
        "Part of all visitors are sent to another place.",
        _RUNS,
    ),
    "dns_cname": _Meaning(
        "error",
        Exit.USER_MUST_ACT,
        "{because}.",
        "A name that is an alias can have no address of its own.",
        "Delete the alias at your DNS service, or put the name that it points to into the "
        "configuration.",
    ),
    "dns_wildcard": _Meaning(
        "error",
        Exit.HEALING,
        "{what} seems to have no record of its own; the zone answers for every name ({because}).",
        "The name leads wherever the wildcard leads.",
        _RUNS,
    ),
    "dns_proxied": _Meaning(
        "info",
        Exit.HEALTHY,
        "DNS does not show the address of {name}: {because}.",
        "Only the provider's interface can tell which address stands behind it.",
        _BY_API,
    ),
    "dns_private": _Meaning(
        "error",
        Exit.HEALING,
        "{what} is wrong: it serves {inner}, which nobody outside can reach.",
        "Whoever gets that does not find your home.",
        _RUNS,
    ),
    "dns_lame": _Meaning(
        "error",
        Exit.DNS_FAULT,
        "No name server of {name} answers for it: {because}.",
        "Whose resolver does not remember the name cannot look it up.",
        "Look at your DNS service, and at the name servers that the domain names at its registrar.",
    ),
    "dns_unknown": _Meaning(
        "error",
        Exit.DNS_FAULT,
        "What DNS says about {what} is not known: {because}.",
        "Nothing is changed while it is not known.",
    ),
    "dns_intercepted": _Meaning(
        "error",
        Exit.DNS_FAULT,
        "{because}.",
        "What the name servers really say cannot be seen from here, so nothing is changed.",
        "Switch off “DNS rebind protection”, “parental control” or “DNS redirect” in the router, "
        "or ask the provider.",
    ),
}


def of_records(evidence: Evidence) -> Iterator[Finding]:
    """One finding for each record: right, or how it is wrong."""
    for exam in evidence.records:
        wanted = wanted_by(evidence, exam)
        code = dns_verdict(exam, wanted)
        if wanted is None and code == "dns_unknown" and exam.agreement.live is not None:
            yield _not_compared(evidence, exam)
            continue
        if code in _UNHEARD and cut_off(evidence):
            yield _unheard(exam)
            continue
        meaning = _MEANINGS[code]
        words = _words(exam, wanted)
        yield Finding(
            code=code,
            severity=meaning.severity,
            exit=meaning.exit,
            fact=sentence(meaning.fact.format_map(words)),
            consequence=meaning.consequence.format_map(words),
            fix=_fix(evidence, exam, meaning),
            confidence=_confidence(evidence, code),
            subject=exam.record.name,
        )


_UNHEARD = frozenset({"dns_unknown", "dns_lame", "dns_intercepted"})


def _fix(evidence: Evidence, exam: RecordExam, meaning: _Meaning) -> str:
    """What to do about this very record, where its own settings or its account say more."""
    if meaning.fix == _RUNS and held_back(evidence, exam.record.account):
        return f"Mend account {exam.record.account} first; then upstun sets this right."
    if meaning.fix == _BY_API and exam.record.verify == "api":
        return ""
    return meaning.fix


def _confidence(evidence: Evidence, code: str) -> Confidence:
    """Where something takes over port 53, it is not the name servers who were heard."""
    if code == "dns_wildcard":
        return "likely"  # a record of its own that says what the wildcard says looks the same
    return "likely" if taken_over(evidence) and code != "dns_intercepted" else "proved"


def _unheard(exam: RecordExam) -> Finding:
    """A record that cannot be read because nothing can: told, and no trouble of its own."""
    return Finding(
        code="dns_unknown",
        severity="info",
        fact=f"What DNS says about {exam.record.name} {exam.exam.rtype} is not known: nothing "
        "outside can be asked.",
        consequence="Nothing is changed while it is not known.",
        subject=exam.record.name,
    )


def _words(exam: RecordExam, wanted: Address | None) -> Mapping[str, object]:
    agreement = exam.agreement
    inner = (one for one in agreement.live or () if not publishable(one))
    return {
        "name": exam.record.name,
        "what": f"{exam.record.name} {exam.exam.rtype}",
        "because": agreement.because.rstrip("."),
        "inner": listed(sorted(map(str, inner))),
        "wanted": wanted,
        "asked": agreement.asked,
        "agreeing": agreement.agreeing,
    }


def _not_compared(evidence: Evidence, exam: RecordExam) -> Finding:
    """DNS can be read, but there is no address that the record should have."""
    verdict = verdict_of(evidence, exam)
    live = exam.agreement.live or frozenset()
    served = listed(sorted(map(str, live))) or "no address"
    held = isinstance(verdict, OutOfReach) and live == {verdict.address}
    return Finding(
        code="dns_unknown",
        severity="info",
        fact=f"{exam.record.name} {exam.exam.rtype} serves {served}"
        + (", which is the address that the world sees." if held else "."),
        consequence="It is left as it is, because no address is to be published "
        f"({verdict.code if verdict else 'none was found'}).",
        subject=exam.record.name,
    )


def of_wildcards(evidence: Evidence) -> Iterator[Finding]:
    """A name that is right, but only because the zone answers for every name."""
    for exam in evidence.records:
        right = dns_verdict(exam, wanted_by(evidence, exam)) == "dns_ok"
        if exam.exam.from_wildcard and right:
            yield Finding(
                code="dns_wildcard",
                severity="info",
                fact=f"{exam.record.name} gets what every other name in the zone gets: it seems to "
                "have no record of its own.",
                consequence="It is right as long as the wildcard is; upstun would make a record of "
                "its own at the next change.",
                confidence="likely",
                subject=exam.record.name,
            )


def of_ttl(evidence: Evidence) -> Iterator[Finding]:
    """A time to live that makes people wait."""
    for exam in evidence.records:
        ttl, asked_for = exam.agreement.ttl, exam.record.ttl
        if ttl is not None and ttl > LONG_TTL_S and exam.agreement.live:
            yield Finding(
                code="dns_ttl_high",
                severity="warn",
                fact=f"{exam.record.name} may be remembered for {lasting(ttl)} (TTL {ttl} s).",
                consequence="So long people may go on using an old address after a change.",
                fix="Set ttl = 60 for the record, if your DNS service takes that."
                if asked_for is None or asked_for > LONG_TTL_S
                else f"Your configuration asks for {asked_for} s: the next update sets that, if "
                "your DNS service takes it.",
                confidence="likely" if taken_over(evidence) else "proved",
                subject=exam.record.name,
            )
