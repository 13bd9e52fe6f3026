"""What reading a configuration needs besides its text: everything from outside, passed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.config.secrets import ReadSecret
from providers.engine.spec import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The ports of the loader.

    `base` is the folder that relative paths start from. `find` gives a provider by its id, `ids`
    all there are. `exposed` says that every user of the machine may read the configuration.
    """

    base: Path
    environ: Mapping[str, str]
    find: Callable[[str], Provider | None]
    ids: Callable[[], Sequence[str]]
    read_secret: ReadSecret
    is_file: Callable[[Path], bool]
    exposed: bool

    def path(self, written: str) -> Path:
        """A path as the configuration writes it: `~` is the home, relative is beside the file."""
        try:
            return self.base / Path(written).expanduser()
        except RuntimeError:  # no home is known, or no such user
            return self.base / written
