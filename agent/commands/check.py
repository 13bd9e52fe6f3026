"""`upstun check`: every mistake in the configuration at once; `--online` proves credentials."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from typing import Any

from agent import lifetime
from agent.commands.common import Refusal, complain, print_json, read, where
from agent.config.load import Loaded
from agent.config.problem import Problem
from agent.decide.exit_status import Exit, worst
from agent.prove import prove
from agent.report import EXIT_OF_CAUSE
from agent.sinks.fan_out import FanOut
from agent.store import Store
from agent.values import Config
from agent.wiring import open_world
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged, Unconfirmed


def run(arguments: argparse.Namespace) -> int:
    """Check, print, and give 0, 2 for mistakes, or what the providers said."""
    try:
        path = where(arguments.config)
    except Refusal as refusal:
        return complain(refusal, as_json=arguments.json)
    loaded = read(path)
    problems = () if isinstance(loaded, Loaded) else loaded
    warnings = loaded.warnings if isinstance(loaded, Loaded) else ()
    proofs: dict[str, Outcome | None] = {}
    if isinstance(loaded, Loaded) and arguments.online:
        proofs = lifetime.run(_prove(loaded.config))
    status = Exit.USAGE if problems else worst(map(_exit, proofs.values()))
    if arguments.json:
        print_json(_document(str(path), problems, warnings, proofs, status))
        return status
    for problem in (*problems, *warnings):
        print(problem, file=sys.stderr)
    for name, proof in proofs.items():
        print(f"account {name}: {_words(proof)}")
    if isinstance(loaded, Loaded):
        print(_summary(str(path), loaded))
    else:
        print(f"{path}: {_count(len(problems), 'mistake')}", file=sys.stderr)
    return status


async def _prove(config: Config) -> dict[str, Outcome | None]:
    """Ask every account whether its credentials hold, in a world without a memory."""
    with closing(Store(None, lambda _: None)) as store:
        async with open_world(config, store, FanOut()) as world:
            return await prove(world, config)


def _exit(proof: Outcome | None) -> Exit:
    match proof:
        case None | Changed() | Unchanged():
            return Exit.HEALTHY
        case Refused(cause=cause):
            return EXIT_OF_CAUSE[cause]
        case Unconfirmed():
            return Exit.HEALING


def _words(proof: Outcome | None) -> str:
    match proof:
        case None:
            return "its credentials cannot be proved without an update; the first one will tell"
        case Changed() | Unchanged():
            return "the credentials are accepted"
        case Refused(text=text) | Unconfirmed(text=text):
            return text


def _document(
    path: str,
    problems: tuple[Problem, ...],
    warnings: tuple[Problem, ...],
    proofs: dict[str, Outcome | None],
    status: Exit,
) -> dict[str, Any]:
    return {
        "schema": "upstun.check/1",
        "config": path,
        "exit": int(status),
        "problems": [str(problem) for problem in problems],
        "warnings": [str(warning) for warning in warnings],
        "accounts": [
            {
                "name": name,
                "proved": isinstance(proof, Changed | Unchanged),
                "text": _words(proof),
            }
            for name, proof in proofs.items()
        ],
    }


def _summary(path: str, loaded: Loaded) -> str:
    config = loaded.config
    parts = (_count(len(config.accounts), "account"), _count(len(config.records), "record"))
    warned = f", {_count(len(loaded.warnings), 'warning')}" if loaded.warnings else ""
    return f"{path} is right: {', '.join(parts)}{warned}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
