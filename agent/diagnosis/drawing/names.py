"""Names in DNS and accounts on the drawing: the worst are shown, the others counted. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.diagnosis.dns_verdict import dns_verdict
from agent.diagnosis.drawing.station import Station, rank, with_heaviest
from agent.diagnosis.drawing.tags import TAGS
from agent.diagnosis.evidence import AccountExam, Evidence, RecordExam
from agent.diagnosis.facts import listed, wanted_by
from agent.diagnosis.finding import Finding

_MOST_RECORDS, _MOST_ACCOUNTS = 3, 2

# Findings on the servers of a zone are about each of its names.
_OF_SERVERS = frozenset(
    {"dns_lame", "dns_silent", "dns_ns_differ", "dns_ttl_high", "dns_bogus", "dns_intercepted"}
)
_OF_ACCOUNTS = frozenset(code for code, tag in TAGS.items() if "account" in tag.places)


def records(evidence: Evidence, findings: Sequence[Finding]) -> Iterator[Station]:
    """A station for each RRset."""
    stations = [_record(exam, evidence, findings) for exam in evidence.records]
    yield from _first(stations, _MOST_RECORDS, "names")


def _record(exam: RecordExam, evidence: Evidence, findings: Sequence[Finding]) -> Station:
    code = dns_verdict(exam, wanted_by(evidence, exam))
    subjects = {exam.record.name, exam.exam.view.zone}
    codes = {code, *_OF_SERVERS, *(("v6_no_prefix",) if exam.exam.rtype == "AAAA" else ())}
    about = [one for one in findings if one.subject in subjects and one.code in codes]
    served = listed(sorted(map(str, exam.agreement.live or ())))
    unsure = code == "dns_unknown"
    station = Station(
        id="dns",
        title=f"{exam.record.name} {exam.exam.rtype}",
        lines=(served or "no address is served",),
        state="unknown" if unsure else "sound",
        why="nothing to compare it with" if unsure else "",
    )
    return with_heaviest(station, about)


def accounts(evidence: Evidence, findings: Sequence[Finding]) -> Iterator[Station]:
    """A station for each account."""
    stations = [_account(exam, findings) for exam in evidence.accounts]
    yield from _first(stations, _MOST_ACCOUNTS, "accounts")


def _account(exam: AccountExam, findings: Sequence[Finding]) -> Station:
    station = Station(
        id="account",
        title=f"Account {exam.account.name}",
        lines=(exam.account.provider.title,),
        state="unknown" if exam.proof is None else "sound",
        why="no proof without an update" if exam.proof is None else "",
    )
    own = [one for one in findings if one.code in _OF_ACCOUNTS]
    return with_heaviest(station, [one for one in own if one.subject == exam.account.name])


def _first(stations: Sequence[Station], most: int, what: str) -> Iterator[Station]:
    """The worst ones, and one station for all others: trouble is never among those."""
    if len(stations) <= most:
        yield from stations
        return
    ranked = sorted(stations, key=rank)
    shown, rest = ranked[: most - 1], ranked[most - 1 :]
    yield from shown
    poor = [one for one in rest if one.state != "sound"]
    yield Station(
        id=rest[0].id,
        title=f"and {len(rest)} more {what}",
        state=rest[0].state,
        why=f"{len(poor)} of them; see below" if poor else "",
    )
