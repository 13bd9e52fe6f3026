"""The packaged example, and filling the pretend home's endpoints into it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from agent.demo.example import EXAMPLE, fill_in

ROOT = Path(__file__).parents[3]
TEXT = """\
# prose about [nothing] and about nothing = "at all"
[agent]
poll = "5m"
#state = "state"
[account.home]
server = "192.0.2.53:53"
#[account.web]
#server = "https://192.0.2.53"
[[record]]
name = "home.example.com"
"""


def test_the_packaged_example_is_the_projects_own() -> None:
    assert EXAMPLE.read_bytes() == (ROOT / "config.toml").read_bytes()


def test_settings_are_replaced_or_switched_on_in_their_own_table_alone() -> None:
    filled = fill_in(
        TEXT, {"agent.state": r"C:\Temp\käse", "account.home.server": "127.0.0.1:5353"}
    )
    assert tomllib.loads(filled) == {
        "agent": {"poll": "5m", "state": r"C:\Temp\käse"},
        "account": {"home": {"server": "127.0.0.1:5353"}},
        "record": [{"name": "home.example.com"}],
    }
    assert '#server = "https://192.0.2.53"\n' in filled


def test_lists_and_flags_are_written_as_toml() -> None:
    filled = fill_in(TEXT, {"agent.poll": ("a", "b"), "account.home.server": True})
    data = tomllib.loads(filled)
    assert data["agent"]["poll"] == ["a", "b"]
    assert data["account"]["home"]["server"] is True


def test_a_setting_that_the_example_does_not_have_is_named() -> None:
    with pytest.raises(LookupError, match=r"the example has no agent\.pace, dns\.authority"):
        fill_in(TEXT, {"agent.pace": "1s", "agent.poll": "1s", "dns.authority": ()})
