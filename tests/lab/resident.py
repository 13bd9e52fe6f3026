"""The agent as it lives in the home, with the name servers watched beside it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator, Mapping
from typing import Any

from tests.lab.home import Living
from tests.lab.lab import Lab
from tests.lab.served import Served
from tests.support.daemon import until

_GROUPS = {"natpmp_announce": "224.0.0.1:5350", "ssdp": "239.255.255.250:1900"}


class Resident:
    """One run of the agent. `looks` of it are told by what woke it."""

    def __init__(self, lab: Lab, agent: Living, served: Served) -> None:
        self.agent, self.served, self._lab = agent, served, lab

    def serves(self, *values: str, since: float = 0.0, patience: float = 30.0) -> float:
        """The moment when both name servers first served these values, not before `since`."""
        try:
            return self.served.moment(*values, since=since, patience=patience)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.agent.said}") from None

    def listens(self, *names: str) -> None:
        """Wait until these signals are used: the agent says so once it is sure, the kernel at once.

        And until the first round is over, which at a record that is right takes no time.
        """
        self.agent.await_words('"Judged"')
        until(
            lambda: set(names) <= self._used(),
            lambda: f"of {names} only {self._used()}:\n{self.agent.said}",
        )
        self._lab.rest(1.0)

    def ends(self) -> None:
        """Tell it to end, and see that it does so in health."""
        self.agent.tell(signal.SIGTERM)
        assert self.agent.ended() == 0

    def _used(self) -> set[str]:
        told = (event["signal"] for event in self.agent.events if event["type"] == "Listened")
        sockets = self._lab.topology.home.run("ss", "-uln")
        heard = {name for name, group in _GROUPS.items() if group in sockets}
        return {one["name"] for one in told if one["works"]} | heard


@contextlib.contextmanager
def resident(lab: Lab, **tables: Mapping[str, Any]) -> Iterator[Resident]:
    """Start the agent with a log for programs; `tables` are those of `Lab.config`."""
    lab.config(agent={"log": "json"}, **tables)
    with lab.watch_served() as served, lab.living("run") as agent:
        yield Resident(lab, agent, served)
