from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agent.config.find import default_state, find_config


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """The places of a machine whose platform directories lie in a temporary one."""
    user, site = tmp_path / "user", tmp_path / "site"
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: user)
    monkeypatch.setattr("platformdirs.site_config_path", lambda *_, **__: site)
    return [Path("config.toml"), user / "config.toml", site / "config.toml"]


def test_what_the_command_line_says_is_taken_at_its_word() -> None:
    assert find_config("none.toml", {"UPSTUN_CONFIG": "other.toml"}) == Path("none.toml")


def test_then_the_environment_is() -> None:
    assert find_config(None, {"UPSTUN_CONFIG": "other.toml"}) == Path("other.toml")


def test_then_the_first_of_the_places_where_there_is_one(places: list[Path]) -> None:
    for number, place in enumerate(places):
        there = places[number:]
        assert find_config(None, {}, is_file=there.__contains__) == place


def test_an_empty_variable_names_nothing(places: list[Path]) -> None:
    assert find_config("", {"UPSTUN_CONFIG": ""}, is_file=lambda _: True) == places[0]


def test_where_nothing_is_found_every_place_is_named(places: list[Path]) -> None:
    sentence = find_config(None, {}, is_file=lambda _: False)

    assert isinstance(sentence, str)
    assert "\n" not in sentence
    for word in ("--config", "$UPSTUN_CONFIG", *(str(place) for place in places)):
        assert word in sentence
    if sys.platform != "win32":
        assert str(Path("/etc/upstun/config.toml")) in sentence


def test_the_real_platform_directories_work_too() -> None:
    assert isinstance(find_config(None, {}, is_file=lambda _: False), str)


@pytest.mark.parametrize(
    ("environ", "root", "platform", "state"),
    [
        ({"STATE_DIRECTORY": "/var/lib/mine"}, True, "linux", Path("/var/lib/mine")),
        ({"STATE_DIRECTORY": "/var/lib/mine:/b"}, False, "linux", Path("/var/lib/mine")),
        ({"STATE_DIRECTORY": "C:\\mine"}, False, "win32", Path("C:\\mine")),
        ({}, True, "linux", Path("/var/lib/upstun")),
        ({"STATE_DIRECTORY": ""}, True, "linux", Path("/var/lib/upstun")),
        ({}, False, "linux", Path("user")),
        ({}, True, "darwin", Path("user")),
    ],
)
def test_the_memory_has_a_place(
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    root: bool,
    platform: str,
    state: Path,
) -> None:
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: Path("user"))

    assert default_state(environ, root=root, platform=platform) == state


def test_whether_it_runs_as_root_is_found_out() -> None:
    assert default_state({}).name == "upstun"
