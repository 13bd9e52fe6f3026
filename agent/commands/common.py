"""What several commands do alike: find and read the configuration, open the state, complain."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from agent.config.document import is_file
from agent.config.find import NAME, default_state, find_config
from agent.config.load import Loaded, load_file
from agent.config.problem import Problem
from agent.decide.exit_status import Exit
from agent.state_file import StateError
from agent.store import Store
from agent.values import Config
from agent.wiring import open_store
from providers import catalogue

_NO_HOME = "this user has no home directory; set $HOME, or name one with"


class Refusal(Exception):
    """The command cannot go on; the lines are for stderr, the status for the shell."""

    def __init__(self, *lines: str, status: Exit = Exit.USAGE) -> None:
        """Hold the lines."""
        super().__init__(*lines)
        self.lines = lines
        self.status = status


def complain(refusal: Refusal, *, as_json: bool = False) -> int:
    """Print why the command cannot go on, and give its status.

    With `as_json` the promise of one JSON document on stdout is kept here too.
    """
    for line in refusal.lines:
        tell(line)
    if as_json:
        reasons = list(refusal.lines)
        status = int(refusal.status)
        print_json({"schema": "upstun.refusal/1", "exit": status, "reasons": reasons})
    return refusal.status


def tell(text: str) -> None:
    """Say something beside the result."""
    print(f"upstun: {text}", file=sys.stderr)


def read(path: Path) -> Loaded | tuple[Problem, ...]:
    """Read one configuration file with the real catalogue and environment."""
    return load_file(
        path,
        environ=os.environ,
        find=catalogue.by_id,
        ids=catalogue.ids,
    )


def where(given: str | None) -> Path:
    """The configuration file to read. Raises Refusal when there is none."""
    found = search(given)
    if isinstance(found, str):
        raise Refusal(found)
    return found


def search(given: str | None) -> Path | str:
    """The configuration file to read, or a sentence that there is none."""
    try:
        return find_config(given, os.environ)
    except RuntimeError:  # platformdirs asks for a home, and in a container a user may have none
        here = Path(NAME)
        return here if is_file(here) else f"no configuration was found: {_NO_HOME} --config FILE"


def configured(given: str | None) -> Config:
    """The configuration, its warnings told. Raises Refusal with every mistake in it."""
    path = where(given)
    loaded = read(path)
    if not isinstance(loaded, Loaded):
        count = len(loaded)
        mistakes = "1 mistake" if count == 1 else f"{count} mistakes"
        raise Refusal(*map(str, loaded), f"{path} has {mistakes}; nothing was done")
    for warning in loaded.warnings:
        tell(f"warning: {warning}")
    return loaded.config


def state_directory(config: Config) -> Path:
    """Where the agent's memory lies. Raises Refusal when no place can be told."""
    if config.state:
        return Path(config.state)
    try:
        return default_state(os.environ)
    except RuntimeError as homeless:  # as in `search`
        raise Refusal(f"there is no place for the state: {_NO_HOME} [agent] state") from homeless


def memory(config: Config) -> Store:
    """The agent's memory on disk. Raises Refusal when a newer upstun wrote it."""
    try:
        return open_store(state_directory(config), tell)
    except StateError as reason:
        raise Refusal(str(reason)) from reason


def print_json(document: Any) -> None:
    """Print exactly one JSON document, in letters that stdout can carry."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:  # Latin-1 in a pipe, or a file name that is no text
        text = json.dumps(document, indent=2)
    print(text)
