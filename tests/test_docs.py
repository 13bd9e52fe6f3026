"""Pages that people read say what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from agent.decide.exit_status import HELD_BY, Exit
from agent.values import Code

ROOT = Path(__file__).parents[1]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("word", sorted({*get_args(Code), *HELD_BY}))
def test_every_word_of_the_interface_is_in_the_page_about_it(word: str) -> None:
    assert f"`{word}`" in page("docs/json.md")


def test_the_readme_lists_every_exit_status() -> None:
    rows = re.findall(r"^\| (\d) \|", page("README.md"), re.MULTILINE)
    assert list(map(int, rows)) == sorted(Exit)


def test_the_readme_begins_with_the_two_commands() -> None:
    top = page("README.md").splitlines()[:8]
    assert any(line.startswith("make demo") for line in top)
    assert any(line.startswith("make test") for line in top)


LINK = re.compile(r"\]\(([^)#:]+)\)")
PAGES = [
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))
]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_between_pages_leads_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    for target in LINK.findall(page(name)):
        assert (folder / target).exists(), target
