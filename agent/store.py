"""Memory: what was published, what accounts are allowed, what happened. It survives power cuts.

What was written before a provider call is there after the call was cut short. What is known already
is not written again: a quiet home costs the disk nothing. When the disk takes nothing more, the
agent goes on with memory alone, and writes down what it kept as soon as it can.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple, get_args

from agent.decide.plan import Publication, PublicationState
from agent.state_file import StateFile, Statement
from discovery.live_dns.view import RType
from providers.engine import limits
from providers.engine.limits import Ledger

_KEPT_EVENTS = 20_000
_SPARE_EVENTS = 1_000  # so many more gather before the oldest are dropped at a stroke
_MOST_WAITING = 1_000  # lines of history that wait in memory for a disk to take them


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
_LINE = "INSERT INTO events (at, type, name, text, body) VALUES (?, ?, ?, ?, ?)"
_DROP_OLD = """
DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?
AND (SELECT min(id) FROM events) <= (SELECT max(id) FROM events) - ?"""
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
        self._unsaved: dict[_Key, _Row] = {}  # what is not in the file yet
        self._lines: list[Line] = []  # the same, of history
        self._groups = 0  # how many blocks are open in which nothing is written
        self._file = StateFile(path, report)

    def close(self) -> None:
        """Close the file."""
        self._write()
        self._file.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write all that is saved inside at once when the block ends, in whatever way it ends.

        For a thousand records the disk is made to wait once. There should be no `await` inside: it
        would hold up what others save meanwhile. Of blocks within blocks the outermost counts.
        """
        try:
            with self._busy():
                yield
        finally:
            self._save()

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
        """Add a line of history, which is written with the next thing that is saved, or by `flush`.

        Old lines beyond the last 20,000 are dropped now and then.
        """
        self._lines.append(line)

    def flush(self) -> None:
        """Write the lines of history that wait. Other processes see them; a power cut may not."""
        self._write()

    def history(self, limit: int, name: str | None = None) -> tuple[Line, ...]:
        """The latest lines of history, oldest first, of one name or of all."""
        self._write()
        rows = self._file.read(
            "SELECT at, type, name, text, body FROM events WHERE ? IS NULL OR name = ? "
            "ORDER BY id DESC LIMIT ?",
            (name, name, limit),
        )
        return _lines(reversed(rows))

    def latest(self, kind: str, name: str | None, limit: int) -> tuple[Line, ...]:
        """The latest lines of one type about one subject, newest first."""
        rows = self._file.read(
            "SELECT at, type, name, text, body FROM events WHERE type = ? AND name IS ? "
            "ORDER BY id DESC LIMIT ?",
            (kind, name, limit),
        )
        return _lines(rows)

    # ---- rows ------------------------------------------------------------------------------------

    def _remembered(self, table: _Table, *key: str) -> _Row:
        """The row under a key: what is not in the file yet is newer than what is there."""
        if (table, key) in self._unsaved:
            return self._unsaved[table, key]
        rows = self._file.read(table.get, key)
        return rows[0] if rows else None

    def _remember(self, table: _Table, *key: str, row: _Row) -> None:
        """Write the row under a key, unless it stands there."""
        if self._remembered(table, *key) != row:
            self._unsaved[table, key] = row
        self._save()

    def _save(self) -> None:
        if self._unsaved:
            self._write()

    def _write(self) -> None:
        """Write what is not in the file yet, and keep what the disk will not take."""
        while not self._groups and (self._unsaved or self._lines):
            memory = [
                (into.drop, key) if row is None else (into.put, (*key, *row))
                for (into, key), row in self._unsaved.items()
            ]
            lines, self._lines = self._lines, []
            statements = [*memory, *_history(lines)]
            with self._busy():
                written = self._file.write(statements, durably=bool(memory))
            if not written:
                self._lines = [*lines, *self._lines][-_MOST_WAITING:]
                return
            self._unsaved.clear()
            self._file.recovered()

    @contextlib.contextmanager
    def _busy(self) -> Iterator[None]:
        """Trouble with the file is told in events, and those come back here as history: later."""
        self._groups += 1
        try:
            yield
        finally:
            self._groups -= 1


def _history(lines: Sequence[Line]) -> Iterator[Statement]:
    """The statements that add lines to history, and drop the oldest when there are many."""
    for line in lines:
        body = json.dumps(line.body, separators=(",", ":"))
        yield _LINE, (line.at, line.type, line.name, line.text, body)
    if lines:
        yield _DROP_OLD, (_KEPT_EVENTS, _KEPT_EVENTS + _SPARE_EVENTS)


def _lines(rows: Iterable[tuple[Any, ...]]) -> tuple[Line, ...]:
    lines = []
    for at, kind, name, text, body in rows:
        with contextlib.suppress(ValueError):
            line = Line(at=at, type=kind, name=name, text=text, body=json.loads(body))
            lines.append(line)
    return tuple(lines)
