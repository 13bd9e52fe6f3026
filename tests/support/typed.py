"""The command as a person or a script starts it: any words, any streams, any environment."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.calm import assert_calm
from tests.support.pretend import Ran, environment

COMMAND = (sys.executable, "-m", "agent")


@cache
def as_at_home() -> dict[str, str]:
    """The environment without what test machines set for Python: streams are buffered as usual.

    A hundred starts of the command compile it once, and leave nothing in the tree.
    """
    folder = tempfile.mkdtemp(prefix="upstun-compiled-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environ = {**environment(), "PYTHONPYCACHEPREFIX": folder}
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"):
        environ.pop(name, None)
    return environ


def typed(
    *words: str | bytes,
    folder: Path,
    environ: Mapping[str, str | None] | None = None,
    command: tuple[str, ...] = COMMAND,
    **streams: Any,
) -> Ran:
    """Run it in `folder` to its end; `environ` adds to the environment, or takes away (None).

    `streams` go to `subprocess.run`. No output may hold a traceback.
    """
    changed = {**as_at_home(), "COLUMNS": "80", **(environ or {})}
    done = subprocess.run(
        [*command, *words],
        cwd=folder,
        env={key: value for key, value in changed.items() if value is not None},
        timeout=60,
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
    )
    out, err = (
        (text or b"").decode(errors="backslashreplace") for text in (done.stdout, done.stderr)
    )
    assert_calm(out, err)
    return Ran(done.returncode, out, err)


def in_shell(redirection: str) -> tuple[str, ...]:
    """The command with a shell's redirection behind it, such as `>&-`."""
    return ("sh", "-c", f'exec "$@" {redirection}', "sh", *COMMAND)
