"""Finding the real servers that a test talks to, and saying by name which one is missing."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

_SBIN = ("/usr/sbin", "/sbin", "/usr/local/sbin")


def find(tool: str) -> str | None:
    """The path of an installed program, looked for in the administrators' folders too."""
    return shutil.which(tool, path=os.pathsep.join((os.environ.get("PATH", ""), *_SBIN)))


def need(tool: str) -> str:
    """The path of `tool`; without it the test is skipped, or fails where CI demands everything."""
    path = find(tool)
    if path is None:
        absent(f"needs {tool}, which is not installed")
    return path


def need_root() -> None:
    """Skip (or fail under CI) where network namespaces cannot be made."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        absent("needs root, to build network namespaces")


def need_vendor(name: str) -> Path:
    """A file of vendor data, which lies beside the project and is not part of it."""
    path = Path(__file__).parents[2].parent / "shared" / "vendor" / name
    if not path.exists():
        pytest.skip(f"needs the vendor data file {name}, which is not beside this checkout")
    return path


def absent(reason: str) -> NoReturn:
    """Skip with a reason, or fail with it under CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI demands it: {reason}", pytrace=False)
    pytest.skip(reason)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM, host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago; for servers that must be told theirs."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
