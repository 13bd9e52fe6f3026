"""What the end of a process does about garbage, seen from outside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Only a collection breaks the ring; what it closes over is out of reach of the modules' own end.
_ENDING = """
import gc, os
from agent import collector

class Ring:
    def __init__(self, write=os.write):
        self.write, self.me = write, self
    def __del__(self):
        self.write(1, b"found")

collector.spare()
gc.collect()
Ring()
"""


def ended(*options: str) -> str:
    quiet = {key: value for key, value in os.environ.items() if key != "PYTHONWARNINGS"}
    done = subprocess.run(
        [sys.executable, *options, "-c", _ENDING],
        cwd=ROOT, env=quiet, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_the_end_does_not_look_for_garbage() -> None:
    assert ended() == ""


@pytest.mark.parametrize("option", ["-Werror::ResourceWarning", "-Xdev"])
def test_whoever_asks_for_warnings_is_shown_what_was_left_open(option: str) -> None:
    assert ended(option) == "found"


def test_starting_is_no_reason_to_look_for_garbage() -> None:
    code = (
        "import gc; from agent import collector; collector.spare(); before = gc.get_stats();"
        "import agent.commands.once; after = gc.get_stats();"
        "print(sum(a['collections'] - b['collections'] for a, b in zip(after, before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 10
