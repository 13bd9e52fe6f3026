"""The command line: parses, calls one thin function per command, and shows no traceback ever.

Results go to stdout, logs to stderr. The exit statuses stand in `agent.decide.exit_status`.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from agent.decide.exit_status import Exit

_SOURCES = ("upnp", "natpmp", "stun", "http")
_EXITS = """exit status:
  0 healthy                          5 witnesses disagree, nothing published
  1 wrong now, will right itself     6 offline, captive portal, or no address
  2 usage or configuration           7 DNS infrastructure fault
  3 DNS wrong, you must act          8 provider rejects credentials, or locked
  4 right but unreachable (CGNAT)    9 internal error
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the result is the process's exit status."""
    # Libraries log through `logging`, whose last resort prints tracebacks to stderr.
    logging.basicConfig(handlers=[logging.NullHandler()])
    try:
        arguments = _parser().parse_args(argv)
        command = importlib.import_module(f"agent.commands.{arguments.module}")
        status = int(command.run(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("upstun: stopped by the keyboard", file=sys.stderr)
        return 130  # what shells use for SIGINT
    except BrokenPipeError:
        # The reader went away (`upstun history | head`); the interpreter must not flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.HEALTHY
    except Exception as fault:  # noqa: BLE001  the last line of defence
        print(f"upstun: {_apology(fault)}", file=sys.stderr)
        return Exit.INTERNAL
    return status


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence and whose status is ours."""

    def error(self, message: str) -> NoReturn:
        print(f"upstun: {message}; see: {self.prog} --help", file=sys.stderr)
        raise SystemExit(int(Exit.USAGE))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="upstun",
        description="Keeps a DNS name pointing at the home that this machine is in.",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", metavar="FILE", help="the configuration file")
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", parser_class=_Parser)
    parser.set_defaults(module="overview")

    def add(name: str, help_: str, module: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_, description=help_)
        command.set_defaults(module=module)
        # Accepted behind the command too, where people type it; absent here, the first one counts.
        command.add_argument(
            "--config", metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
        return command

    ip = add("ip", "print the public address and who says so", "ip")
    family = ip.add_mutually_exclusive_group()
    family.add_argument("-4", dest="family", action="store_const", const=4, help="IPv4 (default)")
    family.add_argument("-6", dest="family", action="store_const", const=6, help="IPv6")
    ip.add_argument("--source", choices=_SOURCES, help="ask this kind of witness alone")
    ip.add_argument("--all", action="store_true", help="ask every witness and show each answer")
    _json(ip)

    once = add("once", "bring every record to a settled end, verified; for cron and timers", "once")
    once.add_argument("--dry-run", action="store_true", help="decide, but send nothing")
    _json(once)

    add("run", "stay and keep every record right: the daemon", "run")

    check = add("check", "explain every mistake in the configuration at once", "check")
    check.add_argument(
        "--online", action="store_true", help="also prove the credentials, without writing"
    )
    _json(check)

    unlock = add("unlock", "lift the lock of an account after you mended its cause", "unlock")
    unlock.add_argument("account", metavar="ACCOUNT")

    history = add("history", "what was judged, done and served, oldest first", "history")
    history.add_argument("name", nargs="?", metavar="NAME", help="only about this name")
    history.add_argument("-n", dest="lines", type=_count, default=50, help="how many (default 50)")
    _json(history)

    providers = add(
        "providers", "which DNS services are supported, and their settings", "providers"
    )
    providers.add_argument("id", nargs="?", metavar="ID", help="only this service, in full")
    _json(providers)

    demo = add("demo", "watch the whole agent at work in a pretend home, offline", "demo")
    _json(demo)
    return parser


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print exactly one JSON document")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _apology(fault: BaseException) -> str:
    """Name what broke and where, without a traceback: its text might hold anything."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = ""
    if trace is not None:
        where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    return (
        f"something failed inside ({type(fault).__name__}{where}). Nothing was lost; "
        "please report this line."
    )
