"""`upstun diagnose` names every situation of the lab rightly, and the page about it says so.

The page, docs/diagnosed.md, is made of these very runs: UPSTUN_GOLDEN=write writes it anew.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest

from tests.lab.conftest import Arrange
from tests.lab.diagnosed_page import Told, page
from tests.lab.expected import EXPECTED
from tests.lab.lab import Lab
from tests.lab.situations import SITUATIONS, Situation

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "diagnosed.md"
TOLD: dict[str, Told] = {}

pytestmark = pytest.mark.lab


@cache
def schema() -> Any:
    return json.loads((ROOT / "docs" / "diagnose.schema.json").read_text(encoding="utf-8"))


def test_every_situation_has_an_answer() -> None:
    assert [one.name for one in SITUATIONS] == list(EXPECTED)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.name)
def test_it_is_named_rightly(situation: Situation, arrange: Arrange) -> None:
    expected = EXPECTED[situation.name]
    lab = arrange(situation.plan)
    lab.config(**situation.config)
    ran = lab.upstun("diagnose", "--json", *expected.arguments)
    document = ran.json
    jsonschema.validate(document, schema())
    TOLD[situation.name] = told(lab, situation.topic, document)
    findings = document["findings"]
    found = {one["code"] for one in findings if one["severity"] != "info"}
    said = json.dumps(findings, indent=1)
    assert document["summary"]["ipv4"]["verdict"] == expected.verdict, said
    assert document["summary"]["ipv6"]["verdict"] == expected.v6, said
    assert found == set(expected.found), said
    assert set(expected.told) <= {one["code"] for one in findings}, said
    assert document["dns"][0]["verdict"] == expected.dns, said
    assert document["exit"] == ran.status == expected.exit, said


def told(lab: Lab, topic: str, document: Any) -> Told:
    """What upstun said, and what the usual tools say at the same place."""
    if topic == "dns":  # they do not look at DNS: the home is that of `single_nat`
        return Told(document=document)
    with ThreadPoolExecutor() as side_by_side:
        said = [
            side_by_side.submit(lab.topology.home.run, sys.executable, "-m", f"tests.lab.{tool}")
            for tool in ("like_netcheck", "like_upnpc")
        ]
    netcheck, upnpc = (json.loads(one.result()) for one in said)
    return Told(document=document, netcheck=netcheck, upnpc=upnpc)


def test_the_page_says_what_was_said() -> None:
    if len(TOLD) < len(SITUATIONS):
        pytest.skip("not every situation was looked at in this run")
    text = page(SITUATIONS, EXPECTED, TOLD)
    if os.environ.get("UPSTUN_GOLDEN") == "write":
        PAGE.write_text(text, encoding="utf-8")
    assert text == PAGE.read_text(encoding="utf-8"), "UPSTUN_GOLDEN=write writes it anew"
