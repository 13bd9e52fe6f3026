"""`upstun demo`: the whole agent in a pretend home."""

from __future__ import annotations

import argparse
import asyncio
import sys

from agent.demo.story import demo


def run(arguments: argparse.Namespace) -> int:
    """Play the story; 0 only if every flip was published and verified."""
    return asyncio.run(demo(json_output=arguments.json, out=sys.stdout))
