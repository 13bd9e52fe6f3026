"""Memory on disk: kept over a restart, set aside when damaged, never fatal."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from agent import store as store_module
from agent.decide.plan import Publication
from agent.state_file import SCHEMA_VERSION, StateError
from agent.store import Line, Store
from providers.engine.limits import Ledger, Lock
from providers.engine.outcome import Cause
from tests.support.tools import need, need_root

SENT = Publication(address=ip_address("81.2.69.142"), state="sending", at=1000.0, since=900.0)
LOCKED = Ledger(
    locks=(Lock(cause=Cause.BLOCKED, text="abuse", since=5.0, fingerprint="f", name=""),)
)


@pytest.fixture
def told() -> list[str]:
    return []


_OPENED: list[Store] = []


@pytest.fixture(autouse=True)
def close_all() -> Iterator[None]:
    """Python 3.13 warns of a database that nobody closed."""
    yield
    while _OPENED:
        _OPENED.pop().close()


def opened(path: Path, told: list[str]) -> Store:
    _OPENED.append(Store(path / "state.sqlite3", told.append))
    return _OPENED[-1]


def test_what_was_written_is_there_after_a_restart(tmp_path: Path, told: list[str]) -> None:
    store = opened(tmp_path, told)
    store.save_publication("home.example.com", "A", SENT)
    store.save_ledger("home", LOCKED)
    store.save_fact("salt", "00ff")
    store.append(Line(at=1.0, type="Served", name="home.example.com", text="done", body={"a": 1}))
    store.flush()
    # The process dies here: nothing is closed.
    again = opened(tmp_path, told)
    assert again.publication("home.example.com", "A") == SENT
    assert again.ledger("home") == LOCKED
    assert again.fact("salt") == "00ff"
    assert [line.body for line in again.history(10)] == [{"a": 1}]
    assert told == []


def test_a_new_store_remembers_nothing(tmp_path: Path, told: list[str]) -> None:
    store = opened(tmp_path, told)
    assert store.publication("home.example.com", "A") is None
    assert store.ledger("home") == Ledger()
    assert store.fact("salt") is None
    assert store.history(10) == ()
    assert store.latest("Served", None, 10) == ()


def test_what_was_sent_can_be_forgotten(tmp_path: Path, told: list[str]) -> None:
    store = opened(tmp_path, told)
    store.save_publication("a", "A", SENT)
    store.save_publication("b", "A", SENT)
    store.save_publication("a", "A", None)
    assert store.publication("a", "A") is None
    assert store.publication("b", "A") == SENT


@pytest.mark.parametrize(
    "damage",
    [b"", b"\0" * 100, b"not a database at all" * 50, os.urandom(5000)],
    ids=["empty", "zeros", "text", "random"],
)
def test_a_damaged_file_is_set_aside_or_begun_anew_and_work_goes_on(
    tmp_path: Path, told: list[str], damage: bytes
) -> None:
    (tmp_path / "state.sqlite3").write_bytes(damage)
    store = opened(tmp_path, told)
    store.save_ledger("home", LOCKED)
    assert opened(tmp_path, told).ledger("home") == LOCKED
    if damage:
        aside = tmp_path / "state.sqlite3.damaged-1"
        assert aside.read_bytes() == damage, "nothing is lost"
        assert str(aside) in told[0], "its name is told"


def test_a_file_that_is_damaged_in_its_middle_is_set_aside_when_that_shows(
    tmp_path: Path, told: list[str]
) -> None:
    store = opened(tmp_path, told)
    for number in range(200):
        line = Line(at=1.0, type="Served", name=f"n{number}", text="x" * 100, body={})
        store.append(line)
    store.close()
    file = tmp_path / "state.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    file.write_bytes(content)
    again = opened(tmp_path, told)
    assert again.history(1000) == ()
    again.save_ledger("home", LOCKED)
    assert again.ledger("home") == LOCKED
    assert (tmp_path / "state.sqlite3.damaged-1").exists()


def test_a_second_damaged_file_does_not_overwrite_the_first(
    tmp_path: Path, told: list[str]
) -> None:
    for content in (b"one" * 999, b"two" * 999):
        (tmp_path / "state.sqlite3").write_bytes(content)
        opened(tmp_path, told).close()
    assert (tmp_path / "state.sqlite3.damaged-1").read_bytes() == b"one" * 999
    assert (tmp_path / "state.sqlite3.damaged-2").read_bytes() == b"two" * 999


def test_a_directory_in_the_files_place_is_told_and_memory_alone_is_used(
    tmp_path: Path, told: list[str]
) -> None:
    (tmp_path / "state.sqlite3").mkdir()
    store = opened(tmp_path, told)
    store.save_ledger("home", LOCKED)
    assert store.ledger("home") == LOCKED
    assert len(told) == 1
    assert "going on without it" in told[0]


def test_a_disk_that_takes_no_more_is_told_once_and_remembered_in_this_process(
    tmp_path: Path, told: list[str]
) -> None:
    store = opened(tmp_path, told)
    store.save_ledger("home", Ledger())
    store._file._db.execute("PRAGMA query_only = ON")  # every write fails from now on
    store.save_ledger("home", LOCKED)
    store.save_publication("a", "A", SENT)
    store.save_fact("key", "value")
    store.append(Line(at=1.0, type="Served", name=None, text="", body={}))
    assert store.ledger("home") == LOCKED
    assert store.publication("a", "A") == SENT
    assert store.fact("key") == "value"
    assert len(told) == 1


def test_what_the_disk_would_not_take_is_written_once_it_does(
    tmp_path: Path, told: list[str]
) -> None:
    """A lock that was set while the disk was full outlives the process all the same."""
    store = opened(tmp_path, told)
    store.save_publication("b", "A", SENT)
    store._file._db.execute("PRAGMA query_only = ON")
    store.save_ledger("home", LOCKED)
    store.save_publication("b", "A", None)
    store._file._db.execute("PRAGMA query_only = OFF")
    store.save_fact("key", "value")
    again = opened(tmp_path, told)
    assert again.ledger("home") == LOCKED
    assert again.publication("b", "A") is None
    store._file._db.execute("PRAGMA query_only = ON")
    store.save_fact("key", "other")
    assert len(told) == 2, "the next trouble is told again"


def test_what_was_kept_back_never_hides_what_was_written_later(
    tmp_path: Path, told: list[str]
) -> None:
    """`upstun unlock` after a full disk: the daemon must see it."""
    store = opened(tmp_path, told)
    store._file._db.execute("PRAGMA query_only = ON")
    store.save_ledger("home", LOCKED)
    store._file._db.execute("PRAGMA query_only = OFF")
    store.save_ledger("home", LOCKED)
    opened(tmp_path, told).save_ledger("home", Ledger(failures=1))
    assert store.ledger("home") == Ledger(failures=1)


# ---- writing together ----------------------------------------------------------------------------


def traced(store: Store) -> list[str]:
    """The first words of every statement from now on, but for questions."""
    said: list[str] = []

    def note(sql: str) -> None:
        if not sql.startswith("SELECT"):
            said.append(sql.partition("(")[0].partition(" VALUES")[0].strip())

    store._file._db.set_trace_callback(note)
    return said


def line(text: str) -> Line:
    return Line(at=1.0, type="Served", name="a", text=text, body={})


def test_what_is_saved_together_is_one_transaction(tmp_path: Path, told: list[str]) -> None:
    store = opened(tmp_path, told)
    said = traced(store)
    with store.together():
        store.save_ledger("home", LOCKED)
        store.append(line("one"))
        with store.together():
            store.save_publication("a", "A", SENT)
        assert said == []
        assert (store.ledger("home"), store.publication("a", "A")) == (LOCKED, SENT)
    assert said[0] == "BEGIN IMMEDIATE"
    assert said[-1] == "COMMIT"
    assert said.count("COMMIT") == 1
    again = opened(tmp_path, told)
    assert (again.ledger("home"), again.publication("a", "A")) == (LOCKED, SENT)
    assert [one.text for one in again.history(9)] == ["one"]


def test_a_fault_in_the_middle_loses_nothing_that_was_saved(
    tmp_path: Path, told: list[str]
) -> None:
    store = opened(tmp_path, told)

    def stumble() -> None:
        with store.together():
            store.save_ledger("home", LOCKED)
            raise KeyError

    with pytest.raises(KeyError):
        stumble()
    assert opened(tmp_path, told).ledger("home") == LOCKED
    store.save_publication("a", "A", SENT)
    assert opened(tmp_path, told).publication("a", "A") == SENT, "the group is over"


def test_what_a_full_disk_takes_none_of_is_written_whole_later(
    tmp_path: Path, told: list[str]
) -> None:
    store = opened(tmp_path, told)
    store._file._db.execute("PRAGMA query_only = ON")
    with store.together():
        store.save_ledger("home", LOCKED)
        store.save_publication("a", "A", SENT)
        store.append(line("during the trouble"))
    assert (store.ledger("home"), store.publication("a", "A")) == (LOCKED, SENT)
    assert len(told) == 1
    store._file._db.execute("PRAGMA query_only = OFF")
    store.flush()
    again = opened(tmp_path, told)
    assert (again.ledger("home"), again.publication("a", "A")) == (LOCKED, SENT)
    assert [one.text for one in again.history(9)] == ["during the trouble"]


def test_lines_that_no_disk_takes_do_not_fill_the_memory(tmp_path: Path, told: list[str]) -> None:
    store = opened(tmp_path, told)
    store._file._db.execute("PRAGMA query_only = ON")
    for number in range(3000):
        store.append(line(str(number)))
        if number % 100 == 0:
            store.flush()
    store.flush()
    store._file._db.execute("PRAGMA query_only = OFF")
    kept = [one.text for one in store.history(10_000)]
    assert kept == [str(number) for number in range(2000, 3000)]


def test_trouble_that_becomes_a_line_of_history_is_written_with_the_next(tmp_path: Path) -> None:
    """The daemon's history listens to the very trouble that the history has."""
    stores: list[Store] = []
    store = Store(tmp_path / "state.sqlite3", lambda text: stores[0].append(line(text)))
    _OPENED.append(store)
    stores.append(store)
    store._file._db.execute("PRAGMA query_only = ON")
    store.save_ledger("home", LOCKED)
    store._file._db.execute("PRAGMA query_only = OFF")
    (said,) = store.history(9)
    assert "cannot be written" in said.text
    assert opened(tmp_path, []).ledger("home") == LOCKED


def test_what_is_known_already_is_not_written(tmp_path: Path, told: list[str]) -> None:
    store = opened(tmp_path, told)
    store.save_ledger("home", LOCKED)
    store.save_publication("a", "A", SENT)
    store.save_fact("key", "value")
    said = traced(store)
    store.save_ledger("home", LOCKED)
    store.save_publication("a", "A", SENT)
    store.save_publication("b", "A", None)
    store.save_fact("key", "value")
    with store.together():
        pass
    store.flush()
    assert said == []


def test_the_disk_is_made_to_wait_for_what_must_survive_a_power_cut_alone(
    tmp_path: Path, told: list[str]
) -> None:
    store = opened(tmp_path, told)
    said = traced(store)
    store.append(line("one"))
    store.flush()
    store.append(line("two"))
    store.flush()
    assert said[:2] == ["PRAGMA synchronous = NORMAL", "BEGIN IMMEDIATE"]
    assert said.count("COMMIT") == 2
    said.clear()
    store.append(line("three"))
    store.save_ledger("home", LOCKED)
    assert said[:2] == ["PRAGMA synchronous = FULL", "BEGIN IMMEDIATE"]
    assert said.count("COMMIT") == 1
    texts = [one.text for one in opened(tmp_path, told).history(9)]
    assert texts == ["one", "two", "three"]


# ---- disks that die ------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "killed"])
def test_locks_hold_on_a_disk_that_can_only_be_read(tmp_path: Path, closed: bool) -> None:
    """A dying SD card is remounted read-only; a restart loop must not hammer a locked account."""
    unshare = need("unshare")
    need_root()
    store = opened(tmp_path, [])
    store.save_ledger("home", LOCKED)
    if closed:
        store.close()
    script = """
import sys
from pathlib import Path
from agent.store import Store
store = Store(Path(sys.argv[1]), print)
print(store.ledger("home").locks[0].text)
store.save_fact("key", "value")
print(store.fact("key"))
"""
    mount = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}"
    done = subprocess.run(
        [unshare, "-m", "sh", "-c", f'{mount} && exec "$@"', "-",
         sys.executable, "-c", script, tmp_path / "state.sqlite3"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    *said, lock, fact = sorted(done.stdout.splitlines(), key=lambda line: "state" not in line)
    assert (lock, fact, done.stderr) == ("abuse", "value", "")
    assert len(said) == 1
    assert "cannot be written" in said[0]


def test_a_mistake_of_ours_does_not_condemn_a_good_file(tmp_path: Path, told: list[str]) -> None:
    """Only a file that SQLite calls corrupt is set aside; not one that was closed too soon."""
    store = opened(tmp_path, told)
    store.save_ledger("home", LOCKED)
    store.close()
    store.save_fact("key", "value")
    assert store.ledger("home") == Ledger()
    assert not list(tmp_path.glob("*damaged*"))
    assert opened(tmp_path, told).ledger("home") == LOCKED


def test_a_file_of_a_newer_upstun_is_left_untouched(tmp_path: Path, told: list[str]) -> None:
    opened(tmp_path, told).close()
    db = sqlite3.connect(tmp_path / "state.sqlite3")
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    db.close()
    before = (tmp_path / "state.sqlite3").read_bytes()
    with pytest.raises(StateError, match="written by a newer upstun"):
        opened(tmp_path, told)
    assert (tmp_path / "state.sqlite3").read_bytes() == before


def test_one_unreadable_ledger_is_forgotten_and_said(tmp_path: Path, told: list[str]) -> None:
    store = opened(tmp_path, told)
    store._file._db.execute("INSERT INTO ledgers VALUES ('home', '{\"calls\": 7}')")
    assert store.ledger("home") == store.ledger("home") == Ledger()
    assert len(told) == 1
    assert "home" in told[0]


@pytest.mark.parametrize(
    "row",
    [("nonsense", "served", 1.0, 1.0), ("81.2.69.142", "dreamt", 1.0, 1.0),
     ("81.2.69.142", "served", "noon", 1.0), ("81.2.69.142", "served", 1.0, b"\0")],
)  # fmt: skip
def test_an_unreadable_publication_is_none(
    tmp_path: Path, told: list[str], row: tuple[object, ...]
) -> None:
    store = opened(tmp_path, told)
    store._file._db.execute("INSERT INTO publications VALUES ('a', 'A', ?, ?, ?, ?)", row)
    assert store.publication("a", "A") is None


def test_history_does_not_grow_for_ever(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_KEPT_EVENTS", 500)
    store = opened(tmp_path, told)
    for number in range(3300):
        store.append(Line(at=float(number), type="Served", name="a", text="", body={}))
        if number % 100 == 99:
            store.flush()
    kept = store.history(10_000)
    assert 500 <= len(kept) <= 1600
    assert kept[-1].at == 3299.0


def test_history_is_of_one_name_when_asked_and_the_oldest_stands_first(
    tmp_path: Path, told: list[str]
) -> None:
    store = opened(tmp_path, told)
    for at, name in enumerate(("a", "b", "a")):
        store.append(Line(at=float(at), type="Served", name=name, text="", body={}))
    assert [line.at for line in store.history(10, "a")] == [0.0, 2.0]
    assert [line.at for line in store.history(2)] == [1.0, 2.0]
    assert [line.at for line in store.latest("Served", "a", 10)] == [2.0, 0.0]
    assert [line.at for line in store.latest("Served", "a", 1)] == [2.0]


def test_the_state_directory_is_for_its_owner_alone(tmp_path: Path, told: list[str]) -> None:
    opened(tmp_path / "new", told)
    if os.name == "posix":
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0
