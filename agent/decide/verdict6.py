"""What this machine's IPv6 addresses and the outside make together, and whom to ask. Pure.

`without_asking` has the verdicts for which nobody outside is needed. Where it has none,
`next_step6` is called after every sweep of questions, and each time asks itself: would one more
question change anything? L is the address that this machine holds and that lasts
(`discovery.ipv6.choice`); it counts as known when every record has what follows from it already,
so that settling on it sends nothing.

===  ==========================================  =====================  =======================
row  evidence                                    verdict                published
===  ==========================================  =====================  =======================
  -  this machine may not be asked, or does not  unsupported            nothing
     tell which of its addresses last
  -  no way out, by IPv4 neither                 offline                nothing
  -  no way out, no public address, IPv6 off     v6_absent              nothing
  -  public ones that are still being checked    v6_waiting             nothing; looked at again
     or on their way out, none that is ready                            within seconds
 26  public ones, but none that lasts            v6_none                nothing
  -  L, and confirm = never                      v6_direct              L, nobody is asked
  -  L known, and confirm = change               v6_direct              L, nobody is asked
  -  L, and nobody outside may be asked          unsupported            nothing
 24  L, and more operators outside see it than   v6_direct              L
     one that is not ours; one is enough
 25  L, and those outside see one that is not    v6_nat66_or_vpn        held
     ours: the others are asked too
  -  L known, and nobody outside answers         v6_direct              L
  -  L, and nobody outside answers               v6_unconfirmed         held; asked again soon
===  ==========================================  =====================  =======================

Two STUN operators are asked, and everybody else only where they bring nothing. They are asked from
L itself: otherwise this machine would go out by a temporary address (RFC 6724 §5, rule 7), and
every home would look translated. This machine's word and one operator's are two witnesses.
"""

from __future__ import annotations

from itertools import chain

from agent.decide import sentences
from agent.decide.questions import Look, ask_outside, more_outside
from agent.decide.witnesses import OUTSIDE, Case, Sweep, digest
from agent.values import Code, Disputed, Settled, Unknown, Verdict
from discovery.address import publishable
from discovery.ipv6.prefix import home_network
from discovery.ipv6.view import Ipv6View
from discovery.observation import Family, Missed, Observation, Seen, Source, Why

_AT_ONCE = frozenset({Why.NO_ROUTE, Why.UNRESOLVED, Why.REFUSED})  # failures that cost no waiting


def next_step6(view: Ipv6View, sweeps: tuple[Sweep, ...], case: Case) -> Look | Verdict:
    """Say whom to ask next, or what it all means, where `without_asking` has no verdict."""
    if not any(witness.source in case.order for witness in case.menu):
        return _unsupported(
            f"This machine has {view.chosen}, and nobody outside may be asked whether the world "
            "sees it: name “stun” or “http” in ipv6 under [discovery], or set confirm = “never”."
        )
    facts = digest(sweeps)
    ours = {one.held.address for one in view.candidates}
    foreign = any(seen.address not in ours for seen in facts.outside)
    question = more_outside(facts, case) if foreign else ask_outside(facts, case)
    return question or conclude6(view, sweeps, case)


def worth_another_look(verdict: Verdict, sweeps: tuple[Sweep, ...]) -> bool:
    """Whether it may be otherwise in a second: a change is under way, or everybody failed at once.

    Who was silent has been waited for already.
    """
    if verdict.code == "v6_unconfirmed":
        misses = (one for one in chain.from_iterable(sweeps) if isinstance(one, Missed))
        return all(miss.why in _AT_ONCE for miss in misses)
    return verdict.code == "v6_waiting"


def soon(verdict: Verdict) -> bool:
    """Whether this verdict on IPv6 calls for a new round within seconds, not minutes."""
    return verdict.code in {"v6_waiting", "v6_unconfirmed"}


def candidate6(view: Ipv6View) -> Settled | None:
    """What would be settled on if those outside agreed; None where there is nothing to settle."""
    if view.chosen is None or not publishable(view.chosen):
        return None
    return _direct(view, "and the world sees it", ("interface",))


def without_asking(view: Ipv6View, case: Case) -> Verdict | None:
    """The verdict where nobody outside could change it; None where they have to be asked.

    Nothing of `case` but what is configured and known counts here; the menu may be empty yet.
    """
    if "interface" not in case.order:
        return _unsupported(
            "Only this machine knows which of its IPv6 addresses last, and “interface” is left out "
            "of ipv6 under [discovery]."
        )
    if not view.supported or view.chosen is None:
        verdict = _nothing_chosen(view)
        return verdict if case.has_route or verdict.code != "v6_absent" else _offline()
    if case.confirm == "never":
        return _direct(view, "and nobody else is asked, as configured", ("interface",))
    if case.confirm == "change" and view.chosen in case.known:
        return _direct(view, "and every record has it already", ("interface",))
    return None


def conclude6(view: Ipv6View, sweeps: tuple[Sweep, ...], case: Case) -> Verdict:
    """What it means so far, without another question."""
    verdict = judge_ipv6(view, tuple(chain.from_iterable(sweeps)))
    if verdict.code == "v6_unconfirmed" and view.chosen in case.known:
        words = "and every record has it already; nobody outside answers"
        return _direct(view, words, ("interface",))
    return verdict


def judge_ipv6(view: Ipv6View, said: tuple[Observation, ...]) -> Verdict:
    """Judge by everything that was said. Rows 24 to 26 of the module's table."""
    outside = tuple(one for one in said if one.source in OUTSIDE)
    ours = {one.held.address for one in view.candidates}
    seen = [one for one in outside if isinstance(one, Seen)]
    foreign = tuple(dict.fromkeys(one.address for one in seen if one.address not in ours))
    agreeing = {one.operator for one in seen if one.address in ours}
    if not view.supported:
        return _nothing_chosen(view)
    if foreign and len({one.operator for one in seen if one.address in foreign}) >= len(agreeing):
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
        return _nothing_chosen(view)
    caveats = digest((outside,)).caveats
    witnesses = [one.source for one in seen if one.address == view.chosen]
    if not witnesses:
        because = sentences.unconfirmed6(view.chosen, outside)
        return Unknown(family=Family.V6, code="v6_unconfirmed", because=because, caveats=caveats)
    return _direct(view, "and the world sees it", ("interface", *witnesses), caveats)


def _direct(
    view: Ipv6View, standing: str, sources: tuple[Source, ...], caveats: tuple[Code, ...] = ()
) -> Settled:
    assert view.chosen is not None, "an address is settled on where there is one"
    return Settled(
        family=Family.V6,
        address=view.chosen,
        code="v6_direct",
        sources=tuple(dict.fromkeys(sources)),
        because=sentences.direct6(view.chosen, standing),
        caveats=caveats,
        network=home_network(view),
    )


def _unsupported(because: str) -> Unknown:
    return Unknown(family=Family.V6, code="unsupported", because=because)


def _offline() -> Unknown:
    because = sentences.unknown("offline", (), ())
    return Unknown(family=Family.V6, code="offline", because=because)


def _nothing_chosen(view: Ipv6View) -> Unknown:
    """Why there is no address: not told, not there, not there yet, or not one that lasts."""
    if not view.supported:
        note = view.note or "This system does not tell which of its IPv6 addresses last."
        return _unsupported(note)
    public = [one for one in view.candidates if publishable(one.held.address)]
    if not view.has_route or not public:
        because = view.note or "There is no IPv6 here."
        return Unknown(family=Family.V6, code="v6_absent", because=because)
    reasons = "; ".join(f"{one.held.address}: {one.reason}" for one in public)
    if any(one.passing for one in public):
        because = f"The IPv6 address of this machine is about to change ({reasons})."
        return Unknown(family=Family.V6, code="v6_waiting", because=because)
    because = f"There is IPv6 here, but no address that would last ({reasons})."
    return Unknown(family=Family.V6, code="v6_none", because=because)
