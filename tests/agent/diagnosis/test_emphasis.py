"""Bold headings on a terminal, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from agent.diagnosis.conclude import conclude
from agent.diagnosis.emphasis import emphasised, wanted
from agent.diagnosis.screen import screen
from tests.support.troubled_homes import HOMES


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "bold"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_bold_is_for_those_who_look_at_a_terminal(
    stream: io.StringIO, environ: dict[str, str], bold: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert wanted(stream, environ) is bold


@pytest.mark.parametrize(("environ", "bold"), [({}, False), ({"WT_SESSION": "1"}, True)])
def test_the_old_console_of_windows_would_show_the_codes(
    environ: dict[str, str], bold: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert wanted(Terminal(), environ) is bold


@pytest.mark.parametrize("name", HOMES)
def test_the_six_questions_and_the_nine_headings_are_bold_and_nothing_else(name: str) -> None:
    home = HOMES[name]()
    text = screen(home, conclude(home))
    bold = emphasised(text)
    assert bold.replace("\x1b[1m", "").replace("\x1b[22m", "") == text
    heads = [part.partition("\x1b[22m")[0] for part in bold.split("\x1b[1m")[1:]]
    assert [head[-1] for head in heads[:6]] == ["?"] * 6
    assert [head[0] for head in heads[6:]] == list("123456789")
    assert set(heads[6:]) <= set(text.splitlines())
