"""What people type who have never read the manual, and what they are told."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.state_lock import state_lock
from tests.support.fault_bench import HOME, Bench, open_bench
from tests.support.pretend import ROOT, Ran
from tests.support.tools import need, need_root
from tests.support.typed import COMMAND, typed

pytestmark = pytest.mark.skipif(os.name != "posix", reason="measures memory by POSIX")

NAME = "clumsy.example.com"
COMMANDS = (
    *("ip", "once", "run", "diagnose", "check", "unlock", "history", "providers"),
    "demo",
)
WITH_JSON = tuple(name for name in COMMANDS if name not in ("run", "unlock"))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("clumsy")) as bench:
        yield bench


@pytest.fixture(scope="module")
def config(bench: Bench) -> Path:
    """A right configuration, and a round that has been made with it."""
    config = bench.write(NAME, bench.scene())
    assert bench.run(config, "once").status == 0
    return config


def say(config: Path, *words: str | bytes) -> Ran:
    return typed("--config", str(config), *words, folder=config.parent)


def complaint(ran: Ran) -> str:
    """The one line on stderr of a command line that was not understood."""
    assert (ran.status, ran.stdout) == (2, ""), ran
    (line,) = ran.stderr.splitlines()
    prefix, colon, text = line.partition(": ")
    assert (prefix, colon) == ("upstun", ": ")
    return text


# ---- mistyped command lines ----------------------------------------------------------------------

SEE = "; see: upstun --help"
MISTYPED: dict[tuple[str | bytes, ...], str] = {
    (): "a command is missing. To see your address: upstun ip. To watch upstun at work: upstun "
    "demo. All commands: upstun --help",
    ("onec",): 'no command is called "onec"; did you mean "once"? See: upstun --help',
    ("IP",): 'no command is called "IP"; did you mean "ip"? See: upstun --help',
    ("histroy",): 'no command is called "histroy"; did you mean "history"? See: upstun --help',
    ("help",): f'no command is called "help"; there are: {", ".join(COMMANDS)}{SEE}',
    ("once", "extra"): '"extra" is too much behind once; see: upstun once --help',
    ("once", "--jsn"): 'once has no option --jsn; did you mean "--json"? See: upstun once --help',
    ("once", "--token=s3cret"): "once has no option --token; there are: --help, --config, "
    "--dry-run, --json; see: upstun once --help",
    ("--json", "once"): "--json belongs behind the command, as in: upstun once --json; see: upstun "
    "once --help",
    ("--json",): f"a command is missing before --json{SEE}",
    ("-4", "ip"): f"-4 belongs behind a command, as in: upstun ip -4{SEE}",
    ("ip", "-4", "-6"): "argument -6: not allowed with argument -4; see: upstun ip --help",
    ("ip", "--source", "upn"): '--source knows no "upn"; did you mean "upnp"? See: upstun ip '
    "--help",
    ("ip", "--source", "dns"): '--source knows no "dns"; there are: upnp, natpmp, stun, http; see: '
    "upstun ip --help",
    ("history", "-n", "0"): 'argument -n: expected a whole number from 1 on, found "0"; see: '
    "upstun history --help",
    ("history", "-n", "x"): 'argument -n: expected a whole number from 1 on, found "x"; see: '
    "upstun history --help",
    ("history", "-n", "9" * 30): "argument -n: expected a whole number from 1 on, found "
    f'"{"9" * 30}"; see: upstun history --help',
    ("history", "-n"): "argument -n: expected one argument; see: upstun history --help",
    ("history", ""): 'expected a full name such as "home.example.com", found empty text ("")',
    ("history", "a..b"): 'expected a full name such as "home.example.com", found "a..b"; a dot too '
    "many, or one at the start",
    ("unlock",): "the following arguments are required: ACCOUNT; see: upstun unlock --help",
    ("unlock", "hom"): 'no account is called "hom"; did you mean "home"?',
    ("unlock", "work"): 'no account is called "work"; there are: home',
    ("unlock", "\x1b[2J"): 'no account is called "\\u001b[2J"; there are: home',
    ("unlock", b"\xff"): 'no account is called "\\udcff"; there are: home',
    ("providers", "duckdn"): 'no service is called "duckdn"; did you mean "duckdns"?',
    ("providers", "42"): 'no service is called "42"; see all: upstun providers',
    ("once", "--config"): "argument --config: expected one argument; see: upstun once --help",
    ("--config", "", "once"): "argument --config: expected the name of a file, found an empty one; "
    "see: upstun --help",
}


@pytest.mark.parametrize("words", MISTYPED, ids=repr)
def test_a_mistyped_command_line_is_answered_by_one_helpful_line(
    config: Path, words: tuple[str | bytes, ...]
) -> None:
    assert complaint(say(config, *words)) == MISTYPED[words]


@pytest.mark.parametrize(
    "words", [("--config", "CONFIG", "check"), ("check", "--config", "CONFIG")]
)
def test_the_configuration_is_named_before_or_behind_the_command(
    config: Path, words: tuple[str, ...]
) -> None:
    filled = [word.replace("CONFIG", str(config)) for word in words]
    ran = typed(*filled, folder=Path("/"))
    assert (ran.status, ran.stdout) == (0, f"{config} is right: 1 account, 1 record\n")


@pytest.mark.parametrize(
    ("place", "found"),
    [("FOLDER", "found a folder; name the file"), ("FOLDER/nope.toml", "found no file of that")],
)
@pytest.mark.parametrize("command", ["ip", "once", "run", "check", "history", "unlock x"])
def test_a_configuration_that_is_not_there_is_named(
    tmp_path: Path, place: str, found: str, command: str
) -> None:
    given = place.replace("FOLDER", str(tmp_path))
    ran = typed("--config", given, *command.split(), folder=tmp_path)
    assert (ran.status, ran.stdout) == (2, "")
    first, second = ran.stderr.splitlines()
    assert first.removeprefix("upstun: ").startswith(f"{given}: expected a configuration file")
    assert found in first
    assert second.endswith((": 1 mistake", "has 1 mistake; nothing was done"))


# ---- help ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_eighty_columns_and_says_what_is_printed(tmp_path: Path, command: str) -> None:
    ran = typed(*command.split(), "--help", folder=tmp_path)
    assert (ran.status, ran.stderr) == (0, "")
    assert max(map(len, ran.stdout.splitlines())) <= 80
    assert ran.stdout.startswith(f"usage: upstun {command}".rstrip())
    if command:
        assert "Prints " in " ".join(ran.stdout.split())
        assert "Exit status: see upstun --help." in ran.stdout
    else:
        assert all(f"\n    {name} " in ran.stdout for name in COMMANDS)
        assert all(f"  {number} " in ran.stdout for number in range(10))


def test_python_dash_m_is_the_same_command(config: Path) -> None:
    """The other one is what the installed script `upstun` does, by the word of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, _, function = project["scripts"]["upstun"].partition(":")
    start = f"import sys; from {module} import {function}; sys.exit({function}())"
    script = (sys.executable, "-c", start)
    for words in (
        ("--version",),
        ("onec",),
        ("ip", "--help"),
        ("--config", str(config), "history"),
    ):
        by_name = typed(*words, folder=config.parent, command=script)
        assert by_name == typed(*words, folder=config.parent, command=COMMAND)


# ---- one JSON document ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "schema"),
    [
        ("ip --json", None),
        ("ip --all --json", "upstun.witnesses/1"),
        ("once --json", "upstun.once/1"),
        ("once --dry-run --json", "upstun.once/1"),
        ("check --json", "upstun.check/1"),
        ("check --online --json", "upstun.check/1"),
        ("history --json", "upstun.history/1"),
        ("history nobody.example.com --json", "upstun.history/1"),
        ("providers --json", "upstun.providers/1"),
        ("providers he --json", "upstun.providers/1"),
    ],
)
def test_json_is_exactly_one_document(config: Path, words: str, schema: str | None) -> None:
    ran = say(config, *words.split())
    assert ran.status == 0
    assert ran.json.get("schema") == schema
    assert not schema or "ipv4" not in ran.json


@pytest.mark.parametrize(
    "command", [*(name for name in WITH_JSON if name != "demo"), "providers 42"]
)
def test_a_command_that_cannot_begin_says_so_in_json_too(tmp_path: Path, command: str) -> None:
    """So that whoever reads stdout as JSON always can; people find the same words on stderr."""
    ran = typed(*("--config", "nope.toml", *command.split(), "--json"), folder=tmp_path)
    if command == "providers":
        assert ran.status == 0, "it needs no configuration"
        return
    assert ran.status == ran.json["exit"] == 2
    if command == "check":
        assert ran.json["schema"] == "upstun.check/1", "mistakes are its result"
        assert len(ran.json["problems"]) == 1
        return
    assert ran.json["schema"] == "upstun.refusal/1"
    assert ran.stderr == "".join(f"upstun: {reason}\n" for reason in ran.json["reasons"])


def test_a_mistyped_command_line_leaves_stdout_empty(config: Path) -> None:
    """Whether --json was meant is not known before the words are understood."""
    assert say(config, "once", "--json", "--dryrun").stdout == ""


def test_two_rounds_at_once_the_second_is_refused_in_json_too(config: Path) -> None:
    with state_lock(config.parent / "state"):
        ran = say(config, "once", "--json")
    assert ran.status == ran.json["exit"] == 2
    assert "uses the state directory" in ran.json["reasons"][0]


# ---- odd, but right ------------------------------------------------------------------------------


def test_a_name_may_be_typed_as_people_do(config: Path) -> None:
    plain = say(config, "history", NAME)
    assert f"{NAME} A is served" in plain.stdout
    assert say(config, "history", f"{NAME.upper()}.") == plain
    assert len(say(config, "history", NAME, "-n", "1").stdout.splitlines()) == 1


def test_what_is_printed_for_a_person_reads_as_a_sentence(config: Path) -> None:
    assert say(config, "ip").stdout == f"{HOME}  (the router (UPnP), STUN servers outside)\n"
    assert say(config, "once").stdout == (f"{NAME} A {HOME}  right: 2 of 2 name servers serve it\n")
    assert say(config, "unlock", "home").stdout == "home was not locked\n"
    ran = say(config, "history", "nobody.example.com")
    assert ran.stderr == "upstun: nothing has happened yet about nobody.example.com\n"


def test_an_update_is_told_without_saying_a_word_twice(bench: Bench) -> None:
    fresh = bench.write("fresh.example.com", bench.scene())
    assert say(fresh, "once").stdout == (
        f"fresh.example.com A {HOME}  updated; 2 of 2 name servers serve it\n"
    )


def test_without_any_configuration_and_network_ip_says_that_there_is_no_way_out(
    tmp_path: Path,
) -> None:
    """In a network namespace with nothing in it: nobody outside may hear of this test."""
    need_root()
    alone = (need("unshare"), "--net", *COMMAND)
    empty: dict[str, str | None] = {
        name: str(tmp_path)
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_STATE_HOME")
    }
    for words in (("ip",), ("ip", "-6"), ("ip", "--source", "stun"), ("ip", "--source", "http")):
        ran = typed(*words, folder=tmp_path, environ=empty, command=alone)
        assert ran == (6, "", "upstun: This machine has no way out to the internet.\n")
    document = typed("ip", "--json", folder=tmp_path, environ=empty, command=alone)
    assert document.status == 6
    assert json.loads(document.stdout)["ipv4"]["verdict"] == "offline"
    everybody = typed("ip", "--all", folder=tmp_path, environ=empty, command=alone)
    assert everybody.status == 6
    assert len(everybody.stdout.splitlines()) >= 8
    once = typed("once", folder=tmp_path, environ=empty, command=alone)
    assert (once.status, once.stdout) == (2, "")
    assert once.stderr.startswith("upstun: no configuration was found: ")
