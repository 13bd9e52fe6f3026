"""The command as a person or a script starts it: any words, any streams, any environment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.calm import assert_calm
from tests.support.pretend import Ran, environment

COMMAND = (sys.executable, "-m", "agent")


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
    changed = {**environment(), "COLUMNS": "80", **(environ or {})}
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
