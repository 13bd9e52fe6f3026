"""What DNS says, server by server and resolver by resolver, in rows."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.phrases import named, sentence, took
from agent.diagnosis.sections.row import Row
from agent.diagnosis.spread import Turn, spread_of
from discovery.live_dns.exam import Dnssec, TrialName, Whose
from discovery.live_dns.view import Absent, Opaque, Present, ServerAnswer

_TRIALS: dict[TrialName, str] = {
    "recursion": "Servers that never ask",
    "nobody": "Address without DNS",
    "whoami": "Who is seen to ask",
    "identity": "Servers' own names",
    "transports": "UDP, TCP and DoH",
}
_TAKEN_OVER = {True: "TAKEN OVER", False: "as it should be", None: "told nothing"}
_RESOLVERS: dict[Whose, str] = {
    "system": "System's resolver",
    "configured": "Configured resolver",
    "public": "Public resolver",
}
_SIGNED: dict[Dnssec, str] = {
    "secure": "signed, and the signatures hold",
    "insecure": "not signed",
    "bogus": "SIGNED, BUT THE SIGNATURES DO NOT HOLD",
    "unknown": "not known",
}


def of_dns(evidence: Evidence) -> Iterator[Row]:
    """Each record, then the tests for something that takes over port 53."""
    if not evidence.records:
        nothing = "No name could be examined." if evidence.configured else "No name is configured."
        yield Row("", nothing)
    for exam in evidence.records:
        yield from _record(exam, evidence)
    trials = evidence.port53.trials if evidence.port53 else ()
    if trials:
        taken = any(trial.intercepted for trial in trials)
        word = "SOMETHING TAKES IT OVER" if taken else "no sign that anything takes it over"
        yield Row("Port 53, DNS on its way", word)
    for trial in trials:
        text = f"{_TAKEN_OVER[trial.intercepted]}. {sentence(trial.detail)}"
        yield Row(_TRIALS[trial.name], text, under=True)


def _record(exam: RecordExam, evidence: Evidence) -> Iterator[Row]:
    what = exam.exam
    zone = f"in the zone {what.view.zone}" if what.view.zone else "in a zone that is not known"
    yield Row(f"{what.name} {what.rtype}", zone)
    for text in (what.view.problem, what.view.intercepted):
        if text:
            yield Row("", sentence(text), under=True)
    for server in what.view.servers:
        yield Row(server.server, _served(server), under=True)
    for turn in spread_of(exam, evidence).turns:
        yield Row(_RESOLVERS[turn.answer.whose], _turn(turn), under=True)
    names = what.name_servers
    if names.differ:
        yield Row("NS at the parent", named(names.parent or (), "none"), under=True)
        yield Row("NS in the zone", named(names.child or (), "none"), under=True)
    if what.wildcard:
        yield Row("Wildcard", "the zone answers for every name beside it", under=True)
    yield Row("DNSSEC", _SIGNED[what.dnssec], under=True)


def _served(server: ServerAnswer) -> str:
    where = f"{server.endpoint}{' over TCP' * server.tcp}, {took(server.elapsed)}"
    match server.answer:
        case Present(values=values, ttl=ttl):
            said = f"{named(sorted(map(str, values)), 'no address')}, TTL {ttl} s"
        case Absent(nxdomain=True):
            said = "no such name"
        case Absent():
            said = "no such record"
        case Opaque(kind=kind, target=target):
            said = f"{kind.upper()} to {target}"
        case other:
            return f"no answer of use ({where}). {sentence(other.detail)}"
    return f"{said}, authoritative ({where})"


def _turn(turn: Turn) -> str:
    who = turn.answer.resolver
    if turn.answer.values is None:
        return f"{who} tells nothing. {sentence(turn.answer.error) or 'It gave no answer.'}"
    shows = named(sorted(map(str, turn.answer.values)), "no such record")
    if turn.fresh is False:
        when = turn.fresh_at.strftime("%H:%M:%S UTC") if turn.fresh_at else "a time not known"
        return f"{who} shows {shows}, which is old; fresh from {when}"
    left = f", for {turn.answer.left_s} s more" if turn.answer.left_s is not None else ""
    return f"{who} shows {shows}{left}"
