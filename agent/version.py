"""Which upstun this is."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """The installed version; "0" in a source tree that was never installed."""
    try:
        return metadata.version("upstun")
    except metadata.PackageNotFoundError:
        return "0"
