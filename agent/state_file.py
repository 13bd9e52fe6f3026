"""The SQLite file that memory lies in: opened, set aside when damaged, done without if it must be.

WAL with `synchronous=FULL`: what a write returned from is there after a power cut. A damaged file
is set aside under a name that is told. Where the disk is full or read-only, what can be read of the
file is copied into memory, so that locks hold on a dying disk.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
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
        self._db = self._open()

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

    def write(self, sql: str, values: tuple[Any, ...]) -> bool:
        """Carry out a statement; whether it is on disk now."""
        try:
            self._db.execute(sql, values)
        except sqlite3.Error as fault:
            self._failed(fault)
            return False
        return True

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
