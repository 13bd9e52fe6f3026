"""What DNS says about each record, and what is wrong with the servers that say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from agent.decide.exit_status import Exit
from agent.diagnosis.dns_verdict import dns_verdict
from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.facts import cut_off, listed, settled
from agent.diagnosis.finding import Finding, Severity
from agent.values import FAMILY_OF, OutOfReach
from discovery.live_dns.view import Lame, NoAnswer
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

_MEANINGS: Mapping[str, _Meaning] = {
    "dns_ok": _Meaning(
        "info", Exit.HEALTHY, "{what} is right: {because}.", "People find your home by it."
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
        "{what} has no record of its own; the zone answers for every name ({because}).",
        "The name leads wherever the wildcard leads.",
        _RUNS,
    ),
    "dns_proxied": _Meaning(
        "info",
        Exit.HEALTHY,
        "{because}.",
        "Only the provider's interface can tell which address stands behind it.",
        'Set verify = "api" for this record.',
    ),
    "dns_private": _Meaning(
        "error",
        Exit.HEALING,
        "{what} is wrong: {because}, an address that exists only inside a home.",
        "Nobody outside finds your home by it.",
        _RUNS,
    ),
    "dns_lame": _Meaning(
        "error",
        Exit.DNS_FAULT,
        "No name server of {name} answers for it: {because}.",
        "Nobody can look the name up.",
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
        "{because}",
        "What the name servers really say cannot be seen from here, so nothing is changed.",
        "Switch off “DNS rebind protection”, “parental control” or “DNS redirect” in the router, "
        "or ask the provider.",
    ),
}


def of_records(evidence: Evidence) -> Iterator[Finding]:
    """One finding for each record: right, or how it is wrong."""
    for exam in evidence.records:
        wanted = settled(evidence, FAMILY_OF[exam.exam.rtype])
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
            fact=meaning.fact.format_map(words).replace("..", "."),
            consequence=meaning.consequence.format_map(words),
            fix=meaning.fix,
            subject=exam.record.name,
        )


_UNHEARD = frozenset({"dns_unknown", "dns_lame", "dns_intercepted"})


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
    return {
        "name": exam.record.name,
        "what": f"{exam.record.name} {exam.exam.rtype}",
        "because": agreement.because,
        "wanted": wanted,
        "asked": agreement.asked,
        "agreeing": agreement.agreeing,
    }


def _not_compared(evidence: Evidence, exam: RecordExam) -> Finding:
    """DNS can be read, but there is no address that the record should have."""
    family = FAMILY_OF[exam.exam.rtype]
    verdict = evidence.verdicts.get(family)
    served = listed(sorted(map(str, exam.agreement.live or ()))) or "no address"
    held = isinstance(verdict, OutOfReach) and verdict.address in (exam.agreement.live or ())
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
        wanted = settled(evidence, FAMILY_OF[exam.exam.rtype])
        if exam.exam.from_wildcard and dns_verdict(exam, wanted) == "dns_ok":
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


def of_servers(evidence: Evidence) -> Iterator[Finding]:
    """Name servers that are no authority, that keep silent, or that the parent does not name."""
    for exam in evidence.records:
        lame = [one for one in exam.exam.view.servers if isinstance(one.answer, Lame)]
        if lame and len(lame) < len(exam.exam.view.servers):
            yield Finding(
                code="dns_lame",
                severity="error",
                fact=f"Of the name servers of {exam.exam.view.zone}, "
                f"{listed(one.server for one in lame)} does not answer for the zone.",
                consequence="Some people cannot look the name up, or wait long for it.",
                fix="Take that server out of the zone's NS records at your DNS service and at the "
                "registrar, or let it serve the zone.",
                exit=Exit.DNS_FAULT,
                subject=exam.record.name,
            )
        silent = [one for one in exam.exam.view.servers if isinstance(one.answer, NoAnswer)]
        if silent and len(silent) < len(exam.exam.view.servers):
            yield Finding(
                code="dns_silent",
                severity="warn",
                fact=f"The name server {listed(one.server for one in silent)} did not answer.",
                consequence="People wait longer for an answer while it is down.",
                fix="Nothing, if it is back soon; else tell your DNS service.",
                subject=exam.record.name,
            )
        names = exam.exam.name_servers
        if names.differ:
            yield Finding(
                code="dns_ns_differ",
                severity="warn",
                fact=f"The parent zone names {listed(names.parent or ())} as name servers of "
                f"{exam.exam.view.zone}, the zone itself {listed(names.child or ())}.",
                consequence="People may be sent to servers that do not follow.",
                fix="Enter the same name servers at the registrar and in the zone.",
                subject=exam.exam.view.zone,
            )


def of_ttl(evidence: Evidence) -> Iterator[Finding]:
    """A time to live that makes people wait."""
    for exam in evidence.records:
        ttl = exam.agreement.ttl
        if ttl is not None and ttl > LONG_TTL_S and exam.agreement.live:
            yield Finding(
                code="dns_ttl_high",
                severity="warn",
                fact=f"{exam.record.name} may be remembered for {_minutes(ttl)} (TTL {ttl} s).",
                consequence="So long people may go on using an old address after a change.",
                fix="Set ttl = 60 for the record, if your DNS service takes that.",
                subject=exam.record.name,
            )


def _minutes(seconds: int) -> str:
    if seconds < 2 * 3600:
        return f"{seconds // 60} minutes"
    return f"{seconds // 3600} hours"


def of_dnssec(evidence: Evidence) -> Iterator[Finding]:
    """A zone whose signatures do not hold: whoever checks them gets no answer at all."""
    for exam in evidence.records:
        if exam.exam.dnssec == "bogus":
            yield Finding(
                code="dns_bogus",
                severity="error",
                fact=f"The DNSSEC signatures of {exam.exam.view.zone or exam.record.name} do not "
                "hold.",
                consequence="Everybody whose resolver checks signatures cannot look the name up.",
                fix="Sign the zone anew at your DNS service, or take the DS record out at the "
                "registrar.",
                exit=Exit.DNS_FAULT,
                subject=exam.exam.view.zone,
            )


def of_interception(evidence: Evidence) -> Iterator[Finding]:
    """Something takes over port 53, seen by other means than the records' own servers."""
    if evidence.port53 is None or cut_off(evidence):
        return  # a login page bends DNS too, and is told as such
    if any(exam.exam.view.intercepted for exam in evidence.records):
        return
    shown = [trial for trial in evidence.port53.trials if trial.intercepted]
    if shown:
        yield Finding(
            code="dns_intercepted",
            severity="error" if evidence.records else "warn",
            fact=f"Something on the way takes over DNS (port 53): {shown[0].detail.rstrip('.')}.",
            consequence="What name servers really say may not be what is seen from here.",
            fix="Switch off “DNS rebind protection”, “parental control” or “DNS redirect” in the "
            "router, or ask the provider.",
            exit=Exit.DNS_FAULT if evidence.records else Exit.HEALTHY,
            confidence="proved" if len(shown) > 1 else "likely",
        )
