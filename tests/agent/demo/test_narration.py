"""The demo's whole text, held against golden files.

After a wanted change, `python -m tests.agent.demo.test_narration` writes them anew; read the diff.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from agent.demo.narration import ending, opening, tell
from agent.demo.tale import (
    Checked,
    Happening,
    LineUp,
    Noticed,
    Published,
    Quiet,
    Served,
    Stalled,
    Tale,
)

FIRST, SECOND, THIRD = map(IPv4Address, ("81.2.69.142", "81.2.69.160", "189.160.200.112"))
GOLDEN = Path(__file__).with_name("golden")
SERVED = Served(after=1.0214, agreeing=2, asked=2)


def check(wanted: IPv4Address, *answers: IPv4Address) -> Checked:
    return Checked(wanted=wanted, answers=tuple(frozenset({str(one)}) for one in answers))


WELL: tuple[Happening, ...] = (
    LineUp(at=0.0, before=None, address=FIRST),
    Noticed(after=0.0126, sources=("upnp", "stun")),
    Published(after=0.0389),
    Served(after=0.2014, agreeing=2, asked=2),
    check(FIRST, FIRST, FIRST),
    LineUp(at=0.51, before=FIRST, address=SECOND),
    Noticed(after=0.812, sources=("stun", "http")),
    Published(after=0.84),
    SERVED,
    check(SECOND, SECOND, SECOND),
    LineUp(at=12.5, before=SECOND, address=THIRD),
    Noticed(after=0.812, sources=("upnp",)),
    Published(after=0.84),
    SERVED,
    check(THIRD, THIRD, THIRD),
    Quiet(at=14.1),
)
STALLED: tuple[Happening, ...] = (
    *WELL[:6],
    Noticed(after=0.812, sources=("upnp", "stun")),
    Stalled(waited=10.0, last_word="ns1.example.com refuses the key home. (BADSIG)."),
)
LAGGING: tuple[Happening, ...] = (*WELL[:9], check(SECOND, SECOND, FIRST))


def text(happenings: tuple[Happening, ...], *, planned: int, router: bool = True) -> str:
    tale = Tale(happenings=happenings, planned=planned, calls=3, rounds=5)
    return (
        opening(router=router)
        + "".join(map(tell, happenings))
        + ending(tale, example="/usr/lib/python3/agent/demo/config.toml")
    )


FAULT = Tale(
    happenings=(), planned=3, fault="the pretend home cannot be set up: no ports are left."
)
TEXTS = {
    "well": text(WELL, planned=3),
    "stalled": text(STALLED, planned=3),
    "lagging": text(LAGGING, planned=3, router=False),
    "fault": opening(router=True) + ending(FAULT, example=""),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_is_the_golden_one(name: str) -> None:
    assert TEXTS[name] == (GOLDEN / f"{name}.txt").read_text(encoding="ascii")


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_plain_ascii_in_eighty_columns(name: str) -> None:
    assert TEXTS[name].isascii()
    assert not any(ord(char) < ord(" ") for char in TEXTS[name].replace("\n", ""))
    assert max(map(len, TEXTS[name].splitlines())) <= 80


if __name__ == "__main__":
    for name_, text_ in TEXTS.items():
        (GOLDEN / f"{name_}.txt").write_text(text_, encoding="ascii")
