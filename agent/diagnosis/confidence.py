"""How sure the home's address is. Pure.

Read from the top; the first row that fits decides. "Outside" counts operators: two answers of one
operator are one witness. "This machine" means that it has the address itself.

=============================================================  ==========
evidence                                                       confidence
=============================================================  ==========
no address is named                                            none
the code itself says "likely"                                  likely
the address was found to be the router's or this machine's     proved
it was found to be neither's, and the router claims it         guess, or likely with two outside
the router, or this machine, and one outside                   proved
the router names an inner address, and two outside             proved
two outside                                                    likely
this machine alone                                             likely
one witness                                                    guess
=============================================================  ==========

An inner address (100.64.0.0/10, 192.0.0.0/24, a private one) is the router's own word for what the
codes `cgnat`, `ds_lite` and `double_nat` say.
"""

from __future__ import annotations

from agent.decide.witnesses import count
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import address_of, outside, owner_of, router_address, router_reported
from agent.diagnosis.finding import Confidence
from agent.values import Code
from discovery.observation import Address, Family

_LIKELY_BY_NAME: frozenset[Code] = frozenset({"cgnat_likely"})
_SAID_BY_ROUTER: frozenset[Code] = frozenset({"cgnat", "ds_lite", "double_nat"})
_PAIR = 2


def confidence(evidence: Evidence, family: Family) -> Confidence | None:
    """How sure the address of a family is; None where no address is named. See the table."""
    address, code = address_of(evidence, family), evidence.verdicts.get(family)
    if address is None or code is None:
        return None
    if code.code in _LIKELY_BY_NAME:
        return "likely"
    operators = len(count(outside(evidence, family)).get(address, ()))
    owner = owner_of(evidence, address)
    if owner is not None and owner.owner in ("router", "machine"):
        return "proved"
    by_router, by_machine = router_address(evidence) == address, _held(evidence, address)
    contradicted = owner is not None and by_router
    if operators and (by_router or by_machine) and not contradicted:
        return "proved"
    inner = code.code in _SAID_BY_ROUTER and router_reported(evidence) is not None
    if operators >= _PAIR:
        return "proved" if inner and not by_router else "likely"
    return "likely" if by_machine else "guess"


def _held(evidence: Evidence, address: Address) -> bool:
    """Whether this machine has the address on a link of its own."""
    held = {candidate.held.address for candidate in evidence.ipv6.candidates}
    return address == evidence.around.local or address in held
