"""A provider whose whole mind is one function, for stories about how the agent calls providers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from agent.values import Account, Config, Record
from providers.engine.outcome import Changed, Outcome
from providers.engine.spec import Provider
from providers.engine.wire import Call, Fault, Held, Job, Reading, Reply, Request, Response, Steps
from tests.sim.home import NAME, SimHome, Values, config


@dataclass
class SimService:
    """`mind` answers each errand; what it accepts is published, unless `publishes` is false."""

    home: SimHome
    mind: Callable[[Job], Outcome] = lambda _job: Changed()
    publishes: bool = True
    batch: Literal["name", "zone"] = "name"
    readable: bool = False
    took: float = 0.1
    jobs: list[Job] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    holds: dict[str, Values] = field(default_factory=dict)

    @property
    def provider(self) -> Provider:
        return Provider(
            id="sim",
            title="Sim",
            docs="",
            fields=(),
            update=self._update,
            read=self._read if self.readable else None,
            batch=self.batch,
        )

    @property
    def names(self) -> list[tuple[str, ...]]:
        """The names of every errand, in order."""
        return [tuple(rrset.name for rrset in job.rrsets) for job in self.jobs]

    def _update(self, job: Job) -> Steps:
        self.jobs.append(job)
        outcome = self.mind(job)
        if isinstance(outcome, Changed):
            for rrset in job.rrsets:
                self.holds[rrset.name] = rrset.values  # type: ignore[assignment]  # all IPv4
                if self.publishes:
                    self.home.publish(self.holds[rrset.name], rrset.name)
        yield Request(method="POST", url="https://sim.example/", write=True)
        return outcome

    def _read(self, job: Job) -> Reading:
        self.reads.append(job.rrsets[0].name)
        yield Request(method="GET", url="https://sim.example/")
        return Held(values=frozenset(self.holds.get(job.rrsets[0].name, frozenset())))

    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        await asyncio.sleep(self.took)
        return Response(status=200)


def employ(home: SimHome, /, *names: str, **services: SimService) -> Config:
    """A configuration with one account for each service; the names are shared out in turn."""
    accounts = {
        name: Account(name=name, provider=one.provider, settings={}, fingerprint=name)
        for name, one in services.items()
    }
    turns = list(services) * len(names)
    records = [
        Record(name=name, account=account)
        for name, account in zip(names or (NAME,), turns or list(services), strict=False)
    ]
    home.config = replace(config(), accounts=accounts, records=tuple(records))
    home.senders = lambda account: services[account.name]  # type: ignore[method-assign]
    return home.config
