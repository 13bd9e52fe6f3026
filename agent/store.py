"""Memory on disk: one SQLite file that survives power cuts, and is never fatal.

WAL with `synchronous=FULL`: what was written before a provider call is there after the call was
cut short. A file that is damaged is set aside under a name that is told. When the disk is full or
read-only the agent goes on with what it could read and with memory alone, says so, and writes
down what it kept as soon as the disk takes it again.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple, get_args

from agent.decide.plan import Publication, PublicationState
from discovery.live_dns.view import RType
from providers.engine import limits
from providers.engine.limits import Ledger

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, type TEXT NOT NULL, name TEXT, text TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX events_by_name ON events (name, id);
CREATE TABLE publications (
    name TEXT NOT NULL, rtype TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL,
    at REAL NOT NULL, since REAL NOT NULL, PRIMARY KEY (name, rtype));
CREATE TABLE ledgers (account TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL)
"""
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


class StateError(Exception):
    """The state cannot be used at all; the text is one sentence for people."""


class Store:
    """The agent's memory. All times are wall seconds. Methods never raise for disk trouble.

    `path` None keeps everything in memory. `report` is told, in one sentence each, what went
    wrong with the file. Raises StateError when a newer upstun wrote the file.
    """

    def __init__(self, path: Path | None, report: Callable[[str], None]) -> None:
        """Open or create the file, setting a damaged one aside."""
        self._path = path
        self._report = report
        self._told = ""
        self._unsaved: dict[_Key, _Row] = {}  # what the disk would not take
        self._db = self._open()

    def close(self) -> None:
        """Close the file; a checkpoint folds the write-ahead log in."""
        self._db.close()

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
        self._write(
            "INSERT INTO events (at, type, name, text, body) VALUES (?, ?, ?, ?, ?)",
            (line.at, line.type, line.name, line.text, body),
        )
        rows = self._read("SELECT max(id) FROM events", ())
        if rows and rows[0][0] and rows[0][0] % 1000 == 0:
            self._write("DELETE FROM events WHERE id <= ?", (rows[0][0] - _KEPT_EVENTS,))

    def history(self, limit: int, name: str | None = None) -> tuple[Line, ...]:
        """The latest lines of history, oldest first, of one name or of all."""
        rows = self._read(
            "SELECT at, type, name, text, body FROM events WHERE ? IS NULL OR name = ? "
            "ORDER BY id DESC LIMIT ?",
            (name, name, limit),
        )
        return _lines(reversed(rows))

    def last(self, kind: str, name: str | None) -> Line | None:
        """The latest line of one type about one subject."""
        rows = self._read(
            "SELECT at, type, name, text, body FROM events WHERE type = ? AND name IS ? "
            "ORDER BY id DESC LIMIT 1",
            (kind, name),
        )
        lines = _lines(rows)
        return lines[0] if lines else None

    # ---- rows and the file -----------------------------------------------------------------------

    def _remembered(self, table: _Table, *key: str) -> _Row:
        """The row under a key: what the disk would not take is newer than what is there."""
        if (table, key) in self._unsaved:
            return self._unsaved[table, key]
        rows = self._read(table.get, key)
        return rows[0] if rows else None

    def _remember(self, table: _Table, *key: str, row: _Row) -> None:
        """Write the row under a key, and whatever the disk would not take before."""
        self._unsaved[table, key] = row
        for (into, name), values in tuple(self._unsaved.items()):
            sql, more = (into.drop, ()) if values is None else (into.put, values)
            if not self._write(sql, (*name, *more)):
                return
            del self._unsaved[into, name]
        self._told = ""

    def _open(self) -> sqlite3.Connection:
        if self._path is None:
            return _prepared(":memory:")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return _prepared(str(self._path))
        except (sqlite3.Error, OSError) as fault:
            if _damaged(fault):
                return self._set_aside()
            self._trouble(fault)
            return _copy_of(self._path)

    def _set_aside(self) -> sqlite3.Connection:
        """A damaged file keeps its bytes under another name: somebody may want to look."""
        if self._path is None:
            return _prepared(":memory:")
        try:
            aside = _free_name(self._path)
            for suffix in ("", "-wal", "-shm"):
                part = self._path.with_name(self._path.name + suffix)
                if part.exists():
                    part.rename(aside.with_name(aside.name + suffix))
            self._report(
                f"the state file {self._path} is damaged; it was set aside as {aside} "
                "and a new one was begun. Waits and locks of accounts were in it."
            )
            return _prepared(str(self._path))
        except (OSError, sqlite3.Error) as fault:
            self._trouble(fault)
            return _prepared(":memory:")

    def _read(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as fault:
            self._failed(fault)
            return []

    def _write(self, sql: str, values: tuple[Any, ...]) -> bool:
        try:
            self._db.execute(sql, values)
        except sqlite3.Error as fault:
            self._failed(fault)
            return False
        return True

    def _failed(self, fault: sqlite3.Error) -> None:
        if _damaged(fault):
            self._db.close()
            self._db = self._set_aside()
        else:
            self._trouble(fault)

    def _trouble(self, fault: Exception) -> None:
        """Tell disk trouble once: a full disk fails every write."""
        text = f"the state in {self._path} cannot be written ({fault}); going on without it."
        if text != self._told:
            self._told = text
            self._report(text)


def _damaged(fault: Exception) -> bool:
    """Whether the file itself is broken; a full disk or a lock says nothing against it."""
    code = getattr(fault, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _copy_of(path: Path) -> sqlite3.Connection:
    """What can be read of a file that cannot be written, in memory: locks hold on a dying disk.

    A file that was closed in good order has no log beside it, and SQLite cannot make one there: it
    is read as it stands (`immutable`).
    """
    uri = path.absolute().as_uri()
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        db = sqlite3.connect(":memory:", isolation_level=None)
        try:
            with contextlib.closing(sqlite3.connect(f"{uri}?{mode}", uri=True)) as file:
                file.backup(db)
            return _with_schema(db, str(path))
        except sqlite3.Error:
            db.close()
    return _prepared(":memory:")


def _lines(rows: Iterable[tuple[Any, ...]]) -> tuple[Line, ...]:
    lines = []
    for at, kind, name, text, body in rows:
        with contextlib.suppress(ValueError):
            line = Line(at=at, type=kind, name=name, text=text, body=json.loads(body))
            lines.append(line)
    return tuple(lines)


def _prepared(target: str) -> sqlite3.Connection:
    """Open with autocommit: every write is on disk when it returns."""
    db = sqlite3.connect(target, isolation_level=None, timeout=5.0)
    return _with_schema(db, target)


def _with_schema(db: sqlite3.Connection, target: str) -> sqlite3.Connection:
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise StateError(
                f"{target} was written by a newer upstun (schema {version}, this one knows "
                f"{SCHEMA_VERSION}); use that one, or another state directory."
            )
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        if version == 0:
            with _transaction(db):
                for statement in _SCHEMA.split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        db.close()
        raise
    return db


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _free_name(path: Path) -> Path:
    """The first name of the form `state.sqlite3.damaged-N` that nothing bears."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside
