"""`upstun diagnose`: explains the home's network. Works without any configuration."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

from agent import lifetime
from agent.commands.common import (
    Refusal,
    complain,
    configured,
    memory,
    print_json,
    search,
    tell,
)
from agent.decide.exit_status import Exit
from agent.diagnosis import explain
from agent.diagnosis.conclude import conclude
from agent.diagnosis.document import as_json
from agent.diagnosis.emphasis import emphasised, wanted
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.examine import Examination
from agent.diagnosis.redact import Redactor
from agent.diagnosis.screen import screen
from agent.diagnosis.wiring import instruments, warm_up
from agent.sinks.fan_out import FanOut
from agent.store import Store
from agent.values import Config
from agent.wiring import defaults, open_world
from discovery.egress import reason
from discovery.path.view import Transport


def run(arguments: argparse.Namespace) -> int:
    """Examine, print, and give the exit status of the heaviest finding."""
    try:
        if arguments.explain is not None:
            print(_page_on(arguments.explain, as_json=arguments.json))
            return Exit.HEALTHY
        config = _config(arguments.config)
        page = _writable(arguments.html)
        evidence = lifetime.run(_examine(config, arguments))
    except Refusal as refusal:
        return complain(refusal, as_json=arguments.json)
    diagnosis = conclude(evidence)
    redactor = Redactor(evidence) if arguments.redact else None
    mask = redactor.text if redactor else str
    status = diagnosis.exit
    if page is not None:
        from agent.diagnosis.page import html  # noqa: PLC0415  loads the template library

        written = _write(page, mask(html(evidence, diagnosis, mask)))
        status = status if written else Exit.INTERNAL
    if arguments.json:
        document = as_json(evidence, diagnosis)
        print_json(redactor.document(document) if redactor else document)
    else:
        text = mask(screen(evidence, diagnosis, mask))
        print(emphasised(text) if wanted(sys.stdout, os.environ) else text)
    return status


def _config(given: str | None) -> Config:
    """The configuration where there is one; the defaults where nobody wrote any."""
    if given is None and isinstance(search(given), str):
        return defaults()
    return configured(given)


async def _examine(config: Config, arguments: argparse.Namespace) -> Evidence:
    port: tuple[Transport, int] | None = arguments.port
    store = memory(config) if config.records else Store(None, tell)
    with closing(store):
        async with open_world(config, store, FanOut()) as world:
            warm_up()
            around = world.surroundings()
            examination = partial(
                Examination,
                world=world,
                config=config,
                tools=instruments(config, around),
                around=around,
                port=port,
            )
            if arguments.json or not sys.stdout.isatty():
                return await examination().run()
            from agent.diagnosis.live import live  # noqa: PLC0415  loads the terminal library

            with live() as show:
                return await examination(tell=show).run()


def _writable(name: str | None) -> Path | None:
    """The page's file, tried before eight seconds are spent. Raises Refusal when it cannot be."""
    if name is None:
        return None
    path = Path(name)
    try:
        new = not path.exists()
        with path.open("a", encoding="utf-8"):
            pass
        if new:
            path.unlink()  # whoever breaks off leaves no empty page behind
    except OSError as fault:
        raise Refusal(f"the page cannot be written to {path} ({reason(fault)})") from fault
    return path


def _write(path: Path, text: str) -> bool:
    """Write the page and say where it is, or why it is nowhere."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        tell(f"the page could not be written to {path} ({reason(fault)})")
        return False
    tell(f"the page is in {path}")
    return True


def _page_on(code: str, *, as_json: bool) -> str:
    """The page on a code. Raises Refusal with the code that may have been meant."""
    if as_json:
        raise Refusal("--explain prints a page for people; leave --json out")
    page = explain.page(code)
    if page is None:
        raise Refusal(explain.unknown(code))
    return page
