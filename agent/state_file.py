"""The SQLite file that memory lies in: opened, set aside when damaged, done without if it must be.

WAL: whatever was written outlives the process, and other processes see it at once. What a durable
write returned from is there after a power cut too, with everything before it; the disk is made to
wait (fsync) for that alone. A damaged file is set aside under a name that is told. Where the disk
is full or read-only, what can be read of the file is copied into memory, so that locks hold on a
dying disk.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

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


Statement = tuple[str, tuple[Any, ...]]
"""SQL and the values for it."""


class StateError(Exception):
    """The state cannot be used at all; the text is one sentence for people."""


class StateFile:
    """One SQLite file. Methods never raise for disk trouble.

    `path` None keeps everything in memory. `report` is told, in one sentence each, what went
    wrong with the file. Raises StateError when a newer upstun wrote it.
    """

    def __init__(self, path: Path | None, report: Callable[[str], None]) -> None:
        """Open or create the file, setting a damaged one aside."""
        self._path = path
        self._report = report
        self._told = ""
        self._durably = True  # as `_prepared` leaves the file
        self._db: sqlite3.Connection
        self._open()

    def close(self) -> None:
        """Close the file; a checkpoint folds the write-ahead log in."""
        self._db.close()

    def recovered(self) -> None:
        """Everything that was kept back is written: the next trouble is news again."""
        self._told = ""

    def read(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows that a query finds; none where the file cannot be read."""
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as fault:
            self._failed(fault)
            return []

    def write(self, statements: Sequence[Statement], *, durably: bool) -> bool:
        """Carry out all the statements or none; whether they were carried out.

        With `durably` they are there after a power cut; otherwise from the next durable write on.
        """
        for _ in range(2):  # where the first try found the file damaged, a new one was begun
            try:
                self._wait_for_disk(durably=durably)
                with _transaction(self._db):
                    for sql, values in statements:
                        self._db.execute(sql, values)
            except sqlite3.Error as fault:
                if not self._failed(fault):
                    return False
            else:
                return True
        return False

    def _wait_for_disk(self, *, durably: bool) -> None:
        """Set what the end of a transaction does; SQLite takes that between transactions only."""
        if durably is not self._durably:
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durably else 'NORMAL'}")
            self._durably = durably

    def _open(self) -> None:
        if self._path is None:
            self._db = _prepared(":memory:")
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = _prepared(str(self._path))
        except (sqlite3.Error, OSError) as fault:
            if _damaged(fault):
                self._set_aside()
            else:
                self._db = _copy_of(self._path)
                self._trouble(fault)

    def _set_aside(self) -> None:
        """A damaged file keeps its bytes under another name: somebody may want to look."""
        self._durably = True
        if self._path is None:
            self._db = _prepared(":memory:")
            return
        try:
            aside = _free_name(self._path)
            for suffix in ("", "-wal", "-shm"):
                part = self._path.with_name(self._path.name + suffix)
                if part.exists():
                    part.rename(aside.with_name(aside.name + suffix))
            self._db = _prepared(str(self._path))
        except (OSError, sqlite3.Error) as fault:
            self._db = _prepared(":memory:")
            self._trouble(fault)
        else:
            self._report(
                f"the state file {self._path} is damaged; it was set aside as {aside} "
                "and a new one was begun. Waits and locks of accounts were in it."
            )

    def _failed(self, fault: sqlite3.Error) -> bool:
        """Make the best of a fault; true when a new file was begun, which may be written."""
        if not _damaged(fault):
            self._trouble(fault)
            return False
        self._db.close()
        self._set_aside()
        return True

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


def _prepared(target: str) -> sqlite3.Connection:
    """Open without transactions of Python's own making."""
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
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # SQLite itself ends some that fail
            db.execute("ROLLBACK")
        raise


def _free_name(path: Path) -> Path:
    """The first name of the form `state.sqlite3.damaged-N` that nothing bears."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside
