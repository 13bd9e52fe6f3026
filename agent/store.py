"""Memory: what was published, what accounts are allowed, what happened. It survives power cuts.

What was written before a provider call is there after the call was cut short. When the disk takes
nothing more, the agent goes on with memory alone, and writes down what it kept as soon as it can.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple, get_args

from agent.decide.plan import Publication, PublicationState
from agent.state_file import StateFile
from discovery.live_dns.view import RType
from providers.engine import limits
from providers.engine.limits import Ledger

_KEPT_EVENTS = 20_000


class _Table(NamedTuple):
    """How one table of things under a key is read and written."""

    get: str
    put: str
    drop: str = ""


_PUBLICATIONS = _Table(
    get="SELECT address, state, at, since FROM publications WHERE name = ? AND rtype = ?",
    put="INSERT OR REPLACE INTO publications VALUES (?, ?, ?, ?, ?, ?)",
    drop="DELETE FROM publications WHERE name = ? AND rtype = ?",
)
_LEDGERS = _Table(
    get="SELECT body FROM ledgers WHERE account = ?",
    put="INSERT OR REPLACE INTO ledgers VALUES (?, ?)",
)
_FACTS = _Table(
    get="SELECT value FROM facts WHERE key = ?",
    put="INSERT OR REPLACE INTO facts VALUES (?, ?)",
)
_Key = tuple[_Table, tuple[str, ...]]
_Row = tuple[Any, ...] | None  # what stands under a key; None: nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of history: `at` in wall seconds, `text` for people, `body` the event as JSON."""

    at: float
    type: str
    name: str | None
    text: str
    body: dict[str, Any]


class Store:
    """The agent's memory. All times are wall seconds. Methods never raise for disk trouble.

    `path` None keeps everything in memory. `report` is told, in one sentence each, what went
    wrong with the file. Raises StateError when a newer upstun wrote the file.
    """

    def __init__(self, path: Path | None, report: Callable[[str], None]) -> None:
        """Open or create the file, setting a damaged one aside."""
        self._path = path
        self._report = report
        self._unsaved: dict[_Key, _Row] = {}  # what the disk would not take
        self._file = StateFile(path, report)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # ---- publications ----------------------------------------------------------------------------

    def publication(self, name: str, rtype: RType) -> Publication | None:
        """What was last sent for this RRset; None when nothing is remembered."""
        row = self._remembered(_PUBLICATIONS, name, rtype)
        with contextlib.suppress(ValueError, TypeError):
            address, state, at, since = row or ()
            if state in get_args(PublicationState):
                return Publication(
                    address=ip_address(address), state=state, at=float(at), since=float(since)
                )
        return None

    def save_publication(self, name: str, rtype: RType, publication: Publication | None) -> None:
        """Remember what was sent for this RRset; None forgets it."""
        row: _Row = None
        if publication is not None:
            address, state = str(publication.address), publication.state
            row = (address, state, publication.at, publication.since)
        self._remember(_PUBLICATIONS, name, rtype, row=row)

    # ---- ledgers ---------------------------------------------------------------------------------

    def ledger(self, account: str) -> Ledger:
        """The account's ledger; the empty one when nothing is remembered."""
        row = self._remembered(_LEDGERS, account)
        try:
            return limits.from_json(json.loads(row[0])) if row else Ledger()
        except (ValueError, KeyError, TypeError):
            self._report(
                f"the memory of account {account} in {self._path} cannot be read; "
                "its waits and locks are forgotten."
            )
            self.save_ledger(account, Ledger())
            return Ledger()

    def save_ledger(self, account: str, ledger: Ledger) -> None:
        """Remember the account's ledger."""
        self._remember(_LEDGERS, account, row=(json.dumps(limits.to_json(ledger)),))

    # ---- facts -----------------------------------------------------------------------------------

    def fact(self, key: str) -> str | None:
        """A small remembered fact, such as this installation's salt."""
        row = self._remembered(_FACTS, key)
        return str(row[0]) if row else None

    def save_fact(self, key: str, value: str) -> None:
        """Remember a small fact."""
        self._remember(_FACTS, key, row=(value,))

    # ---- history ---------------------------------------------------------------------------------

    def append(self, line: Line) -> None:
        """Add a line of history. Old lines beyond the last 20,000 are dropped now and then."""
        body = json.dumps(line.body, separators=(",", ":"))
        self._file.write(
            "INSERT INTO events (at, type, name, text, body) VALUES (?, ?, ?, ?, ?)",
            (line.at, line.type, line.name, line.text, body),
        )
        rows = self._file.read("SELECT max(id) FROM events", ())
        if rows and rows[0][0] and rows[0][0] % 1000 == 0:
            self._file.write("DELETE FROM events WHERE id <= ?", (rows[0][0] - _KEPT_EVENTS,))

    def history(self, limit: int, name: str | None = None) -> tuple[Line, ...]:
        """The latest lines of history, oldest first, of one name or of all."""
        rows = self._file.read(
            "SELECT at, type, name, text, body FROM events WHERE ? IS NULL OR name = ? "
            "ORDER BY id DESC LIMIT ?",
            (name, name, limit),
        )
        return _lines(reversed(rows))

    def last(self, kind: str, name: str | None) -> Line | None:
        """The latest line of one type about one subject."""
        rows = self._file.read(
            "SELECT at, type, name, text, body FROM events WHERE type = ? AND name IS ? "
            "ORDER BY id DESC LIMIT 1",
            (kind, name),
        )
        lines = _lines(rows)
        return lines[0] if lines else None

    # ---- rows ------------------------------------------------------------------------------------

    def _remembered(self, table: _Table, *key: str) -> _Row:
        """The row under a key: what the disk would not take is newer than what is there."""
        if (table, key) in self._unsaved:
            return self._unsaved[table, key]
        rows = self._file.read(table.get, key)
        return rows[0] if rows else None

    def _remember(self, table: _Table, *key: str, row: _Row) -> None:
        """Write the row under a key, and whatever the disk would not take before."""
        self._unsaved[table, key] = row
        for (into, name), values in tuple(self._unsaved.items()):
            sql, more = (into.drop, ()) if values is None else (into.put, values)
            if not self._file.write(sql, (*name, *more)):
                return
            del self._unsaved[into, name]
        self._file.recovered()


def _lines(rows: Iterable[tuple[Any, ...]]) -> tuple[Line, ...]:
    lines = []
    for at, kind, name, text, body in rows:
        with contextlib.suppress(ValueError):
            line = Line(at=at, type=kind, name=name, text=text, body=json.loads(body))
            lines.append(line)
    return tuple(lines)
