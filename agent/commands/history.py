"""`upstun history [NAME]`: what the agent did, and why."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from agent.commands.common import Refusal, complain, configured, memory, print_json, tell
from agent.config.domain import fqdn_of, record_name
from agent.config.form import Misfit
from agent.config.problem import shown
from agent.decide.exit_status import Exit
from agent.store import Line


def run(arguments: argparse.Namespace) -> int:
    """Print the latest lines, oldest first."""
    try:
        name = _name(arguments.name)
        store = memory(configured(arguments.config))
    except Refusal as refusal:
        return complain(refusal, as_json=arguments.json)
    lines = store.history(arguments.lines, name)
    store.close()
    if arguments.json:
        print_json({"schema": "upstun.history/1", "events": [_document(line) for line in lines]})
        return Exit.HEALTHY
    for line in lines:
        print(f"{_clock(line)}  {line.text}")
    if not lines:
        about = f" about {name}" if name else ""
        tell(f"nothing has happened yet{about}")
    return Exit.HEALTHY


def _name(given: str | None) -> str | None:
    """The name as history has it: people type HOME.example.com. as well."""
    if given is None:
        return None
    try:
        return fqdn_of(given, wildcard=True)
    except Misfit as misfit:
        hint = f"; {misfit.hint}" if misfit.hint else ""
        raise Refusal(f"expected {record_name.expected}, found {shown(given)}{hint}") from None


def _document(line: Line) -> dict[str, object]:
    return {"at": _clock(line), "type": line.type, "text": line.text, "event": line.body}


def _clock(line: Line) -> str:
    return datetime.fromtimestamp(line.at, UTC).isoformat(timespec="seconds")
