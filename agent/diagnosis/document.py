"""The document of `diagnose --json`: everything that was measured and concluded. Pure.

The words are those of docs/json.md and docs/diagnose.schema.json. They are never renamed; keys may
be added. null is "not known" or "not asked", never "no".
"""

from __future__ import annotations

from typing import Any

from agent.diagnosis.confidence import confidence
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Answer, Diagnosis, Finding
from agent.diagnosis.noticing import slowest
from agent.diagnosis.parts.dns import account_json, port53_json, record_json
from agent.diagnosis.parts.machine import ipv6_json, machine_json, noticing_json, signal_json
from agent.diagnosis.parts.path import ice_json, path_json
from agent.diagnosis.parts.router import router_json
from agent.diagnosis.parts.witnesses import witnesses_json
from agent.diagnosis.parts.words import moment, ms
from agent.report import addresses_json
from agent.values import Settled
from discovery.observation import Family

SCHEMA = "upstun.diagnose/1"


def as_json(evidence: Evidence, diagnosis: Diagnosis) -> dict[str, Any]:
    """The whole examination as `json.dumps` takes it."""
    return {
        "schema": SCHEMA,
        "at": moment(evidence.at),
        "took_ms": ms(evidence.took),
        "exit": int(diagnosis.exit),
        "version": evidence.version,
        "configured": evidence.configured,
        "port": "/".join(map(str, evidence.port)) if evidence.port else None,
        "answers": [_answer(one) for one in diagnosis.answers],
        "summary": _summary(evidence),
        "witnesses": witnesses_json(evidence),
        "machine": machine_json(evidence),
        "path": path_json(evidence),
        "router": router_json(evidence),
        "ipv6": ipv6_json(evidence.ipv6),
        "ice": ice_json(evidence),
        "dns": [record_json(exam, evidence) for exam in evidence.records],
        "port53": port53_json(evidence.port53),
        "accounts": [account_json(exam) for exam in evidence.accounts],
        "signals": [signal_json(signal) for signal in evidence.signals],
        "noticed_in_s": slowest(evidence).seconds,
        "noticed": {
            f"ipv{family:d}": noticing_json(evidence.noticing[family]) for family in Family
        },
        "findings": [_finding(one) for one in diagnosis.findings],
        "unmeasured": dict(evidence.unmeasured),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {"question": answer.question, "title": answer.title, "lines": list(answer.lines)}


def _summary(evidence: Evidence) -> dict[str, Any]:
    """Both families as `ip --json` has them, and how sure, published, and reached they are."""
    addresses = addresses_json(evidence.verdicts)
    return {
        "ipv4": _family(evidence, Family.V4, addresses["ipv4"]),
        "ipv6": _family(evidence, Family.V6, addresses["ipv6"]),
    }


def _family(
    evidence: Evidence, family: Family, address: dict[str, Any] | None
) -> dict[str, Any] | None:
    if address is None:
        return None
    reaches = evidence.path.reaches if family is Family.V4 else ()  # it is measured over IPv4
    return {
        **address,
        "confidence": confidence(evidence, family),
        "publish": isinstance(evidence.verdicts.get(family), Settled),
        "reachable": {f"{one.transport}/{one.port}": one.grade for one in reaches},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "subject": finding.subject or None,
        "fact": finding.fact,
        "consequence": finding.consequence,
        "fix": finding.fix,
        "confidence": finding.confidence,
        "exit": int(finding.exit),
    }
