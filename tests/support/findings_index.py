"""The pages about findings, taken apart, and the index of them all (docs/findings.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from agent.diagnosis.codes import CODES

TITLES = (
    "What it means",
    "How upstun knows",
    "What it cannot know",
    "What you can do",
    "For engineers",
)
"""Every page has these sections, in this order, and "See also" at the end."""

RENEWAL = "UPSTUN_GOLDEN=write pytest tests/agent/diagnosis/test_explain.py"
"""The command that writes the index anew."""

_FIXED = re.compile(r"Severity: ([a-z ]+)\. Exit status: ([0-9 or]+)\.")

_HEAD = """\
# Findings

Each finding of `upstun diagnose` has a code, and each code a page: `upstun diagnose --explain CODE`
prints it. The codes are never renamed. Where there are two severities or exit statuses, the page
says which is when.

This index is made from the pages; do not edit it. To renew it:

```
{renewal}
```

| code | what it says | severity | exit status |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. `sections` are the texts below `TITLES`, each in one line, `related` its codes."""

    code: str
    text: str
    title: str
    sections: dict[str, str]
    severities: tuple[str, ...]
    exits: tuple[int, ...]
    related: tuple[str, ...]


def read(code: str) -> Page:
    """The page on a code. Raises ValueError where it does not keep to the plan."""
    text = files("agent.diagnosis").joinpath("pages", f"{code}.txt").read_text("utf-8")
    parts = re.split(rf"^({'|'.join(TITLES)}|See also):", text, flags=re.MULTILINE)
    head, names, bodies = parts[0], parts[1::2], [flat(body) for body in parts[2::2]]
    if names != [*TITLES, "See also"] or not all(bodies):
        raise ValueError(f"{code}: the sections are {names}")
    if not (title := re.fullmatch(rf"{code} - (\S.*\S)\n\n", head)):
        raise ValueError(f"{code}: the first line is not “{code} - a title”, or no blank follows")
    sections = dict(zip(names, bodies, strict=True))
    if not (fixed := _FIXED.match(sections["For engineers"])):
        raise ValueError(f"{code}: “For engineers” begins with no severity and exit status")
    return Page(
        code=code,
        text=text,
        title=title[1],
        sections=sections,
        severities=tuple(fixed[1].split(" or ")),
        exits=tuple(map(int, fixed[2].split(" or "))),
        related=tuple(sections["See also"].split(", ")),
    )


def flat(text: str) -> str:
    """`text` in one line, so that a phrase is found wherever its line was broken."""
    return " ".join(text.split())


def render() -> str:
    """The index: one row for each page, by its code."""
    rows = [
        f"| [`{page.code}`](../agent/diagnosis/pages/{page.code}.txt) | {page.title} "
        f"| {' or '.join(page.severities)} | {' or '.join(map(str, page.exits))} |\n"
        for page in map(read, sorted(CODES))
    ]
    return _HEAD.format(renewal=RENEWAL) + "".join(rows)
