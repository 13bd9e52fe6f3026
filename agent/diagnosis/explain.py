"""`--explain CODE`: the page on a code, from the folder of pages beside this file."""

from __future__ import annotations

from importlib.resources import files

from agent.config.form import near
from agent.config.problem import shown
from agent.diagnosis.codes import CODES


def page(code: str) -> str | None:
    """The page as text; None for a word that is no code. Codes are typed in any case, or with -."""
    word = code.strip().lower().replace("-", "_")
    if word not in CODES:
        return None
    return files("agent.diagnosis").joinpath("pages", f"{word}.txt").read_text("utf-8").rstrip()


def unknown(code: str) -> str:
    """A sentence about a word that is no code, with the nearest one."""
    meant = near(code.strip().lower().replace("-", "_"), sorted(CODES))
    if meant:
        return f'no finding is called {shown(code)}; did you mean "{meant}"?'
    return f"no finding is called {shown(code)}; there are: {', '.join(sorted(CODES))}"
