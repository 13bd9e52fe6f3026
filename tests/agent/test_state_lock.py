"""Two agents on one state directory: the second is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.state_lock import Occupied, state_lock

HOLDER = """
import sys
from pathlib import Path
from agent.state_lock import state_lock
with state_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(directory: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_the_second_agent_is_refused_with_the_first_ones_process_number(tmp_path: Path) -> None:
    with hold(tmp_path) as holder:
        told = rf"process {holder.pid}\) uses the state directory"
        with pytest.raises(Occupied, match=told), state_lock(tmp_path):
            pass
        holder.kill()
    with state_lock(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_killed_agent_leaves_no_stale_lock(tmp_path: Path) -> None:
    with hold(tmp_path) as holder:
        holder.kill()
    with state_lock(tmp_path):
        pass


def test_a_directory_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with state_lock(tmp_path / "file" / "below"):
        pass
