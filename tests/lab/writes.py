"""What the primary accepted from the home, when, and with which value: BIND's own log tells.

An update is logged line by line as it is carried out, after its prerequisites were found to hold
and its key to suffice; then BIND announces the zone's new serial number to the secondary.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from tests.lab.bind import AGENT_KEY

_WHEN = r"(?P<when>\d\d-\w{3}-\d{4} [\d:.]+)"
_LINE = re.compile(
    rf"(?m)^{_WHEN} (?:client \S+ (?P<client>\S+)/key {re.escape(AGENT_KEY.rstrip('.'))}: "
    r"updating zone '[^']+': (?P<what>[^\n]+)|zone \S+: sending notifies )"
)
_ADDED = re.compile(r"adding an RR at '(?P<name>[^']+)' (?P<rtype>\S+) (?P<value>.+)")
_DELETED = re.compile(r"deleting (?:rrset|an RR) at '?(?P<name>[^' ]+)'? (?P<rtype>\S+)")
_FAILED = re.compile("update (?:unsuccessful|failed)|rolling back|rejected")


class Write(NamedTuple):
    """One RRset as one update left it. `at` is monotonic, exact to a few milliseconds.

    `values` is empty where the RRset was only deleted.
    """

    at: float
    name: str
    rtype: str
    values: tuple[str, ...]


def read_writes(log: str) -> tuple[Write, ...]:
    """Every write of the home's key in a piece of BIND's log, in order."""
    return tuple(write for update in _updates(log) for write in _rrsets(update))


def _updates(log: str) -> Iterator[list[re.Match[str]]]:
    """The lines of each update together."""
    lines: list[re.Match[str]] = []
    for line in _LINE.finditer(log):
        if lines and line["client"] != lines[-1]["client"]:
            yield lines
            lines = []
        if line["what"]:
            lines.append(line)
    if lines:
        yield lines


def _rrsets(lines: list[re.Match[str]]) -> Iterator[Write]:
    if _FAILED.match(lines[-1]["what"]):
        return
    values: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        if change := _DELETED.match(line["what"]):
            values.setdefault((change["name"], change["rtype"]), [])
        elif change := _ADDED.match(line["what"]):
            values.setdefault((change["name"], change["rtype"]), []).append(change["value"])
        else:
            raise AssertionError(f"BIND's log says something new of an update: {line['what']}")
    moment = _monotonic(lines[0]["when"])
    for (name, rtype), data in values.items():
        yield Write(moment, name, rtype, tuple(sorted(data)))


def _monotonic(when: str) -> float:
    """BIND tells the local time of day."""
    told = datetime.strptime(when, "%d-%b-%Y %H:%M:%S.%f").astimezone()
    return told.timestamp() - time.time() + time.monotonic()
