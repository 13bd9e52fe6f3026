"""What this machine's IPv6 addresses and the outside make together. Pure.

===  ==========================================  ==========================
row  evidence                                    verdict
===  ==========================================  ==========================
 24  a stable address, and more of the outside   v6_direct, settled
     see it than one that is not ours
  -  a stable address, nobody outside answers    v6_unconfirmed
 25  the outside sees one that is not ours       v6_nat66_or_vpn, held
 26  global addresses, but none that lasts       v6_none
  -  no global address, or IPv6 switched off     v6_absent
  -  the system does not tell its flags          unsupported
===  ==========================================  ==========================

The outside is asked from the stable address itself, where there is one: without that, this machine
would go out by a temporary one (RFC 6724 rule 7), and every home would look translated.
"""

from __future__ import annotations

from agent.decide import sentences
from agent.values import Disputed, Settled, Unknown, Verdict
from discovery.address import Scope, scope
from discovery.ipv6.view import Ipv6View
from discovery.observation import Family, Observation, Seen


def judge_ipv6(view: Ipv6View, outside: tuple[Observation, ...]) -> Verdict:
    """Judge the home's IPv6. See the module's table."""
    if not view.supported:
        note = view.note or "This system does not tell which IPv6 addresses last."
        return Unknown(family=Family.V6, code="unsupported", because=note)
    held = {one.held.address for one in view.candidates}
    seen = [one for one in outside if isinstance(one, Seen)]
    foreign = tuple(dict.fromkeys(one.address for one in seen if one.address not in held))
    operators = {one.operator for one in seen if one.address in held}
    if foreign and len({one.operator for one in seen if one.address in foreign}) >= len(operators):
        return Disputed(
            family=Family.V6,
            candidates=foreign if view.chosen is None else (view.chosen, *foreign),
            code="v6_nat66_or_vpn",
            sources=tuple(dict.fromkeys(one.source for one in seen)),
            because=(
                f"The world sees {' and '.join(map(str, foreign))}, which this machine does not "
                "have: something translates or tunnels IPv6 on the way."
            ),
        )
    if view.chosen is None:
        return _nothing_lasting(view)
    if not any(one.address == view.chosen for one in seen):
        because = f"This machine has {view.chosen}, but nobody outside could be asked from it."
        return Unknown(family=Family.V6, code="v6_unconfirmed", because=because)
    sources = ("interface", *dict.fromkeys(one.source for one in seen))
    return Settled(
        family=Family.V6,
        address=view.chosen,
        code="v6_direct",
        sources=sources,
        because=sentences.verdict("v6_direct", view.chosen, sources),
    )


def _nothing_lasting(view: Ipv6View) -> Unknown:
    rejected = [one for one in view.candidates if scope(one.held.address) is Scope.PUBLIC]
    if not rejected:
        because = view.note or "There is no IPv6 here."
        return Unknown(family=Family.V6, code="v6_absent", because=because)
    reasons = "; ".join(f"{one.held.address}: {one.reason}" for one in rejected)
    because = f"There is IPv6 here, but no address that would last ({reasons})."
    return Unknown(family=Family.V6, code="v6_none", because=because)
