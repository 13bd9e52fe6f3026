"""`upstun` without a command: the version, or what to type."""

from __future__ import annotations

import argparse

from agent.commands.common import tell
from agent.decide.exit_status import Exit
from agent.version import version


def run(arguments: argparse.Namespace) -> int:
    """Print the version when asked for it; else say what to type, as a usage error."""
    if arguments.version:
        print(f"upstun {version()}")
        return Exit.HEALTHY
    tell(
        "a command is missing. To see your address: upstun ip. To watch upstun at work: "
        "upstun demo. All commands: upstun --help"
    )
    return Exit.USAGE
