"""`python -m tests.lab`: the plain story told step by step, then every case with its result."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.lab.home import Ran
from tests.lab.lab import Lab
from tests.lab.packet import updates
from tests.lab.places import HOME, MOVED, PRIMARY, RECORD, ROUTER, SECONDARY, STUN, WAN
from tests.lab.plan import Plan

_HERE = Path(__file__).parent
_MARKS = {"passed": "ok", "failed": "FAILED", "skipped": "skipped"}


class Results:
    """A pytest plugin that prints every case as it ends, and keeps what those that failed said."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.complaints: dict[str, str] = {}
        self._room = ""
        self._outcome, self._took = "", 0.0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for a case's set-up, its call, and its end."""
        if report.when == "setup":
            self._outcome, self._took = report.outcome, 0.0
        elif report.outcome != "passed":
            self._outcome = report.outcome
        self._took += report.duration
        if report.failed:
            self.complaints[report.nodeid] = report.longreprtext
        if report.when == "teardown":
            self._print(report.nodeid)

    def _print(self, case: str) -> None:
        path, _, name = case.partition("::")
        if path != self._room:
            self._room = path
            say(f"\n{Path(path).stem.removeprefix('test_').replace('_', ' ')}")
        self.count[self._outcome] += 1
        say(f"  {_MARKS[self._outcome]:<7} {self._took:5.1f} s  {_words(name)}")


def story() -> bool:
    """Build the lab, let the record become right twice, and tell it; True when all came true."""
    started = time.monotonic()
    say("Building a home, its router, an Internet provider and a world out of network namespaces")
    with Lab() as lab, tempfile.TemporaryDirectory(prefix="upstun-lab-") as folder:
        lab.arrange(Plan(), Path(folder))
        lab.config()
        say(f"  built in {time.monotonic() - started:.1f} s: home {HOME}, router {ROUTER}")
        say(f"  name servers {PRIMARY} and {SECONDARY}, STUN at {' and '.join(STUN)}")
        _zone(lab)
        say(f"\nThe router has {WAN}. $ upstun once")
        right = _ran(lab, lab.upstun("once", "--json"), provider_calls=1)
        say("\nAgain, with nothing to do. $ upstun once")
        right &= _ran(lab, lab.upstun("once", "--json"), provider_calls=0)
        lab.flip(MOVED)
        say(f"\nThe line reconnects and the router gets {MOVED}. $ upstun once")
        right &= _ran(lab, lab.upstun("once", "--json"), provider_calls=1)
        return right and lab.zone() == {PRIMARY: [MOVED], SECONDARY: [MOVED]}


def cases(selection: str) -> int:
    """Run every case, each printed with its result; the status is pytest's."""
    started = time.monotonic()
    results = Results()
    # An interrupt leaves the command that ran unfinished; that is no finding to print.
    quiet = [
        "-p",
        "no:terminal",
        "-p",
        "no:unraisableexception",
        "-o",
        "addopts=--import-mode=importlib",
    ]
    chosen = ["-m", "lab", "-k", selection]
    status = int(pytest.main([str(_HERE), *quiet, *chosen], plugins=[results]))
    for case, complaint in results.complaints.items():
        say(f"\n{_words(case.partition('::')[2])}\n{complaint}\n")
    words = ", ".join(f"{number} {outcome}" for outcome, number in results.count.items())
    say(f"\n{words or 'no cases'} in {time.monotonic() - started:.0f} s")
    return status


def say(text: str) -> None:
    """Tell one line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _ran(lab: Lab, ran: Ran, *, provider_calls: int) -> bool:
    if not ran.stdout.startswith("{"):
        say(ran.stdout + ran.stderr)
        return False
    sources = " and ".join(ran.ipv4["sources"])
    say(f"  address {ran.ipv4['address']} ({ran.ipv4['verdict']}, by {sources})")
    say(f"  {RECORD}: {ran.record['action']}; {ran.record['reason']}")
    kinds = Counter(packet.kind for packet in ran.left)
    left = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    say(f"  packets that left the home: {left}; changes asked of the provider: {updates(ran.left)}")
    _zone(lab)
    return ran.status == 0 and updates(ran.left) == provider_calls


def _zone(lab: Lab) -> None:
    for server, addresses in lab.zone().items():
        say(f"  {server} serves {RECORD} A {', '.join(addresses) or '(nothing)'}")


def _words(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ").replace("[", ": ").removesuffix("]")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("-k", default="", metavar="WORDS", help="only cases whose name has these")
    parser.add_argument("--no-story", action="store_true", help="the table alone")
    options = parser.parse_args()
    # As an interrupt would: everything that was built is taken down on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        told = options.no_story or story()
        if not told:
            say("\nThe story did not come true.")
        return max(cases(options.k), 0 if told else 1)
    except pytest.skip.Exception as lacking:
        say(f"The lab cannot be built here: it {lacking}.")
    except KeyboardInterrupt:
        say("Interrupted; everything is taken down.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
