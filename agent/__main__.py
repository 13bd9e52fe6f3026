"""The command's very first lines, for the script `upstun` and for `python -m agent`.

Loading the command takes a tenth of a second. A key pressed or a signal sent in that moment must
not end in a traceback: until the command can answer, the keyboard ends the process silently, and
the signals that mean "reload" and "look now" wait for nobody.
"""

import signal
import sys


def main() -> int:
    """Load the command and run it."""
    keyboard = signal.getsignal(signal.SIGINT)  # a background job is started deaf to it
    if keyboard is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    for name in ("SIGHUP", "SIGUSR1"):
        if "run" in sys.argv and hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    from agent import cli  # noqa: PLC0415  this is what takes its time

    signal.signal(signal.SIGINT, keyboard)
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
