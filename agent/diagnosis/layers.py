"""How many NATs stand between this machine and the internet, as far as that is known. Pure.

S is the address that the outside sees, L this machine's own, "inner" an address that only exists
behind a further NAT: 100.64.0.0/10, or a private one that is not of this machine's own network.

=================  =================================  ======
S belongs to       the router says that it has        NATs
=================  =================================  ======
this machine       anything                           0
the router         anything but an inner address      1
the router         an inner address                   not known: one of the two is wrong
something beyond   S, an inner address, or nothing    2
something beyond   another public address             not known: two lines, or an old value
something beyond   192.0.0.0/24                       not known: such a router need not translate
not known          S                                  1
not known          an inner address                   2
not known          anything else, or nothing          not known
=================  =================================  ======

2 stands for two or more. S is this machine's when S = L, or when a STUN server saw the very socket
that was opened. Where nobody outside names S, or several are named, nothing is known: some
providers number their inside with public addresses of others. A private second hop counts for
nothing by itself: providers number their access routers so. 192.0.0.0/24 is DS-Lite and 464XLAT,
where the provider's NAT is the only one that is certain (RFC 6333 §4.2, RFC 6877).
"""

from __future__ import annotations

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import address_of, outside, owner_of, router_reported
from discovery.address import Scope, publishable, scope
from discovery.observation import Address, Family
from discovery.path.view import Owner

_TWO_OR_MORE = 2


def nat_layers(evidence: Evidence) -> int | None:
    """The number of NATs over IPv4; None when it is not known. See the module's table."""
    seen = _seen(evidence)
    if seen is None:
        return None
    owner, says = _owner(evidence, seen), _says(evidence)
    if owner == "machine":
        return 0
    inner = _inner(evidence, says)
    if owner == "router":
        return None if inner else 1
    if inner or (owner == "beyond" and says in (seen, None)):
        return _TWO_OR_MORE
    return 1 if owner == "unknown" and says == seen else None


def _seen(evidence: Evidence) -> Address | None:
    """The one address that the outside sees; where several are named, the one that was settled."""
    named = {seen.address for seen in outside(evidence)}
    judged = address_of(evidence, Family.V4)
    if judged in named:
        return judged
    return named.pop() if len(named) == 1 else None


def _owner(evidence: Evidence, seen: Address) -> Owner:
    local = evidence.around.local
    untranslated = evidence.path.behaviour.translated is False
    if local is not None and (seen == local or (untranslated and publishable(local))):
        return "machine"
    known = owner_of(evidence, seen)
    return known.owner if known else "unknown"


def _says(evidence: Evidence) -> Address | None:
    """The address that the router names; 0.0.0.0 names none."""
    says = router_reported(evidence)
    return None if says is None or says.is_unspecified else says


def _inner(evidence: Evidence, says: Address | None) -> bool:
    """Whether the router names an address that only exists behind another NAT.

    A private one of this machine's own network is that of a bridge or an access point.
    """
    if says is None or scope(says) not in (Scope.PRIVATE, Scope.CGNAT):
        return False
    own = evidence.around.network
    return own is None or says not in own
