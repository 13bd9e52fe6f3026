"""Where and with what it was measured: this machine, and the versions of all programs."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from agent.version import version
from tests.bench.programs import DDNS

_PACKAGES = {
    "ddclient": "ddclient",
    "inadyn": "inadyn",
    "miniupnpd (the router)": "miniupnpd-nftables",
    "BIND": "bind9",
    "coturn": "coturn",
}


def versions() -> Mapping[str, str]:
    """By program."""
    debian = {name: _package(package) for name, package in _PACKAGES.items()}
    return {
        "upstun": f"{version()}{_commit()}",
        "Python, of upstun and ddns": platform.python_version(),
        "ddns (NewFuture)": _said(str(DDNS), "--version").split()[0].removeprefix("v"),
        **debian,
    }


def machine() -> Mapping[str, str]:
    """What it is, in words."""
    return {
        "processor": f"{os.cpu_count()} cores of {_after('/proc/cpuinfo', 'model name')}",
        "memory": f"{int(_after('/proc/meminfo', 'MemTotal').split()[0]) / 1024:,.0f} MiB",
        "system": _after("/etc/os-release", "PRETTY_NAME").strip('"'),
        "kernel": f"Linux {platform.release()}",
    }


def now() -> Mapping[str, str]:
    """When, and how busy the machine was with other things in the minute before."""
    load = Path("/proc/loadavg").read_text().split()[0]
    return {"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "load": load}


def _package(name: str) -> str:
    return _said("dpkg-query", "--show", "--showformat=${Version}", name)


def _commit() -> str:
    found = _said("git", "rev-parse", "--short", "HEAD")
    return f", commit {found}" if found else ""


def _said(*command: str) -> str:
    """What a program says; nothing where it is not there or does not know."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _after(path: str, key: str) -> str:
    """What a file has behind a key and `:` or `=`."""
    for line in Path(path).read_text().splitlines():
        if line.startswith(key):
            return line[len(key) :].lstrip(" \t:=").strip()
    return "unknown"
