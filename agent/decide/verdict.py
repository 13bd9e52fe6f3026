"""From observations to a verdict: whom to ask next, or what the home's address is. Pure.

`next_step` is called again after every sweep, and each time it asks itself: would one more
question change anything? The rows below are the whole of it; the tests walk the same rows.

R is what the router says, S1 and S2 are STUN operators, T is an HTTP witness, L is this machine's
own address; "pub" is publishable space (`discovery.address`). An address counts as known when every
record has it already, so that nothing is sent when it is settled on.

===  ==========================================  =====================  =======================
row  evidence                                    verdict                published
===  ==========================================  =====================  =======================
  1  S = L, pub                                  direct                 L
  2  R pub, S1 = S2 = R                          single_nat             R
  -  R pub and known, or confirm = never         single_nat             R, nobody else is asked
  3  R pub, no STUN, T = R                       single_nat+udp_blocked R
  4  R pub, nobody outside answers               router_only            R if known, else after
                                                                        equal reads for 10 s
  7  R pub, S1 = S2, another                     upstream_nat           held; both asked again for
                                                                        30 s; S if prefer_outside
  9  R RFC 1918, S pub                           double_nat             S
 10  R in 100.64/10, S pub                       cgnat                  S if unreachable=publish
 11  R will not say, S pub                       cgnat_likely           as row 10
 12  R private or silent about itself, and a     nat_1to1               S
     stranger's packet arrived
 13  R in 192.0.0.0/24, S pub                    ds_lite                as row 10
 16  no R, S1 = S2 pub                           stun_agrees            S; a new S needs T, or
                                                                        the same again 5 s later
                                                                        (1.5 s in a hurry)
  -  no R, no S, T1 = T2 of two operators        http_agrees            T
 17  no R, one operator only                     one_witness            only if known
 18  no R, S1 and S2 differ                      witnesses_disagree     held; third and T asked;
                                                                        a majority of operators
                                                                        in two sweeps is believed
 19  S not pub                                   liar (a caveat)        never from S
 20  MAPPED differs from XOR-MAPPED              alg (a caveat)         the XOR value
 21  R down or 0.0.0.0, nobody outside           wan_down               nothing
 22  T is a web page, no S                       captive                nothing
 23  R's responder is not the gateway            foreign_igd (caveat)   R is not heard
  -  nobody answers                              offline, no_address    nothing
===  ==========================================  =====================  =======================

A router that says "disconnected" or 0.0.0.0 while the outside hears this home is not heard either:
it may be speaking of its second, unused line.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.decide.judgements import disputed, out_of_reach, settled, unknown
from agent.decide.questions import (
    PAIR,
    Look,
    again,
    again_both,
    ask_outside,
    everybody,
    more_outside,
)
from agent.decide.witnesses import (
    OUTSIDE,
    ROUTER,
    Case,
    Facts,
    Sweep,
    count,
    digest,
    reported_scope,
    tells_about_the_line,
    unasked,
)
from agent.values import Code, Verdict
from discovery.address import Scope
from discovery.observation import Address, Why

# Row 7: just after a change either side may be behind for a moment, and a router for half a minute.
_REREAD_S = (0.5, 1.5, 3.0, 10.0, 15.0)
# Row 4: after a reconnect the way out may open a moment later than the router has its address.
_ALONE_S = (0.3, 0.7, 1.5, 2.5, 5.0)
_CONFIRM_S = 5.0  # rows 16, 18: the pause before the same question is put again
_HURRIED_S = 1.5  # row 16 after a signal, which is a hint of its own that the address has changed


def next_step(sweeps: tuple[Sweep, ...], case: Case) -> Look | Verdict:
    """Say what to ask next, or what the observations mean. See the module's table."""
    if case.eager and not sweeps and (first_of_all := everybody(case)):
        return first_of_all
    facts = digest(sweeps)
    if facts.router is None and not tells_about_the_line(facts.router_says):
        for source in case.order:
            if source in ROUTER and (first := unasked(facts, case, source)):
                return Look(witnesses=first)
    if facts.router is not None:
        return _with_router(facts, case, facts.router.address)
    return _without_router(facts, case)


def _with_router(facts: Facts, case: Case, router: Address) -> Look | Verdict:
    if case.confirm == "never" or (case.confirm == "change" and router in case.known):
        return settled(facts, case, router, "single_nat")
    if question := ask_outside(facts, case):
        return question
    agreeing = facts.tally.get(router, frozenset())
    others = {address: who for address, who in facts.tally.items() if address != router}
    if not facts.tally:
        return _router_alone(facts, case, router)
    if not others:
        return settled(facts, case, router, "single_nat")
    if more := more_outside(facts, case):
        return more
    if agreeing and len(agreeing) + 1 > max(len(who) for who in others.values()):
        return settled(facts, case, router, "single_nat", ("witnesses_disagree",))
    if agreeing or len(others) > 1:
        return disputed(facts, case, "witnesses_disagree")
    return _router_against_world(facts, case, *others.popitem())


def _router_alone(facts: Facts, case: Case, router: Address) -> Look | Verdict:
    """Row 4, and row 22 where a login page stands in the way."""
    if router in case.known:
        return settled(facts, case, router, "router_only")
    if any(miss.why is Why.CAPTIVE for miss in facts.misses):
        return unknown(facts, case, "captive")
    reads = facts.router_reads
    if len(reads) <= len(_ALONE_S) and case.patient:
        return again_both(facts, case, _ALONE_S[len(reads) - 1])
    if case.patient and set(reads) != {router}:
        return disputed(facts, case, "witnesses_disagree")
    return settled(facts, case, router, "router_only")


def _router_against_world(
    facts: Facts, case: Case, outside: Address, operators: frozenset[str]
) -> Look | Verdict:
    """Row 7: two lines, or a router that remembers an old address."""
    if len(facts.router_reads) <= len(_REREAD_S) and case.patient:
        return again_both(facts, case, _REREAD_S[len(facts.router_reads) - 1])
    if case.prefer_outside and len(operators) >= PAIR:
        return settled(facts, case, outside, "upstream_nat")
    return disputed(facts, case, "upstream_nat")


def _without_router(facts: Facts, case: Case) -> Look | Verdict:
    if question := ask_outside(facts, case):
        return question
    if not facts.tally:
        return _nothing(facts, case)
    if len(facts.tally) > 1:
        return _majority(facts, case)
    ((address, operators),) = facts.tally.items()
    if case.confirm != "always" and address in case.known:
        return _by_topology(facts, case, address)
    if case.confirm == "never":
        return _by_topology(facts, case, address, "one_witness")
    if len(operators) < PAIR:
        if more := more_outside(facts, case):
            return more
        return unknown(facts, case, "one_witness")
    by_stun = [seen for seen in facts.outside if seen.source == "stun"]
    if len(by_stun) < len(facts.outside):  # T agrees, or T is all there is
        return _by_topology(facts, case, address)
    if tls := unasked(facts, case, "http"):
        return Look(witnesses=tls[:1])
    return _twice(facts, case, address)


def _twice(facts: Facts, case: Case, address: Address) -> Look | Verdict:
    """Row 16 without T: the same answer again, after a pause."""
    if not case.patient:
        return _by_topology(facts, case, address)
    if facts.repeats < PAIR:
        return again(facts, case, ("stun",), _HURRIED_S if case.eager else _CONFIRM_S)
    if set(count(facts.first)) == {address}:
        return _by_topology(facts, case, address)
    return disputed(facts, case, "witnesses_disagree")


def _majority(facts: Facts, case: Case) -> Look | Verdict:
    """Row 18: a majority of at least two operators, twice."""
    if more := more_outside(facts, case):
        return more
    if facts.repeats < PAIR and case.patient:
        return again(facts, case, OUTSIDE, _CONFIRM_S)
    winner = _winner(facts.tally)
    if winner is not None and winner == _winner(count(facts.first)):
        return _by_topology(facts, case, winner, caveats=("witnesses_disagree",))
    return disputed(facts, case, "witnesses_disagree")


def _winner(tally: Mapping[Address, frozenset[str]]) -> Address | None:
    """The address that most operators name, when they are at least two and no other ties."""
    ranked = sorted(tally.items(), key=lambda item: len(item[1]), reverse=True)
    (address, operators), *rest = ranked
    if len(operators) < PAIR or (rest and len(rest[0][1]) == len(operators)):
        return None
    return address


def _by_topology(
    facts: Facts,
    case: Case,
    address: Address,
    code: Code | None = None,
    caveats: tuple[Code, ...] = (),
) -> Verdict:
    """Rows 9 to 13 and 16: the outside agrees; the router's own words name the situation."""
    by_stun = any(seen.source == "stun" and seen.address == address for seen in facts.outside)
    plain: Code = code or ("stun_agrees" if by_stun else "http_agrees")
    miss = facts.router_says
    kind = reported_scope(miss)
    refuses = miss is not None and miss.why is Why.NO_ADDRESS and miss.reported is None
    if kind is None and not refuses:
        return settled(facts, case, address, plain, caveats)
    if case.stranger_reached:
        return settled(facts, case, address, "nat_1to1", caveats)
    if kind is Scope.CGNAT:
        return out_of_reach(facts, case, address, "cgnat", caveats)
    if kind is Scope.DS_LITE:
        return out_of_reach(facts, case, address, "ds_lite", caveats)
    if refuses:
        return out_of_reach(facts, case, address, "cgnat_likely", caveats)
    if kind is Scope.PRIVATE:
        return settled(facts, case, address, "double_nat", caveats)
    return settled(facts, case, address, plain, caveats)


def _nothing(facts: Facts, case: Case) -> Verdict:
    """Rows 19, 21, 22 and the silent rest."""
    whys = {miss.why for miss in facts.misses}
    if Why.CAPTIVE in whys:
        return unknown(facts, case, "captive")
    if tells_about_the_line(facts.router_says):
        return unknown(facts, case, "wan_down")
    if "liar" in facts.caveats:
        return unknown(facts, case, "liar")
    outside = {miss.why for miss in facts.misses if miss.source in OUTSIDE}
    if not case.has_route or (outside and outside <= {Why.NO_ROUTE, Why.UNRESOLVED}):
        return unknown(facts, case, "offline")
    return unknown(facts, case, "no_address")
