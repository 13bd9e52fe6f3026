"""`upstun history [NAME]`: what the agent did, and why."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from agent.commands.common import Refusal, complain, configured, memory, print_json, tell
from agent.decide.exit_status import Exit
from agent.store import Line


def run(arguments: argparse.Namespace) -> int:
    """Print the latest lines, oldest first."""
    try:
        store = memory(configured(arguments.config))
    except Refusal as refusal:
        return complain(refusal)
    lines = store.history(arguments.lines, arguments.name)
    store.close()
    if arguments.json:
        print_json({"schema": "upstun.history/1", "events": [_document(line) for line in lines]})
        return Exit.HEALTHY
    for line in lines:
        print(f"{_clock(line)}  {line.text}")
    if not lines:
        about = f" about {arguments.name}" if arguments.name else ""
        tell(f"nothing has happened yet{about}")
    return Exit.HEALTHY


def _document(line: Line) -> dict[str, object]:
    return {"at": _clock(line), "type": line.type, "text": line.text, "event": line.body}


def _clock(line: Line) -> str:
    return datetime.fromtimestamp(line.at, UTC).isoformat(timespec="seconds")
