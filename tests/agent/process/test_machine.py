"""A machine that is out of order: no place for the state, secrets lying about, deaf streams.

The home and everybody in it are honest; whatever goes wrong is this side of the socket.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.fault_bench import HOME, Bench, open_bench
from tests.support.pretend import Ran
from tests.support.tools import free_port, need, need_root
from tests.support.typed import COMMAND, in_shell, typed

pytestmark = pytest.mark.skipif(os.name != "posix", reason="measures memory by POSIX")

STATE = "state/state.sqlite3"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("machine")) as bench:
        yield bench


@pytest.fixture
def config(bench: Bench, request: pytest.FixtureRequest) -> Path:
    """A right configuration, for a name that only this test uses."""
    letters = "".join(c if c.isalnum() else "-" for c in request.node.name.lower())
    name = f"{letters[-60:].strip('-')}.example.com"
    return bench.write(name, bench.scene())


def once(config: Path, *words: str) -> Ran:
    return typed("--config", str(config), "once", *words, folder=config.parent)


def outcome(ran: Ran) -> tuple[int, str, str | None, bool]:
    (record,) = ran.json["records"]
    return ran.status, record["action"], record["outcome"], record["verified"]


PUSHED = (0, "push", "changed", True)


# ---- state ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("obstacle", ["state", STATE])
def test_without_a_place_for_the_state_the_round_succeeds_and_says_so(
    config: Path, obstacle: str
) -> None:
    """A file where the directory belongs, a directory where the file belongs."""
    if obstacle == "state":
        (config.parent / "state").write_text("a file")
    else:
        (config.parent / STATE).mkdir(parents=True)
    ran = once(config, "--json")
    assert outcome(ran) == PUSHED
    said = [line for line in ran.stderr.splitlines() if "cannot be" in line]
    assert len(said) == 1
    assert str(config.with_name("state")) in said[0] or "state/state.sqlite3" in said[0]
    assert outcome(once(config, "--json"))[1] == "keep"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: os.urandom(9000),
        lambda data: b"not a database at all, but text" * 100,
        lambda data: data[: len(data) // 2],
        lambda data: data[:4096] + os.urandom(len(data) - 4096),
    ],
    ids=["random", "text", "half", "random behind the head"],
)
def test_a_damaged_state_is_never_fatal(config: Path, damage: object) -> None:
    assert once(config).status == 0
    state = config.parent / STATE
    assert callable(damage)
    state.write_bytes(damage(state.read_bytes()))
    ran = once(config, "--json")
    assert outcome(ran) == (0, "keep", None, True)
    assert "something failed inside" not in ran.stderr
    history = typed("--config", str(config), "history", folder=config.parent)
    assert history.status == 0


def test_an_empty_state_file_is_a_new_one(config: Path) -> None:
    (config.parent / "state").mkdir()
    (config.parent / STATE).touch()
    ran = once(config, "--json")
    assert outcome(ran) == PUSHED
    assert "damaged" not in ran.stderr


def test_a_state_of_a_newer_upstun_is_left_alone(config: Path) -> None:
    (config.parent / "state").mkdir()
    with sqlite3.connect(config.parent / STATE) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = (config.parent / STATE).read_bytes()
    ran = once(config, "--json")
    assert (ran.status, ran.json["exit"]) == (2, 2)
    assert "was written by a newer upstun" in ran.json["reasons"][0]
    assert (config.parent / STATE).read_bytes() == before


# ---- configuration and secrets -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "no file of that name"),
        ("folder", "a folder"),
        (b"", "an empty file"),
        (b"\x7fELF\0\0\0\xff\xfe", "bytes that are not UTF-8"),
        ("[agent]".encode("utf-16"), "UTF-16 text"),
        (b"[agent]\npoll = ", "not TOML"),
        (b"#" * (1 << 21), "more than 1 MiB"),
        (b"a = " + b"[" * 20_000, "brackets inside brackets"),
    ],
    ids=["missing", "folder", "empty", "binary", "UTF-16", "half", "2 MiB", "brackets"],
)
@pytest.mark.parametrize("command", ["once", "check"])
def test_a_file_that_is_no_configuration_is_refused_in_words(
    tmp_path: Path, content: bytes | str | None, found: str, command: str
) -> None:
    config = tmp_path / "given.toml"
    if content == "folder":
        config.mkdir()
    elif isinstance(content, bytes):
        config.write_bytes(content)
    ran = typed("--config", str(config), command, "--json", folder=tmp_path)
    assert (ran.status, ran.json["exit"]) == (2, 2)
    (reason, *_) = ran.json.get("reasons") or ran.json["problems"]
    assert reason.startswith(f"{config}:")
    assert found in reason


def by_a_stranger(*words: str, folder: Path) -> Ran:
    """As a user whom the machine does not know, and who owns nothing."""
    need_root()
    unknown = {"HOME": None, "PYTHONPYCACHEPREFIX": None}  # the latter is not for others to read
    stranger = (need("setpriv"), "--reuid", "54321", "--clear-groups")
    run = partial(typed, folder=folder, environ=unknown, command=(*stranger, *COMMAND))
    if run("--version").status != 0:
        pytest.skip("needs a Python and a checkout that other users may read")
    return run(*words)


def test_a_configuration_that_may_not_be_read_is_refused_in_words(config: Path) -> None:
    ran = by_a_stranger("--config", str(config), "once", "--json", folder=Path("/"))
    assert (ran.status, ran.json["exit"]) == (2, 2)
    assert "one that may not be read; run as its owner" in ran.json["reasons"][0]


def put_secret(bench: Bench, config: Path, lines: str) -> None:
    """Take the key out of the configuration, and put these lines in its place."""
    key = f'key_secret = "{bench.home.home.key_secret}"'
    text = config.read_text("utf-8")
    assert key in text
    config.write_text(text.replace(key, lines), "utf-8")


@pytest.mark.parametrize(
    ("content", "mode", "found"),
    [
        ("KEY", 0o644, "found mode 0644; run: chmod 600 key"),
        ("KEY", 0o602, "found mode 0602; run: chmod 600 key"),
        ("folder", 0o700, "a folder"),
        ("", 0o600, "an empty file"),
        ("\n\n", 0o600, "an empty file"),
        (b"\xff\xfe\0k", 0o600, "bytes that are not UTF-8"),
        (None, 0o600, "no file of that name"),
    ],
    ids=["world-readable", "world-writable", "folder", "empty", "blank", "binary", "missing"],
)
def test_a_secret_file_that_is_no_secret_is_refused_in_words(
    bench: Bench, config: Path, content: str | bytes | None, mode: int, found: str
) -> None:
    place = config.with_name("key")
    if content == "folder":
        place.mkdir()
    elif content is not None:
        text = content.encode() if isinstance(content, str) else content
        place.write_bytes(text.replace(b"KEY", bench.home.home.key_secret.encode()))
    if place.exists():
        place.chmod(mode)
    put_secret(bench, config, 'key_secret_file = "key"')
    ran = once(config, "--json")
    assert ran.status == 2
    (reason, _) = ran.json["reasons"]
    assert "key_secret_file: expected a file" in reason
    assert found in reason
    assert bench.home.home.key_secret not in ran.stdout + ran.stderr
    assert bench.served(config.parent.name) == frozenset()


@pytest.mark.parametrize("value", [None, "", "  "], ids=["not set", "empty", "blank"])
def test_a_secret_that_the_environment_lacks_is_refused_in_words(
    bench: Bench, config: Path, value: str | None
) -> None:
    put_secret(bench, config, 'key_secret_env = "THE_KEY"')
    ran = typed(
        *("--config", str(config), "once", "--json"),
        folder=config.parent,
        environ={"THE_KEY": value},
    )
    assert ran.status == 2
    assert "key_secret_env: expected the name of an environment variable" in ran.stdout


# ---- streams -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "redirection", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full", ">/dev/null"]
)
def test_whoever_cannot_hear_changes_nothing(bench: Bench, config: Path, redirection: str) -> None:
    words = ("--config", str(config), "once", "--json")
    ran = typed(*words, folder=config.parent, command=in_shell(redirection))
    assert ran.status == 0, ran
    assert bench.served(config.parent.name) == {HOME}
    if ran.stdout:
        assert outcome(ran) == PUSHED


@pytest.mark.parametrize("both", [False, True])
def test_a_full_disk_behind_stdout_is_told_and_is_no_fault_of_the_program(
    bench: Bench, config: Path, both: bool
) -> None:
    redirection = ">/dev/full" + " 2>/dev/full" * both
    words = ("--config", str(config), "once", "--json")
    ran = typed(*words, folder=config.parent, command=in_shell(redirection))
    assert ran.status == 9
    assert bench.served(config.parent.name) == {HOME}
    if not both:
        assert ran.stderr.splitlines()[-1] == (
            "upstun: the result could not be written (No space left on device)"
        )


@pytest.mark.parametrize("words", [("once", "--json"), ("ip",), ("history",), ("providers",)])
def test_a_reader_that_goes_away_hides_no_exit_status(
    bench: Bench, config: Path, words: tuple[str, ...]
) -> None:
    """`upstun once | head -c0`: nobody reads, and the address cannot be found."""
    scene = bench.scene(order=("stun",), stun=(f"stun:127.0.0.1:{free_port()}",))
    bench.write(config.parent.name, scene)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = typed("--config", str(config), *words, folder=config.parent, stdout=writing)
    finally:
        os.close(writing)
    assert ran.status == (6 if words[0] in ("once", "ip") else 0)
    assert "Broken" not in ran.stderr


# ---- surroundings --------------------------------------------------------------------------------

_ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": None}


@pytest.mark.parametrize(
    "environ",
    [_ASCII, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}],
    ids=["LC_ALL=C", "ascii", "latin-1"],
)
def test_a_locale_without_the_letters_loses_no_word(
    bench: Bench, config: Path, environ: dict[str, str | None]
) -> None:
    """The reason names a menu of a router in typographic quotes, which these locales lack."""
    scene = bench.scene(order=("upnp",), location=f"http://127.0.0.1:{free_port()}/rootDesc.xml")
    bench.write(config.parent.name, scene)
    words = ("--config", str(config), "once", "--json")
    plain = typed(*words, folder=config.parent)
    strange = typed(*words, folder=config.parent, environ=environ)
    assert "“Transmit status information over UPnP”" in plain.stdout
    assert plain.status == strange.status == 6
    assert strange.json == plain.json
    text = typed("--config", str(config), "once", folder=config.parent, environ=environ)
    assert (text.status, "\\u201cTransmit" in text.stdout) == (6, True)


def test_a_user_without_a_home_is_told_what_to_name(tmp_path: Path) -> None:
    """As in a container: neither $HOME nor the password database names one."""
    for words in (("check",), ("once", "--json"), ("history",)):
        ran = by_a_stranger(*words, folder=Path("/"))
        assert ran.status == 2
        assert "this user has no home directory; set $HOME" in ran.stderr
    with TemporaryDirectory() as open_to_all:  # pytest's own folders are not
        folder = Path(open_to_all)
        folder.chmod(0o755)
        (folder / "config.toml").write_text("[agent]\n")
        ran = by_a_stranger("once", folder=folder)
        assert ran.status == 2
        assert "there is no place for the state" in ran.stderr


def test_without_a_terminal_and_without_its_variables_all_is_well(
    bench: Bench, config: Path
) -> None:
    bare = {"HOME": None, "TERM": None, "LANG": None, "USER": None, "COLUMNS": None}
    ran = typed(
        *("--config", str(config), "once", "--json"),
        folder=config.parent,
        environ=bare,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
    )
    assert outcome(ran) == PUSHED


def test_a_current_folder_that_is_gone_is_no_reason_to_fail(bench: Bench, config: Path) -> None:
    bench_state = json.dumps(str(config.with_name("state")))
    text = config.read_text("utf-8").replace('state = "state"', f"state = {bench_state}")
    config.write_text(text, "utf-8")
    gone = config.with_name("gone")
    gone.mkdir()
    command = ("sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", *in_shell("")[4:])
    ran = typed("--config", str(config), "once", "--json", folder=gone, command=command)
    assert outcome(ran) == PUSHED
