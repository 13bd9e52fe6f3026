"""Which severities and exit statuses the rules write beside a code, read from their source.

What a rule computes cannot be read; it is left out, and a test runs the rule for it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

from agent.decide.exit_status import Exit
from agent.diagnosis import rules


class Told(NamedTuple):
    """A finding as one branch of a rule makes it; `exit` is None where it is computed."""

    code: str
    severity: str
    exit: int | None


def told_in_rules() -> Iterator[Told]:
    """Every `Finding(code=…, severity=…, exit=…)` of the rules that names its code in words."""
    for path in sorted(Path(rules.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding":
                yield from told_by(node)


def told_by(call: ast.Call) -> Iterator[Told]:
    """What one call makes, on either side of each condition in its arguments."""
    given = {word.arg: word.value for word in call.keywords}
    asked = {
        ast.unparse(part.test)
        for name in ("code", "severity", "exit")
        for part in ast.walk(given.get(name, ast.Pass()))
        if isinstance(part, ast.IfExp)
    }
    for answers in product((True, False), repeat=len(asked)):
        holds = dict(zip(sorted(asked), answers, strict=True))
        code, severity = (_taken(given[name], holds) for name in ("code", "severity"))
        if not (isinstance(code, ast.Constant) and isinstance(severity, ast.Constant)):
            continue
        exit_ = _taken(given["exit"], holds) if "exit" in given else None
        yield Told(str(code.value), str(severity.value), _status(exit_))


def _taken(node: ast.expr, holds: dict[str, bool]) -> ast.expr:
    """The branch of a conditional that is taken."""
    while isinstance(node, ast.IfExp):
        node = node.body if holds[ast.unparse(node.test)] else node.orelse
    return node


def _status(node: ast.expr | None) -> int | None:
    if node is None:
        return int(Exit.HEALTHY)
    name = ast.unparse(node).removeprefix("Exit.")
    return int(Exit[name]) if name in Exit.__members__ else None
