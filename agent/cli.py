"""The command line: parses, calls one thin function per command, and shows no traceback ever.

Results go to stdout, logs to stderr. The exit statuses stand in `agent.decide.exit_status`.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from agent import collector
from agent.commands.outlet import outlets
from agent.commands.usage import Parser, count, file_name, port
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
    collector.spare()
    # Libraries log through `logging`, whose last resort prints tracebacks to stderr.
    logging.basicConfig(handlers=[logging.NullHandler()])
    with outlets() as stdout:
        status = _run(argv)
        stdout.finish()
        if stdout.fault:
            print(f"upstun: the result could not be written ({stdout.fault})", file=sys.stderr)
            return Exit.INTERNAL
    return status


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = _parse(argv)
        command = importlib.import_module(f"agent.commands.{arguments.module}")
        return int(command.run(arguments))
    except SystemExit as end:  # how argparse ends, after its help as after its complaint
        return int(end.code or 0)
    except KeyboardInterrupt:
        print("upstun: stopped by the keyboard", file=sys.stderr)
        return 130  # what shells use for SIGINT
    except Exception as fault:  # noqa: BLE001  the last line of defence
        print(f"upstun: {_apology(fault)}", file=sys.stderr)
        return Exit.INTERNAL


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    arguments, rest = _parser().parse_known_args(argv)
    if rest:
        arguments.parser.refuse(rest)
    return arguments


def _parser() -> Parser:
    parser = Parser(
        prog="upstun",
        description="Keeps a DNS name pointing at the home that this machine is in.",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", metavar="FILE", type=file_name, help="the configuration file")
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", parser_class=Parser)
    parser.set_defaults(module="overview", parser=parser)

    def add(name: str, help_: str, prints: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=help_,
            description=f"{help_[0].upper()}{help_[1:]}. {prints}",
            epilog="Exit status: see upstun --help.",
        )
        command.set_defaults(module=name, parser=command)
        # Accepted behind the command too, where people type it; absent here, the first one counts.
        command.add_argument(
            "--config",
            metavar="FILE",
            type=file_name,
            default=argparse.SUPPRESS,
            help=argparse.SUPPRESS,
        )
        return command

    ip = add(
        "ip",
        "show this home's public address",
        "Prints the address and who says so, of those in the home and outside. Needs no "
        "configuration.",
    )
    family = ip.add_mutually_exclusive_group()
    family.add_argument("-4", dest="family", action="store_const", const=4, help="IPv4 (default)")
    family.add_argument("-6", dest="family", action="store_const", const=6, help="IPv6")
    ip.add_argument("--source", choices=_SOURCES, help="ask this kind of witness alone")
    ip.add_argument("--all", action="store_true", help="ask every witness and show each answer")
    _json(ip)

    once = add(
        "once",
        "set every name right that is wrong, and prove it; for cron and timers",
        "Prints a line for each name: its address, what was done, and why.",
    )
    once.add_argument("--dry-run", action="store_true", help="decide, but send nothing")
    _json(once)

    add(
        "run",
        "stay and keep every name right: the daemon",
        "Prints nothing but its log, to standard error: a line for each thing that changed.",
    )

    diagnose = add(
        "diagnose",
        "explain this home's network: can people reach you, and if not, why",
        "Prints six answers in plain words, what was found, and the evidence. Takes 8 seconds at "
        "most and changes nothing. Needs no configuration; with one it looks at each name too.",
    )
    diagnose.add_argument(
        "--port",
        type=port,
        metavar="udp/N",
        help="prove whether strangers reach this port of this machine (udp/51820, tcp/443)",
    )
    diagnose.add_argument(
        "--redact", action="store_true", help="mask addresses and names, to show it to others"
    )
    diagnose.add_argument(
        "--html", metavar="FILE", type=file_name, help="also write it as a page with a picture"
    )
    diagnose.add_argument(
        "--explain", metavar="CODE", help="explain a word of the findings, and stop"
    )
    _json(diagnose)

    check = add(
        "check",
        "explain every mistake in the configuration at once",
        "Prints of each where it is, what was expected, what was found, and what to do.",
    )
    check.add_argument(
        "--online", action="store_true", help="also prove the credentials, without writing"
    )
    _json(check)

    unlock = add(
        "unlock",
        "call a DNS service again that refused, after you mended the cause",
        "Prints why its account was locked.",
    )
    unlock.add_argument(
        "account", metavar="ACCOUNT", help="the name behind account. in the configuration"
    )

    history = add(
        "history",
        "tell what was judged, done and served",
        "Prints a line for each with its time (UTC), oldest first.",
    )
    history.add_argument("name", nargs="?", metavar="NAME", help="only about this name")
    history.add_argument("-n", dest="lines", type=count, default=50, help="how many (default 50)")
    _json(history)

    providers = add(
        "providers",
        "list the DNS services that are supported",
        "Prints a line for each, or all settings of one.",
    )
    providers.add_argument("id", nargs="?", metavar="ID", help="only this service, in full")
    _json(providers)

    demo = add(
        "demo",
        "watch the whole agent at work in a pretend home, offline",
        "Prints what happens as it happens, and a summary.",
    )
    _json(demo)
    return parser


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print exactly one JSON document")


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
