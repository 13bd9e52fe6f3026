"""The judge of the hardships, on logs that are made up."""

from __future__ import annotations

import pytest

from tests.lab.fair import faults
from tests.lab.places import MOVED, RECORD, STALE, WAN
from tests.lab.writes import Write

HELD = ((0.0, WAN), (100.0, MOVED), (130.0, ""), (140.0, WAN))


def write(at: float, *values: str, rtype: str = "A") -> Write:
    return Write(at, RECORD, rtype, values)


@pytest.mark.parametrize(
    "writes",
    [
        pytest.param((), id="nothing"),
        pytest.param((write(1, WAN), write(100.1, MOVED), write(140.1, WAN)), id="in time"),
        pytest.param(
            (write(100.3, WAN), write(110.3, MOVED)), id="on its way when the line flipped"
        ),
        pytest.param((write(130.2, MOVED),), id="on its way when the line was lost"),
        pytest.param((write(5, WAN), write(5, WAN, rtype="AAAA")), id="two RRsets at once"),
    ],
)
def test_what_was_right_at_its_moment_is_fair(writes: tuple[Write, ...]) -> None:
    assert faults(writes, HELD) == []


@pytest.mark.parametrize(
    ("writes", "words"),
    [
        pytest.param((write(5, WAN), write(14.9, WAN)), "9.900 s after", id="too soon"),
        pytest.param((write(5, MOVED),), f"when the home had {WAN}", id="before it had it"),
        pytest.param((write(101, WAN),), f"when the home had {MOVED}", id="after it had it"),
        pytest.param((write(135, MOVED),), "when the home had none", id="without a line"),
        pytest.param((write(5, STALE),), f"when the home had {WAN}", id="yesterday's"),
        pytest.param((write(5, "192.168.1.10"),), "not an address for everybody", id="private"),
        pytest.param((write(5),), "not one address", id="taken away"),
        pytest.param((write(5, STALE, WAN),), "not one address", id="two"),
    ],
)
def test_what_was_not_is_told(writes: tuple[Write, ...], words: str) -> None:
    assert words in "\n".join(faults(writes, HELD))
