"""`upstun demo`: the whole agent in a pretend home."""

from __future__ import annotations

import argparse
import sys

from agent import lifetime
from agent.demo.story import demo


def run(arguments: argparse.Namespace) -> int:
    """Play the story; 0 only if every flip was published and verified."""
    return lifetime.run(demo(json_output=arguments.json, out=sys.stdout))
