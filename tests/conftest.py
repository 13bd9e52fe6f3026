"""What holds for every test."""

from __future__ import annotations

import signal

# A shell starts its background jobs deaf to SIGINT (POSIX shell, section 2.11), and so is a
# CI runner's job and every child of it. Tests of the keyboard need children that hear it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
