"""The garbage collector, told what kind of process this is: one that starts often and ends soon."""

from __future__ import annotations

import atexit
import gc
import sys


def spare() -> None:
    """Spare the collector two pieces of work in which it finds next to nothing.

    Starting makes thirty thousand objects that stay; by its own measure it would go through them
    seventy times (15 ms). At the end it would go through all of them once more (30 ms). Whoever
    asks for warnings keeps that last look: it finds the socket that nobody closed.
    """
    gc.set_threshold(10_000)
    if not sys.warnoptions:
        atexit.register(gc.freeze)
