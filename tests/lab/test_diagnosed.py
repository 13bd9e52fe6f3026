"""`upstun diagnose` names every situation of the lab rightly, and the page about it says so.

The page, docs/diagnosed.md, is made of these very runs: UPSTUN_GOLDEN=write writes it anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest

from tests.lab.diagnosed_page import page
from tests.lab.examined import Labs, Told
from tests.lab.expected import EXPECTED
from tests.lab.situations import SITUATIONS, Situation

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "diagnosed.md"
LABS = 2  # a lab is idle for two thirds of an examination, and the smallest machine has two cores

Turns = Mapping[str, Future[Told]]


@pytest.fixture(scope="module")
def turns(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Turns]:
    """What is said of each situation that this run looks at, as soon as it has been."""
    cases = [item for item in request.session.items if item.parent is request.node]
    chosen = {one.name for case in cases for one in _situation(case)}
    with Labs(LABS) as labs:
        yield {
            one.name: labs.examine(
                one, EXPECTED[one.name].arguments, tmp_path_factory.mktemp(one.name)
            )
            for one in SITUATIONS
            if one.name in chosen
        }


def _situation(case: pytest.Item) -> tuple[Situation, ...]:
    """What a case looks at, where it is one of those that look at a situation."""
    parameters = getattr(case, "callspec", None)
    return () if parameters is None else (parameters.params["situation"],)


@cache
def schema() -> Any:
    return json.loads((ROOT / "docs" / "diagnose.schema.json").read_text(encoding="utf-8"))


def test_every_situation_has_an_answer() -> None:
    assert [one.name for one in SITUATIONS] == list(EXPECTED)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.name)
def test_it_is_named_rightly(situation: Situation, turns: Turns) -> None:
    expected = EXPECTED[situation.name]
    document, status, *_ = turns[situation.name].result()
    jsonschema.validate(document, schema())
    findings = document["findings"]
    said = json.dumps(findings, indent=1)
    assert document["summary"]["ipv4"]["verdict"] == expected.verdict, said
    assert document["summary"]["ipv6"]["verdict"] == expected.v6, said
    found = {one["code"] for one in findings if one["severity"] != "info"}
    assert found - set(expected.perhaps) == set(expected.found), said
    assert set(expected.told) <= {one["code"] for one in findings}, said
    assert next(one for one in document["dns"] if one["type"] == "A")["verdict"] == expected.dns
    assert document["exit"] == status == expected.exit, said


def test_the_page_says_what_was_said(turns: Turns) -> None:
    if len(turns) < len(SITUATIONS):
        pytest.skip("not every situation was looked at in this run")
    text = page(SITUATIONS, EXPECTED, {name: turn.result() for name, turn in turns.items()})
    if os.environ.get("UPSTUN_GOLDEN") == "write":
        PAGE.write_text(text, encoding="utf-8")
    assert text == PAGE.read_text(encoding="utf-8"), "UPSTUN_GOLDEN=write writes it anew"
