"""The screen as people read it: golden texts of whole homes, and what holds for every one.

When wording changes, the change shows in the golden texts: run with UPSTUN_GOLDEN=write to write
them anew, and read the difference.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.decide.exit_status import Exit
from agent.diagnosis.conclude import conclude
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Answer, Diagnosis, Finding, Severity
from agent.diagnosis.redact import Redactor
from agent.diagnosis.screen import ending, screen
from agent.diagnosis.typeset import WIDTH, width
from tests.support.evidence import full_home, healthy, plain_home, record
from tests.support.troubled_homes import HOMES, hostile_home
from tests.support.views import serves

GOLDEN = Path(__file__).parent / "golden"
ORDINARY = ("plain", "right", "stale", "cgnat", "double_nat", "vpn", "line_down", "offline")
LINES_OF_A_TERMINAL = 24

A_NUMBER_ALONE = re.compile(r"\b\d+(?:\.\d+)?$")


def text_of(home: Evidence) -> str:
    return screen(home, conclude(home))


def answers_of(text: str) -> list[str]:
    return text.partition("\n\n1 ")[0].splitlines()


@pytest.mark.parametrize("name", HOMES)
def test_the_screen_is_the_golden_one(name: str) -> None:
    path = GOLDEN / f"{name}.txt"
    told = text_of(HOMES[name]()) + "\n"
    if os.environ.get("UPSTUN_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")


def test_every_golden_text_has_its_home() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(HOMES)


@pytest.mark.parametrize("name", HOMES)
def test_no_line_is_wider_than_79_columns_and_none_has_codes(name: str) -> None:
    for line in text_of(HOMES[name]()).splitlines():
        assert width(line) <= WIDTH, line
        assert line.isprintable()
        assert line == line.rstrip()


@pytest.mark.parametrize("name", ORDINARY)
def test_the_six_answers_of_an_ordinary_home_fit_one_screen(name: str) -> None:
    assert len(answers_of(text_of(HOMES[name]()))) < LINES_OF_A_TERMINAL


@pytest.mark.parametrize("name", HOMES)
def test_nine_sections_are_numbered_as_they_are_told(name: str) -> None:
    headings = [line for line in text_of(HOMES[name]()).splitlines() if re.match(r"\d [A-Z]", line)]
    assert [line[0] for line in headings] == list("123456789")
    assert headings[0].startswith("1 What was found")


@pytest.mark.parametrize("name", HOMES)
def test_a_number_keeps_its_unit_on_its_line(name: str) -> None:
    lines = text_of(HOMES[name]()).splitlines()
    for line, after in pairwise(lines):
        split = A_NUMBER_ALONE.search(line) and re.match(r" +(ms|s|minutes|hours|days)\b", after)
        assert not split, (line, after)


@pytest.mark.parametrize("name", HOMES)
def test_every_label_ends_with_a_colon_also_when_read_aloud(name: str) -> None:
    evidence = text_of(HOMES[name]()).partition("\n2 This machine")[2]
    for line in evidence.splitlines():
        labelled = re.match(r" {2,4}(\S.*?) {2,}\S", line)
        assert labelled is None or labelled[1].endswith(":"), line


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_a_strangers_words_stay_within_their_lines(text: str) -> None:
    home = hostile_home(text)
    for line in screen(home, healthy()).splitlines():
        assert width(line) <= WIDTH
        assert line.isprintable()


def test_answers_findings_and_their_pages_are_told() -> None:
    finding = Finding(
        code="alg",
        severity="warn",
        fact="Something rewrites.",
        consequence="Calls fail.",
        fix="Switch it off.",
        confidence="guess",
    )
    told = screen(plain_home(), healthy(finding))
    assert told.startswith("Which address is yours?    81.2.69.142\n")
    expected = """\
  1. Warning: Something rewrites.
     Calls fail.
     What to do: Switch it off.
     How sure: a guess. More: upstun diagnose --explain alg
"""
    assert expected in told


def test_a_name_is_masked_before_it_is_broken_into_lines() -> None:
    name = ".".join(f"{part}-label-of-a-very-long-name" for part in ("first", "second", "third"))
    home = replace(
        full_home(), records=(record(serves("81.2.69.142"), name=f"{name}.example.com"),)
    )
    mask = Redactor(home).text
    told = mask(screen(home, conclude(home), mask))
    assert "label-of" in screen(home, conclude(home))
    assert "label-of" not in told
    assert "[name-1] A:" in told
    assert all(width(line) <= WIDTH for line in told.splitlines())


def test_an_answer_of_several_lines_has_its_question_once() -> None:
    answer = Answer(question="dns", title="What does DNS say?", lines=("One.", "Two."))
    told = screen(plain_home(), replace(healthy(), answers=(answer,)))
    assert told.startswith(f"What does DNS say?         One.\n{' ' * 27}Two.\n")


@pytest.mark.parametrize("status", Exit)
def test_every_exit_status_is_told_in_words(status: Exit) -> None:
    told = ending(plain_home(), replace(healthy(), exit=status))
    assert told.startswith(f"Exit status {int(status)}: ")
    assert "on 2026-03-01 03:00:00 UTC in 1.5 s" in told


@pytest.mark.parametrize(
    ("severity", "words"),
    [
        ("info", "Exit status 0: all is well."),
        ("warn", "Exit status 0: no trouble, but there are warnings."),
        ("error", "Exit status 0: DNS needs nothing, but there is trouble elsewhere."),
    ],
)
def test_all_is_well_only_where_nothing_was_found(severity: Severity, words: str) -> None:
    finding = Finding(code="clock_wrong", severity=severity, fact="x")
    assert ending(plain_home(), healthy(finding)).startswith(words)


def test_a_diagnosis_without_anything_is_still_a_text() -> None:
    told = screen(plain_home(), Diagnosis(exit=Exit.HEALTHY, answers=(), findings=()))
    assert "1 What was found" in told
