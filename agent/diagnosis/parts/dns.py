"""The parts of the document about DNS records, port 53 and accounts. Pure.

Of an account only its name, its provider and what came of asking are told, never a setting.
"""

from __future__ import annotations

from typing import Any, assert_never

from agent.diagnosis.dns_verdict import dns_verdict
from agent.diagnosis.evidence import AccountExam, Evidence, RecordExam
from agent.diagnosis.facts import wanted_by
from agent.diagnosis.parts.words import host_and_port, moment, ms, text, texts, wall
from agent.diagnosis.spread import Turn, spread_of
from discovery.hosts import literal
from discovery.live_dns.exam import NameServers, Port53
from discovery.live_dns.view import (
    Absent,
    Answer,
    Lame,
    NoAnswer,
    Opaque,
    Present,
    Resolver,
    ServerAnswer,
)
from providers.engine.outcome import Refused, Unconfirmed


def record_json(exam: RecordExam, evidence: Evidence) -> dict[str, Any]:
    """One RRset: what the name servers and resolvers say, and when everybody sees it."""
    seen, wanted = exam.exam, wanted_by(evidence, exam)
    spread = spread_of(exam, evidence)
    by = spread.everyone_by
    return {
        "name": seen.name,
        "type": seen.rtype,
        "zone": exam.record.zone or seen.view.zone or None,
        "account": exam.record.account,
        "ttl": exam.record.ttl,
        "verify": exam.record.verify,
        "wanted": text(wanted),
        "servers": [_server(one) for one in seen.view.servers],
        "resolvers": [_resolver(turn) for turn in spread.turns],
        "served": spread.served,
        "everyone_by": None if by is None else moment(by),
        "after_update_s": spread.after_update_s,
        "verdict": dns_verdict(exam, wanted),
        "because": exam.agreement.because,
        "wildcard": seen.wildcard,
        "from_wildcard": seen.from_wildcard,
        "negative_ttl": seen.negative_ttl,
        "dnssec": seen.dnssec,
        "name_servers": _name_servers(seen.name_servers),
        "intercepted": seen.view.intercepted or None,
        "problem": seen.view.problem or None,
    }


def _server(one: ServerAnswer) -> dict[str, Any]:
    ip, port = host_and_port(one.endpoint)
    return {
        "ns": one.server,
        "ip": ip,
        "port": port,
        "aa": None,
        "values": None,
        "ttl": None,
        "target": None,
        **_said(one.answer),
        "tcp": one.tcp,
        "rtt_ms": ms(one.elapsed),
    }


def _said(answer: Answer) -> dict[str, Any]:
    """The kind of answer in a word, and what belongs to that kind."""
    match answer:
        case Present(values=values, ttl=ttl):
            said: dict[str, Any] = {"aa": True, "values": texts(values), "ttl": ttl}
            return {"answer": "present", **said, "error": None}
        case Absent(nxdomain=nxdomain, negative_ttl=ttl):
            said = {"aa": True, "values": [], "ttl": ttl}
            return {"answer": "nxdomain" if nxdomain else "nodata", **said, "error": None}
        case Opaque(kind=kind, target=target):
            return {"answer": kind, "aa": True, "target": target, "error": None}
        case Lame(detail=detail):
            return {"answer": "lame", "aa": False, "error": detail}
        case Resolver(detail=detail):
            return {"answer": "resolver", "aa": False, "error": detail}
        case NoAnswer(detail=detail):
            return {"answer": "silent", "error": detail}
        case _:
            assert_never(answer)


def _resolver(turn: Turn) -> dict[str, Any]:
    one, (host, _) = turn.answer, host_and_port(turn.answer.resolver)
    return {
        "ip": host if literal(host) else None,
        "target": one.resolver,
        "whose": one.whose,
        "values": texts(one.values),
        "left_s": one.left_s,
        "fresh": turn.fresh,
        "fresh_at": None if turn.fresh_at is None else moment(turn.fresh_at),
        "authenticated": one.authenticated,
        "rtt_ms": ms(one.elapsed),
        "error": one.error or None,
    }


def _name_servers(names: NameServers) -> dict[str, Any]:
    return {
        "parent": None if names.parent is None else list(names.parent),
        "child": None if names.child is None else list(names.child),
        "differ": names.differ,
    }


def port53_json(port53: Port53 | None) -> dict[str, Any] | None:
    """The tests for something that takes over port 53; None where none was made."""
    if port53 is None:
        return None
    return {
        "intercepted": port53.intercepted,
        "trials": [
            {"name": one.name, "intercepted": one.intercepted, "detail": one.detail}
            for one in port53.trials
        ],
    }


def account_json(exam: AccountExam) -> dict[str, Any]:
    """One account: what its provider says of the credentials, and what holds it back."""
    proof = exam.proof
    return {
        "name": exam.account.name,
        "provider": exam.account.provider.id,
        "proof": None if proof is None else type(proof).__name__.lower(),
        "cause": proof.cause.value if isinstance(proof, Refused) else None,
        "text": proof.text if isinstance(proof, Refused | Unconfirmed) else None,
        "locked": None if exam.locked is None else exam.locked.value,
        "locked_until": wall(exam.locked_until),
        "locked_text": exam.locked_text or None,
    }
