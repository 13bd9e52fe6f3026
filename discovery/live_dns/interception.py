"""The working half of `LiveDns.port53`: all five trials side by side."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from discovery.live_dns.deadline import by
from discovery.live_dns.doh import read_doh_url
from discovery.live_dns.exam import Port53, Trial, TrialName
from discovery.live_dns.hearsay import over_https, over_tcp, plain
from discovery.live_dns.server import reachable
from discovery.live_dns.slots import Slots
from discovery.live_dns.targets import Targets
from discovery.live_dns.transport import Patience, Transport
from discovery.live_dns.trials.heard import Heard, at
from discovery.live_dns.trials.identity import identity
from discovery.live_dns.trials.namers import namers
from discovery.live_dns.trials.nobody import judge as judge_nobody
from discovery.live_dns.trials.nobody import nobody
from discovery.live_dns.trials.recursion import recursion
from discovery.live_dns.trials.transports import transports
from discovery.observation import Address

_LIMIT = 4.0  # seconds for all of it
_PATIENCE = Patience(attempts=(0.6, 1.2), limit=2.5)


async def try_all(
    slots: Slots, targets: Targets | None, ours: frozenset[Address], tls: ssl.SSLContext | None
) -> Port53:
    """See `discovery.live_dns.live.LiveDns.port53`."""
    targets = targets or Targets()
    transport = Transport(slots, _PATIENCE)
    resolver, *_ = reachable(tuple(map(at, targets.resolver)))
    ways = {
        "UDP": plain(transport, resolver, "public"),
        "TCP": over_tcp(transport, resolver),
        "HTTPS": over_https(read_doh_url(targets.doh), _PATIENCE.limit, tls),
    }
    deadline = asyncio.get_running_loop().time() + _LIMIT
    works: dict[TrialName, Callable[[], Awaitable[Trial]]] = {
        "recursion": lambda: recursion(transport.ask, targets.authorities),
        "whoami": lambda: namers(transport.ask, targets.namers, ours),
        "identity": lambda: identity(transport.ask, targets.authorities),
        "transports": lambda: transports(ways, targets),
    }
    unheard: list[Heard] = []
    silence, (first, *others) = await asyncio.gather(
        by(deadline, lambda: nobody(transport.ask, targets.nobody), unheard),
        asyncio.gather(*(by(deadline, work, _late(name)) for name, work in works.items())),
    )
    alive = any(trial.intercepted is not None for trial in (first, *others))
    return Port53(trials=(first, judge_nobody(silence, alive=alive), *others))


def _late(name: TrialName) -> Trial:
    detail = f"The test was not done within {_LIMIT:g} s."
    return Trial(name=name, intercepted=None, detail=detail)
