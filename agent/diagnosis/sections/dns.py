"""What DNS says, server by server and resolver by resolver, in rows."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.facts import listed
from agent.diagnosis.sections.row import Row
from agent.diagnosis.spread import Turn, spread_of
from discovery.live_dns.exam import Trial
from discovery.live_dns.view import Absent, Answer, Opaque, Present

_TRIALS = {
    "recursion": "authority answers as one",
    "nobody": "address without DNS",
    "whoami": "who do servers see",
    "identity": "servers' own names",
    "transports": "UDP, TCP, DoH agree",
}


def of_dns(evidence: Evidence) -> Iterator[Row]:
    """Each record, then the tests for something that takes over port 53."""
    if not evidence.records:
        yield Row("", "No name is configured." if not evidence.configured else "Nothing was read.")
    for exam in evidence.records:
        yield from _record(exam, evidence)
    if evidence.port53 is not None:
        for trial in evidence.port53.trials:
            yield Row(_TRIALS[trial.name], _trial(trial))


def _record(exam: RecordExam, evidence: Evidence) -> Iterator[Row]:
    what = exam.exam
    yield Row(f"{what.rtype} record", f"{what.name}, in the zone {what.view.zone or 'not known'}")
    for server in what.view.servers:
        over = ", over TCP" if server.tcp else ""
        told = f"{_said(server.answer)} ({server.elapsed * 1000:.0f} ms{over})"
        yield Row("", f"{server.server} {server.endpoint}: {told}")
    if what.view.problem:
        yield Row("", what.view.problem)
    for turn in spread_of(exam, evidence).turns:
        yield Row("", _turn(turn))
    names = what.name_servers
    if names.differ:
        yield Row("NS at the parent", listed(names.parent or ()))
        yield Row("NS in the zone", listed(names.child or ()))
    if what.wildcard:
        yield Row("wildcard", "the zone answers for every name below it")
    yield Row("DNSSEC", what.dnssec)


def _said(answer: Answer) -> str:
    match answer:
        case Present(values=values, ttl=ttl):
            return f"{listed(sorted(map(str, values)))}, TTL {ttl} s, authoritative"
        case Absent(nxdomain=True):
            return "no such name, authoritative"
        case Absent():
            return "no such record, authoritative"
        case Opaque(kind=kind, target=target):
            return f"{kind.upper()} to {target}, authoritative"
        case _:
            return answer.detail


def _turn(turn: Turn) -> str:
    who = f"{turn.answer.whose} resolver {turn.answer.resolver}"
    if turn.answer.values is None:
        return f"{who}: {turn.answer.error or 'no answer'}"
    shows = listed(sorted(map(str, turn.answer.values))) or "no such record"
    if turn.fresh is False:
        when = turn.fresh_at.strftime("%H:%M:%S UTC") if turn.fresh_at else "a time not known"
        return f"{who}: {shows}, old; fresh from {when}"
    left = f", for {turn.answer.left_s} s more" if turn.answer.left_s is not None else ""
    return f"{who}: {shows}{left}"


def _trial(trial: Trial) -> str:
    word = {True: "INTERCEPTED", False: "as it should be", None: "told nothing"}[trial.intercepted]
    return f"{word}. {trial.detail}"
