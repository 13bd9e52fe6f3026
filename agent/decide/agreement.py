"""Does live DNS serve what is wanted? Pure.

Only servers that answered with authority are counted; the whole RRset is compared, because one
extra address sends part of all visitors to a dead host.

=============  =====================================================================
state          when
=============  =====================================================================
INTERCEPTED    something between this machine and the servers answered in their place
UNREADABLE     no server answered with authority: what DNS serves is unknown
OPAQUE         the name is a CNAME or DNAME, or every address shown is the provider's
               own proxy: the addresses cannot be compared
ALL            every authoritative answer is exactly the wanted RRset
SOME           at least one is, and at least one is not
ABSENT         every authoritative answer denies the RRset: a known absence
NONE           no authoritative answer is the wanted RRset
=============  =====================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network, IPv6Network

from discovery.live_dns.view import Absent, DnsView, Lame, NoAnswer, Opaque, Present
from discovery.observation import Address


class State(Enum):
    """How live DNS compares with what is wanted."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    ABSENT = "absent"
    OPAQUE = "opaque"
    UNREADABLE = "unreadable"
    INTERCEPTED = "intercepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The comparison in figures, and `because` in one sentence for people.

    `live` is everything that some server serves, `agreed` the RRset that all serve alike; both are
    None when there is no such thing to be known. `ttl` is the longest served. `asked` and
    `agreeing` count servers, `lame` those that are no authority, `silent` the rest without an
    answer. `proxied` tells the two opaque kinds apart.
    """

    state: State
    asked: int
    agreeing: int
    because: str
    live: frozenset[Address] | None = None
    agreed: frozenset[Address] | None = None
    ttl: int | None = None
    lame: int = 0
    silent: int = 0
    proxied: bool = False


def compare(
    view: DnsView,
    wanted: frozenset[Address] | None,
    fronts: tuple[IPv4Network | IPv6Network, ...] = (),
) -> Agreement:
    """Compare a view with the wanted RRset; None wants nothing in particular (address unknown).

    `fronts` are the networks with which the provider stands in for a proxied record.
    """
    answers = [server.answer for server in view.servers]
    heard = [answer for answer in answers if isinstance(answer, Present | Absent | Opaque)]
    sets = [answer.values if isinstance(answer, Present) else frozenset() for answer in heard]
    agreeing = sum(1 for values in sets if values and values == wanted)
    live = frozenset[Address]().union(*sets) if heard else None
    agreed = live if all(values == live for values in sets) else None
    opaque = next((answer for answer in heard if isinstance(answer, Opaque)), None)
    proxied = bool(live and fronts) and all(
        any(address in front for front in fronts if front.version == address.version)
        for address in live or ()
    )
    state, because = State.NONE, f"the name servers serve {_list(live)}"
    if view.intercepted:
        state, because, live = State.INTERCEPTED, view.intercepted, None
    elif not heard:
        state, because = State.UNREADABLE, view.problem or _silence(view)
    elif opaque is not None:
        state, live = State.OPAQUE, None
        because = f"{view.name} is an alias ({opaque.kind.upper()}) of {opaque.target}"
    elif agreeing == len(heard):
        state, because = State.ALL, f"{agreeing} of {len(answers)} name servers serve it"
    elif proxied:
        state, live = State.OPAQUE, None
        because = f"{view.name} is proxied: DNS shows the provider's addresses"
    elif agreeing:
        late = [
            server.server
            for server in view.servers
            if isinstance(server.answer, Present | Absent)
            and not (isinstance(server.answer, Present) and server.answer.values == wanted)
        ]
        state, because = State.SOME, f"{_and(late)} another answer"
    elif not live:
        state, because = State.ABSENT, f"the name servers say that {view.name} has no {view.rtype}"
    return Agreement(
        state=state,
        asked=len(answers),
        agreeing=agreeing,
        because=because,
        live=live,
        agreed=None if live is None else agreed,
        ttl=max((a.ttl for a in heard if isinstance(a, Present)), default=None),
        lame=sum(isinstance(answer, Lame) for answer in answers),
        silent=sum(isinstance(answer, NoAnswer) for answer in answers),
        proxied=proxied,
    )


def _and(names: list[str]) -> str:
    return f"{' and '.join(names)} still {'serves' if len(names) == 1 else 'serve'}"


def _list(addresses: frozenset[Address] | None) -> str:
    return ", ".join(sorted(map(str, addresses or ()))) or "nothing"


def _silence(view: DnsView) -> str:
    details = "; ".join(
        dict.fromkeys(
            server.answer.detail.rstrip(".")
            for server in view.servers
            if not isinstance(server.answer, Present | Absent | Opaque)
        )
    )
    return f"no name server answered with authority: {details or 'there was none to ask'}"
