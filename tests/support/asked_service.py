"""A service that can be asked about its credentials, in pretend time, and remembers who asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from agent.values import Account, Config, Record
from providers.engine.outcome import Outcome, Unchanged
from providers.engine.spec import Provider
from providers.engine.wire import Call, Fault, Job, Reply, Request, Response, Steps
from tests.sim.home import SimHome, config


@dataclass
class AskedService:
    """`mind` answers whether the credentials are right, after `took` seconds; None: it cannot.

    `fault` is raised by the way to it: a fault of ours.
    """

    mind: Callable[[], Outcome] | None = Unchanged
    took: float = 0.1
    fault: Exception | None = None
    jobs: list[Job] = field(default_factory=list)
    cancelled: bool = False

    @property
    def provider(self) -> Provider:
        return Provider(
            id="asked",
            title="Asked",
            docs="",
            fields=(),
            update=self._update,
            verify=None if self.mind is None else self._verify,
        )

    def _verify(self, job: Job) -> Steps:
        self.jobs.append(job)
        yield Request(method="GET", url="https://asked.example/")
        assert self.mind is not None
        return self.mind()

    def _update(self, job: Job) -> Steps:
        raise AssertionError("something was written")
        yield

    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        assert isinstance(call, Request)
        assert not call.write
        if self.fault is not None:
            raise self.fault
        try:
            await asyncio.sleep(min(self.took, limit))
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if self.took > limit:
            return Fault(sent=True, text=f"no answer came within {limit:g} s")
        return Response(status=200)


def household(home: SimHome, services: Mapping[str, AskedService], *bare: str) -> Config:
    """An account with two names at each service; those in `bare` have no name."""
    accounts = {
        name: Account(name=name, provider=one.provider, settings={}, fingerprint=name)
        for name, one in services.items()
    }
    records = [
        Record(name=f"{host}.{name}.example.com", account=name)
        for name in services
        if name not in bare
        for host in ("a", "b")
    ]
    home.config = replace(config(), accounts=accounts, records=tuple(records))
    home.senders = lambda account: services[account.name]  # type: ignore[method-assign]
    return home.config
