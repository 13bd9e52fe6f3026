"""`upstun diagnose` as people start it, in network namespaces with nothing or nobody in them.

Nobody outside may hear of these tests, and every run has to end by itself within its limit.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

from agent.decide.exit_status import Exit
from agent.diagnosis.codes import CODES
from agent.state_lock import state_lock
from agent.wiring import STATE_FILE
from tests.support.calm import assert_calm
from tests.support.pretend import ROOT, Ran
from tests.support.tools import need, need_root
from tests.support.typed import COMMAND, as_at_home, typed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")

SCHEMA = Draft202012Validator(json.loads((ROOT / "docs/diagnose.schema.json").read_text("utf-8")))
SECRET = "c2VjcmV0IG9mIHRoZSBob21lIGtleQ=="
CONFIG = f"""
[agent]
state = "state"
[account.home]
provider = "rfc2136"
server = "192.0.2.53"
key_name = "home-key."
key_secret = "{SECRET}"
[[record]]
name = "home.example.com"
account = "home"
ipv6 = true
"""

# A link whose other end swallows everything: nobody answers, and nothing is refused.
SWALLOWED = """
ip link set lo up
ip link add v0 type veth peer name v1
ip addr add 192.0.2.10/24 dev v0
ip link set v1 up
ip link set v0 up
ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev v0
ip route add default via 192.0.2.1
exec "$@"
"""


def alone(*command: str) -> tuple[str, ...]:
    """A command in a namespace without any network."""
    need_root()
    return (need("unshare"), "--net", *(command or COMMAND))


def swallowed() -> tuple[str, ...]:
    """The command in a namespace where questions lead nowhere."""
    need("ip")
    return alone("sh", "-ec", SWALLOWED, "sh", *COMMAND)


def homeless(folder: Path) -> dict[str, str | None]:
    """An environment in which nothing is configured; the home is a folder of the test's."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_STATE_HOME")
    return {name: str(folder) for name in names}


def diagnose(folder: Path, *words: str, command: tuple[str, ...] = (), **streams: Any) -> Ran:
    """Run it in a namespace with nothing in it."""
    environ = {**homeless(folder), **streams.pop("environ", {})}
    ran = typed(
        "diagnose",
        *words,
        folder=folder,
        environ=environ,
        command=command or alone(),
        **streams,
    )
    assert_calm(ran.stdout, ran.stderr, secrets=[SECRET])
    return ran


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A right configuration with a secret in it."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    path.chmod(0o600)
    return path


# ---- without any network -------------------------------------------------------------------------


def test_without_network_and_configuration_it_says_so_in_plain_words(tmp_path: Path) -> None:
    ran = diagnose(tmp_path)
    assert (ran.status, ran.stderr) == (6, "")
    first, *_ = ran.stdout.split("\n\n")
    assert "IPv4: no, this machine has no way out." in first
    assert "no name is configured yet" in first
    assert max(map(len, ran.stdout.splitlines())) <= 80
    assert "Exit status 6" in ran.stdout.splitlines()[-2]
    assert list(tmp_path.iterdir()) == [], "nothing is written"


def test_without_network_its_document_keeps_to_the_schema(tmp_path: Path) -> None:
    ran = diagnose(tmp_path, "--json")
    SCHEMA.validate(ran.json)
    assert (ran.status, ran.json["exit"], ran.stderr) == (6, 6, "")
    assert ran.json["took_ms"] < 8000
    codes = {one["code"] for one in ran.json["findings"]}
    assert "offline" in codes
    assert codes <= CODES
    assert ran.json["unmeasured"] == {}


def test_with_a_configuration_each_name_and_account_is_told_of(config: Path) -> None:
    ran = diagnose(config.parent, "--json", "--port", "UDP/51820")
    SCHEMA.validate(ran.json)
    assert ran.status == 6
    assert ran.json["port"] == "udp/51820"
    assert [(one["name"], one["type"]) for one in ran.json["dns"]] == [
        ("home.example.com", "A"),
        ("home.example.com", "AAAA"),
    ]
    assert [one["name"] for one in ran.json["accounts"]] == ["home"]
    assert ran.json["summary"]["ipv4"]["reachable"] == {"udp/51820": "unknown"}


def test_where_questions_lead_nowhere_it_ends_within_its_limit(tmp_path: Path) -> None:
    ran = diagnose(tmp_path, "--json", "--port", "tcp/443", command=swallowed())
    SCHEMA.validate(ran.json)
    assert (ran.status, ran.stderr) == (6, "")
    assert ran.json["took_ms"] <= 7100
    assert ran.json["summary"]["ipv4"]["verdict"] == "no_address"
    assert not any(one["address"] for one in ran.json["witnesses"])


# ---- clumsy command lines ------------------------------------------------------------------------

SEE = "; see: upstun diagnose --help"
PORTS = "argument --port: expected udp/N or tcp/N, found"
MISTYPED: list[tuple[tuple[str, ...], str]] = [
    (("--port", "51820"), f'{PORTS} "51820"{SEE}'),
    (("--port", "udp/0"), f'{PORTS} "udp/0"{SEE}'),
    (("--port", "udp/65536"), f'{PORTS} "udp/65536"{SEE}'),
    (("--port", "sctp/80"), f'{PORTS} "sctp/80"{SEE}'),
    (("--port", "udp/tcp"), f'{PORTS} "udp/tcp"{SEE}'),
    (("--port", "80/443"), f'{PORTS} "80/443"{SEE}'),
    (("--port", "udp/٣"), f'{PORTS} "udp/٣"{SEE}'),
    (("--port", ""), f'{PORTS} ""{SEE}'),
    (("--port",), f"argument --port: expected one argument{SEE}"),
    (("--explain",), f"argument --explain: expected one argument{SEE}"),
    (("--explain", "cgant"), 'no finding is called "cgant"; did you mean "cgnat"?'),
    (("--html", ""), f"argument --html: expected the name of a file, found an empty one{SEE}"),
    (
        ("--html", "/no/such/dir/x.html"),
        "the page cannot be written to /no/such/dir/x.html (no such file or directory)",
    ),
    (("--html", "."), "the page cannot be written to . (is a directory)"),
    (("--htm1", "x"), 'diagnose has no option --htm1; did you mean "--html"? See: upstun diagnose '
     "--help"),
    (("udp/51820",), f'"udp/51820" is too much behind diagnose{SEE}'),
]  # fmt: skip


@pytest.mark.parametrize(("words", "complaint"), MISTYPED, ids=lambda value: str(value)[:40])
def test_a_mistyped_command_line_is_answered_by_one_line_at_once(
    tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    assert diagnose(tmp_path, *words) == (2, "", f"upstun: {complaint}\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port", ["UDP/51820", "51820/udp", "udp:51820", "tcp/443"])
def test_a_port_may_be_typed_as_people_do(tmp_path: Path, port: str) -> None:
    told = diagnose(tmp_path, "--json", "--port", port).json["port"]
    assert told == ("tcp/443" if port == "tcp/443" else "udp/51820")


def test_a_word_that_is_no_code_lists_all_codes(tmp_path: Path) -> None:
    ran = diagnose(tmp_path, "--explain", "nonsense")
    assert (ran.status, ran.stdout) == (2, "")
    assert ran.stderr.rstrip().endswith(", ".join(sorted(CODES)))


def test_a_page_for_people_is_no_json(tmp_path: Path) -> None:
    ran = diagnose(tmp_path, "--explain", "cgnat", "--json")
    assert (ran.status, ran.json["schema"], ran.json["exit"]) == (2, "upstun.refusal/1", 2)
    assert ran.json["reasons"] == ["--explain prints a page for people; leave --json out"]


def test_a_page_needs_neither_network_nor_a_right_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[", encoding="utf-8")
    ran = diagnose(tmp_path, "--explain", "CGNAT")
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.stdout.startswith("cgnat - ")


# ---- forms ---------------------------------------------------------------------------------------


def test_a_page_is_written_beside_the_document(config: Path) -> None:
    page = config.parent / "x.html"
    ran = diagnose(config.parent, "--json", "--html", "x.html")
    SCHEMA.validate(ran.json)
    assert (ran.status, ran.stderr.splitlines()[-1]) == (6, "upstun: the page is in x.html")
    text = page.read_text("utf-8")
    assert text.lower().startswith("<!doctype html>")
    assert SECRET not in text


def test_a_masked_document_keeps_to_the_schema_and_names_nobody(config: Path) -> None:
    ran = diagnose(config.parent, "--redact", "--json", "--html", "x.html")
    SCHEMA.validate(ran.json)
    assert ran.json["redacted"] is True
    page = (config.parent / "x.html").read_text("utf-8")
    for text in (ran.stdout, page):
        assert "home.example.com" not in text
        assert "home-key" not in text


def test_a_page_for_which_there_is_no_room_leaves_the_report_as_it_is(tmp_path: Path) -> None:
    ran = diagnose(tmp_path, "--html", "/dev/full")
    assert ran.status == Exit.INTERNAL
    assert "Can people reach you?" in ran.stdout
    assert ran.stderr == (
        "upstun: the page could not be written to /dev/full (no space left on device)\n"
    )


def test_an_old_page_is_kept_where_the_examination_does_not_begin(tmp_path: Path) -> None:
    old = tmp_path / "x.html"
    old.write_text("old", encoding="utf-8")
    ran = diagnose(tmp_path, "--html", "x.html", "--config", "nope.toml")
    assert ran.status == 2
    assert old.read_text("utf-8") == "old"


# ---- streams and the keyboard --------------------------------------------------------------------


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    for words in ((), ("--json",), ("--explain", "cgnat")):
        with Path("/dev/full").open("wb") as full:
            ran = diagnose(tmp_path, *words, stdout=full)
        complaint = "the result could not be written (No space left on device)"
        assert ran == (Exit.INTERNAL, "", f"upstun: {complaint}\n")


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "| true"])
def test_a_reader_that_is_not_there_changes_nothing(tmp_path: Path, redirection: str) -> None:
    shell = alone("bash", "-o", "pipefail", "-c", f'"$@" {redirection}', "bash", *COMMAND)
    need("bash")
    ran = diagnose(tmp_path, command=shell)
    assert (ran.status, ran.stderr) == (6, "")


@pytest.fixture
def examining(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command in the middle of an examination, where nobody answers."""
    changed = {**as_at_home(), **homeless(tmp_path)}
    process = subprocess.Popen(
        [*swallowed(), "diagnose", "--html", "x.html"],
        cwd=tmp_path,
        env={key: value for key, value in changed.items() if value is not None},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        wait_for_questions(process)
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_questions(process: subprocess.Popen[bytes]) -> None:
    """Until it has sockets in its own namespace: questions are under way."""
    its, ours = Path("/proc", str(process.pid)), Path("/proc/self/ns/net").readlink()
    end = time.monotonic() + 20
    while (its / "ns/net").readlink() == ours or len(
        (its / "net/udp").read_text("ascii").splitlines()
    ) < 4:
        assert process.poll() is None, "it ended before it could be interrupted"
        assert time.monotonic() < end, "it asked nobody"
        time.sleep(0.02)


@pytest.mark.parametrize("presses", [1, 3])
def test_the_keyboard_ends_it_without_noise(
    examining: subprocess.Popen[bytes], tmp_path: Path, presses: int
) -> None:
    for _ in range(presses):
        if examining.poll() is None:
            os.kill(examining.pid, signal.SIGINT)
    stdout, stderr = examining.communicate(timeout=20)
    assert_calm(stdout.decode(), stderr.decode())
    assert (examining.returncode, stdout) == (130, b"")
    assert stderr == b"upstun: stopped by the keyboard\n"
    assert not (tmp_path / "x.html").exists()


# ---- configuration and memory --------------------------------------------------------------------


def test_a_broken_configuration_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[agent]\npoll = 5\nlgo = 1\n", encoding="utf-8")
    ran = diagnose(tmp_path, "--json")
    assert (ran.status, ran.json["schema"]) == (2, "upstun.refusal/1")
    assert len(ran.json["reasons"]) == 3
    assert ran.stderr == "".join(f"upstun: {reason}\n" for reason in ran.json["reasons"])


def test_a_configuration_that_is_named_and_not_there_is_no_default(tmp_path: Path) -> None:
    ran = diagnose(tmp_path, "--config", "nope.toml")
    assert (ran.status, ran.stdout) == (2, "")
    assert "nope.toml" in ran.stderr


def test_a_memory_of_a_newer_version_is_left_alone(config: Path) -> None:
    state = config.parent / "state"
    state.mkdir()
    with sqlite3.connect(state / STATE_FILE) as database:
        database.execute("PRAGMA user_version = 999")
        database.execute("CREATE TABLE future (what TEXT)")
    database.close()
    before = (state / STATE_FILE).read_bytes()
    ran = diagnose(config.parent, "--json")
    assert (ran.status, ran.json["schema"]) == (2, "upstun.refusal/1")
    assert "newer" in ran.json["reasons"][0]
    assert (state / STATE_FILE).read_bytes() == before


def test_a_memory_that_is_damaged_does_not_keep_it_from_looking(config: Path) -> None:
    state = config.parent / "state"
    state.mkdir()
    (state / STATE_FILE).write_bytes(b"this is no database" * 100)
    ran = diagnose(config.parent, "--json")
    SCHEMA.validate(ran.json)
    assert ran.status == 6
    assert ran.stderr


def test_a_home_that_cannot_be_written_does_not_keep_it_from_looking(config: Path) -> None:
    """Read-only as in a container, also for root: the folder of the state is a file."""
    (config.parent / "state").write_text("in the way", encoding="utf-8")
    ran = diagnose(config.parent, "--json")
    SCHEMA.validate(ran.json)
    assert ran.status == 6
    assert re.search(r"state", ran.stderr)


def test_a_running_agent_is_not_disturbed(config: Path) -> None:
    """Who holds the state directory may go on: an examination takes no lock."""
    state = config.parent / "state"
    state.mkdir()
    with state_lock(state):
        assert diagnose(config.parent, "--json").json["exit"] == 6
