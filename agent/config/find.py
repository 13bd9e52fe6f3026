"""Where the configuration file is looked for, and where the agent keeps its memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from agent.config.document import is_file

NAME = "config.toml"
VARIABLE = "UPSTUN_CONFIG"


def find_config(
    given: str | None,
    environ: Mapping[str, str],
    *,
    is_file: Callable[[Path], bool] = is_file,
) -> Path | str:
    """The configuration file to read, or one sentence that lists where one was looked for.

    `given` is what `--config` says. It and `$UPSTUN_CONFIG` are taken at their word, even where
    no such file is there: reading it then says so, and no other file is read in its place.
    """
    named = given or environ.get(VARIABLE)
    if named:
        return Path(named)
    places = _places()
    for place in places:
        if is_file(place):
            return place
    listed = ", ".join(str(place) for place in places)
    return (
        f"no configuration was found: --config and ${VARIABLE} name none, and there is none at "
        f"{listed}; copy the example config.toml to one of these."
    )


def default_state(
    environ: Mapping[str, str], *, root: bool | None = None, platform: str = sys.platform
) -> Path:
    """The directory for the agent's memory where `[agent] state` names none.

    systemd names one in `$STATE_DIRECTORY` (the first of several, systemd.exec(5)). `root` says
    whether the agent runs as root; None: find out.
    """
    first, *_ = environ.get("STATE_DIRECTORY", "").split(":" if platform != "win32" else ";")
    if first:
        return Path(first)
    if root is None:
        root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and platform.startswith("linux"):
        return Path("/var/lib/upstun")
    from platformdirs import user_state_path  # noqa: PLC0415 - seldom needed, and not free

    return user_state_path("upstun", appauthor=False)


def _places() -> tuple[Path, ...]:
    from platformdirs import site_config_path, user_config_path  # noqa: PLC0415 - as above

    user = user_config_path("upstun", appauthor=False)
    site = site_config_path("upstun", appauthor=False)
    system = (Path("/etc/upstun"),) if os.name == "posix" else ()
    folders = dict.fromkeys((Path(), user, *system, site))
    return tuple(folder / NAME for folder in folders)
