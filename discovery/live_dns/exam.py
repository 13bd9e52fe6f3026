"""What a close examination of one RRset and of port 53 brought: values, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from discovery.live_dns.view import DnsView, Present, RType
from discovery.observation import Address

Dnssec = Literal["secure", "insecure", "bogus", "unknown"]
"""As a validating resolver says it (RFC 4033 §5): AD set, no chain, SERVFAIL but for CD."""


Whose = Literal["system", "configured", "public"]
"""How a resolver came to be asked: this machine's settings, our configuration, or known to all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameServers:
    """The NS RRset of the zone, at the parent and at the zone itself; None: not to be had.

    Host names without final dot, sorted. They should be equal (RFC 1034 §4.2.2).
    """

    parent: tuple[str, ...] | None = None
    child: tuple[str, ...] | None = None

    @property
    def differ(self) -> bool:
        """Whether both are known and are not the same."""
        return self.parent is not None and self.child is not None and self.parent != self.child


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolverAnswer:
    """What one recursive resolver tells its users at this moment.

    `left_s` is the TTL in its answer: how long it will go on saying so, seconds. For a denial it
    is the negative answer's. `values` is None when nobody could be heard; `error` says why.
    """

    resolver: str  # "192.0.2.1:53", or the URL of a DoH server
    whose: Whose
    values: frozenset[Address] | None = None
    left_s: int | None = None
    authenticated: bool = False  # AD
    elapsed: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsExam:
    """One RRset, examined.

    `view` is what the authoritative servers say. `wildcard` tells whether the zone answers for a
    name that nobody made beside it (RFC 4592). `negative_ttl` is how long "no such name" may be
    remembered, from the zone's SOA (RFC 2308 §5).
    """

    name: str
    rtype: RType
    view: DnsView
    name_servers: NameServers = field(default_factory=NameServers)
    wildcard: bool | None = None
    sibling: frozenset[Address] | None = None  # what such a name gets, where a wildcard answers
    negative_ttl: int | None = None
    resolvers: tuple[ResolverAnswer, ...] = ()
    dnssec: Dnssec = "unknown"

    @property
    def from_wildcard(self) -> bool:
        """Whether the name gets what any other name gets: it seems to have no record of its own."""
        served = [one.answer.values for one in self.view.servers if isinstance(one.answer, Present)]
        return bool(served) and all(values == self.sibling for values in served)


TrialName = Literal["recursion", "nobody", "whoami", "identity", "transports"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One test for something that takes over port 53. `intercepted` None: the test told nothing.

    "recursion": an authority that answers as a resolver. "nobody": an answer from an address that
    runs no DNS. "whoami": a service that names its asker names somebody else. "identity": the
    server's own name (hostname.bind, id.server, NSID). "transports": UDP, TCP and DoH disagree.
    """

    name: TrialName
    intercepted: bool | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Port53:
    """All five trials."""

    trials: tuple[Trial, ...] = ()

    @property
    def intercepted(self) -> bool:
        """Whether any trial shows an interception."""
        return any(trial.intercepted for trial in self.trials)
