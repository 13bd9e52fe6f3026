"""The published schema: every document keeps to it, and what does not keep to it is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

from agent.decide.exit_status import Exit
from agent.diagnosis.codes import CODES
from agent.diagnosis.document import as_json
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Confidence, Question, Severity
from agent.diagnosis.redact import Redactor
from agent.values import Code
from discovery.live_dns.exam import Dnssec, TrialName, Whose
from discovery.observation import Source, Why
from discovery.path.view import Filtering, Grade, Mapping, Owner
from discovery.signals.view import SignalName
from providers.engine.outcome import Cause
from tests.support.evidence import account, bare_home, cgnat_home, full_home, healthy, plain_home

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs/diagnose.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


HOMES: dict[str, Evidence] = {
    "plain": plain_home(),
    "cgnat": cgnat_home(),
    "full": full_home(),
    "bare": bare_home(),
    "not judged": plain_home(verdicts={}),
    "locked for ever": plain_home(accounts=(account(locked_until=float("inf")),)),
}


def document(home: Evidence) -> dict[str, Any]:
    return as_json(home, healthy())


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
def test_every_home_keeps_to_the_schema(home: Evidence) -> None:
    made = document(home)
    VALIDATOR.validate(made)
    assert json.loads(json.dumps(made)) == made


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
def test_a_masked_document_keeps_to_the_schema_too(home: Evidence) -> None:
    masked = Redactor(home).document(document(home))
    VALIDATOR.validate(masked)
    assert masked["redacted"] is True


def test_every_key_of_the_document_is_in_the_schema() -> None:
    """Keys may be added; then they are described as well."""

    def unknown(schema: dict[str, Any], value: Any, where: str) -> list[str]:
        while "$ref" in schema:
            schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            return unknown(schema["anyOf"][0], value, where) if value is not None else []
        if isinstance(value, list):
            return [one for part in value for one in unknown(schema["items"], part, f"{where}[]")]
        if not isinstance(value, dict) or "additionalProperties" in schema:
            return []
        known = dict(schema.get("properties", {}))
        if "else" in schema:
            known |= SCHEMA["$defs"]["witness"]["properties"]
        found = [f"{where}.{key}" for key in value if key not in known]
        for key in value.keys() & known.keys():
            found += unknown(known[key], value[key], f"{where}.{key}")
        return found

    assert unknown(SCHEMA, document(full_home()), "") == []


WORDS: list[tuple[str, set[Any]]] = [
    ("$defs.verdict", set(get_args(Code))),
    ("$defs.confidence", set(get_args(Confidence))),
    ("$defs.grade", set(get_args(Grade))),
    ("$defs.source", set(get_args(Source))),
    ("$defs.witness.error", {why.value for why in Why}),
    ("$defs.resolver.whose", set(get_args(Whose))),
    ("$defs.record.dnssec", set(get_args(Dnssec))),
    ("$defs.account.cause", {cause.value for cause in Cause}),
    ("$defs.account.locked", {cause.value for cause in Cause}),
    ("$defs.finding.code", set(CODES)),
    ("$defs.finding.severity", set(get_args(Severity))),
    ("answers.items.question", set(get_args(Question))),
    ("path.mapping", set(get_args(Mapping))),
    ("path.filtering", set(get_args(Filtering))),
    ("path.ownership.items.owner", set(get_args(Owner))),
    ("port53.anyOf.trials.items.name", set(get_args(TrialName))),
    ("signals.items.name", set(get_args(SignalName))),
    ("$defs.noticed.by", set(get_args(SignalName))),
]


@pytest.mark.parametrize(("path", "words"), WORDS, ids=[path for path, _ in WORDS])
def test_the_schema_has_the_words_of_the_code(path: str, words: set[Any]) -> None:
    nodes = path.replace("port53.anyOf.trials", "port53.anyOf.0.trials")
    node: Any = SCHEMA
    for step in nodes.split("."):
        if isinstance(node, list):
            node = node[int(step)]
        elif step in node:
            node = node[step]
        else:
            node = node["properties"][step]
    assert {one for one in node["enum"] if one is not None} == words


def test_the_schema_has_every_exit_status() -> None:
    bounds = SCHEMA["$defs"]["exit"]
    assert list(range(bounds["minimum"], bounds["maximum"] + 1)) == sorted(Exit)


Damage = Callable[[dict[str, Any]], object]
DAMAGE: dict[str, Damage] = {
    "another schema": lambda made: made.update(schema="upstun.diagnose/2"),
    "no schema": lambda made: made.pop("schema"),
    "local time": lambda made: made.update(at="2026-03-01T03:00:00+01:00"),
    "an exit status that is none": lambda made: made.update(exit=12),
    "no summary of IPv6": lambda made: made["summary"].pop("ipv6"),
    "a confidence of its own": lambda made: made["summary"]["ipv4"].update(confidence="sure"),
    "a bare port": lambda made: made["summary"]["ipv4"]["reachable"].update({"443": "proved"}),
    "a verdict of its own": lambda made: made["summary"]["ipv4"].update(verdict="fine"),
    "a witness of no kind": lambda made: made["witnesses"][0].pop("kind"),
    "a witness of another kind": lambda made: made["witnesses"][0].update(kind="oracle"),
    "a family as text": lambda made: made["witnesses"][0].update(family="4"),
    "three NATs": lambda made: made["path"].update(nat_layers=3),
    "an unmeasured mapping as null": lambda made: made["path"].update(mapping=None),
    "a VPN as yes or no": lambda made: made["path"].update(vpn=False),
    "a router protocol without its answer": lambda made: made["router"]["upnp"].pop("target"),
    "an IGD without a judgement": lambda made: made["router"]["igds"][0].pop("accepted"),
    "values that are no list": lambda made: made["dns"][0]["servers"][0].update(values="10.0.0.7"),
    "a moment without a day": lambda made: made["dns"][0].update(everyone_by="13:25:44"),
    "a verdict on DNS of its own": lambda made: made["dns"][0].update(verdict="dns_fine"),
    "a finding without a fix": lambda made: made["findings"][0].pop("fix"),
    "a finding with a code of its own": lambda made: made["findings"][0].update(code="odd"),
    "a severity of its own": lambda made: made["findings"][0].update(severity="fatal"),
    "a signal of its own": lambda made: made["signals"][0].update(name="pigeon"),
    "noticed by a pigeon": lambda made: made["noticed"]["ipv4"].update(by="pigeon"),
    "noticed in one family": lambda made: made["noticed"].pop("ipv6"),
    "accounts as an object": lambda made: made.update(accounts={}),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_document_does_not_keep_to_the_schema(damage: Damage) -> None:
    made = copy.deepcopy(document(full_home()))
    damage(made)
    assert not VALIDATOR.is_valid(made)


def test_keys_may_be_added() -> None:
    made = document(full_home())
    VALIDATOR.validate({**made, "weather": "fine", "path": {**made["path"], "jitter_ms": 1}})


TOLD_ON_THE_PAGE = {
    "witness.kind": SCHEMA["$defs"]["witness"]["properties"]["kind"],
    "witness.error": SCHEMA["$defs"]["witness"]["properties"]["error"],
    "record.verdict": SCHEMA["$defs"]["record"]["properties"]["verdict"],
    "name_server.answer": SCHEMA["$defs"]["name_server"]["properties"]["answer"],
    "protocol.state": SCHEMA["$defs"]["protocol"]["properties"]["state"],
    "finding.severity": SCHEMA["$defs"]["finding"]["properties"]["severity"],
    "path.mapping": SCHEMA["properties"]["path"]["properties"]["mapping"],
    "path.filtering": SCHEMA["properties"]["path"]["properties"]["filtering"],
    **{word: SCHEMA["$defs"][word] for word in ("verdict", "confidence", "grade")},
}


@pytest.mark.parametrize("where", TOLD_ON_THE_PAGE)
def test_the_page_about_documents_explains_the_words(where: str) -> None:
    page = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    words = [word for word in TOLD_ON_THE_PAGE[where]["enum"] if word is not None]
    assert [word for word in words if f"`{word}`" not in page] == []


def test_the_page_about_documents_has_every_key_of_the_first_level() -> None:
    page = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    keys = [*SCHEMA["required"], "redacted"]
    assert [key for key in keys if f"`{key}`" not in page and key != "schema"] == []
