"""What would make a new IPv4 address be noticed sooner in this home. Pure.

The first row that holds:

==========================================  ===================================================
things are so                               advice
==========================================  ===================================================
it is noticed within 2 s, or nothing gets   none
out at all
the router promised events, none arrived    let them through the firewall of this machine
a signal is left out that could tell        put it back
the router may be asked, and is silent      switch UPnP or NAT-PMP on in it
the router is not asked                     let it be asked
the router answers UPnP alone               switch NAT-PMP on in it, if it has that
only a STUN server can tell, and answers    name one of one's own
==========================================  ===================================================

Behind CGNAT or a second NAT nothing that the router tells is of use, so only the last row is left,
and a STUN poll that is left out.
"""

from __future__ import annotations

from typing import Final

from agent.decide.witnesses import tells_about_the_line
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import cut_off, listed, router_words
from agent.diagnosis.noticing import tellers
from discovery.observation import Family, Missed, Seen
from discovery.signals.view import SignalName
from discovery.signals.wishes import ROUTER_QUESTIONS

_BEHIND: Final = frozenset({"cgnat", "cgnat_likely", "ds_lite", "double_nat", "nat_1to1"})
_SOON_S: Final = 2.0
_POLLS: Final[tuple[SignalName, ...]] = ("natpmp_poll", "upnp_poll")


def sooner(evidence: Evidence) -> str:
    """A sentence, or nothing. See the module's table."""
    noticing = evidence.noticing[Family.V4]
    signals = {signal.name: signal for signal in evidence.signals}
    if noticing.seconds <= _SOON_S or not signals or cut_off(evidence):
        return ""
    telling = tellers(evidence, Family.V4)
    if "gena" in telling and "gena" in signals and signals["gena"].unheard:
        return (
            "Let the router's events in: the firewall of this machine seems to drop its TCP "
            "connections."
        )
    silent = router_could_tell(evidence)
    useful = dict.fromkeys((*telling, *(ROUTER_QUESTIONS if silent else ())))
    if left_out := [name for name in useful if name in signals and signals[name].left_out]:
        return f"Put {listed(left_out)} back into signals under [discovery]."
    polls = {signals[name].works for name in _POLLS if name in signals}
    if silent and False in polls:
        return "Switch UPnP or NAT-PMP on in the router."
    if silent and polls == {None}:
        return "Let the router be asked: put upnp and natpmp into ipv4 under [discovery]."
    if noticing.by == "upnp_poll":
        return "If the router has NAT-PMP, switch that on: it is asked each second."
    if noticing.by == "stun_poll":
        return (
            "If you have a STUN server of your own, name it in own under [discovery.stun]: it is "
            "asked each second."
        )
    return ""


def router_could_tell(evidence: Evidence) -> bool:
    """Whether the router has told nothing of its line, and would tell of the home's own address."""
    verdict = evidence.verdicts.get(Family.V4)
    refused = (one for one in router_words(evidence) if isinstance(one, Missed))
    return (
        evidence.around.gateway is not None
        and not any(isinstance(one, Seen) for one in router_words(evidence))
        and not any(tells_about_the_line(one) for one in refused)
        and (verdict is None or verdict.code not in _BEHIND)
    )
