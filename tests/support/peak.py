"""Run a command and write down its greatest memory: `python -I -S peak.py REPORT COMMAND...`.

A process of its own, and a small one: Linux counts the pages of whoever forks into the peak of the
child (setrusage(2) knows no reset at exec), and a test run of a hundred MiB would hide everything.
The report is in bytes and includes helper processes that the command waited for.
"""

from __future__ import annotations

import os
import sys


def main(report: str, *command: str) -> int:
    """Run `command` to its end; its status, or 128 and the signal's number."""
    child = os.fork()
    if child == 0:
        os.execv(command[0], command)
    _, ended, usage = os.wait4(child, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    with open(report, "w", encoding="ascii") as file:  # noqa: PTH123  pathlib is large
        file.write(str(usage.ru_maxrss * unit))
    status = os.waitstatus_to_exitcode(ended)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
