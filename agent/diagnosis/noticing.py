"""How soon a running agent notices a new address, from what was proved in this home. Pure.

The agent keeps open what `discovery.signals.wishes` wishes for. Of these, the quickest counts that
was proved here and can tell of the home's address; an announcement that only its own event could
prove does not count.

=========================================  ========================================
the home's address                         who can tell of a new one
=========================================  ========================================
IPv4, this machine's own                   netlink, stun_poll
IPv4, the one that the router names        gena, natpmp_poll, upnp_poll, stun_poll
IPv4, none: the router's line is down      the same
IPv4, another (CGNAT, a second NAT,        stun_poll: the router's own address may
DS-Lite, two lines), or in dispute         stay while that one changes
IPv6, this machine's or of its prefix      netlink
IPv6, translated on the way                nobody
=========================================  ========================================

======================  ====================================================================
signal                  tells within
======================  ====================================================================
netlink, gena           milliseconds, as measured (`Signal.expected_ms`)
natpmp_poll             1 s, or 5 s while gena works
upnp_poll               5 s, or 10 s while gena works; not used where natpmp_poll works
stun_poll               1.2 times 1 s (a server of one's own), 25 s (no router tells), or 60 s
whatever happens        1.2 times the safety poll; a minute while nothing gets out
======================  ====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agent.decide.cadence import longest, next_in
from agent.decide.exit_status import Exit
from agent.diagnosis.evidence import Evidence, Noticing
from agent.diagnosis.facts import address_of, cut_off, router_words
from agent.values import FAMILY_OF, Config
from discovery.observation import Family, Seen
from discovery.signals.polls import description
from discovery.signals.view import Signal, SignalName
from discovery.signals.wishes import ROUTER_QUESTIONS, Case, Wish, wishes

_STUN_LATEST: Final = 1.2  # times its pace: `StunPoll` varies that by a fifth
_AFTER_MANY: Final = 16  # rounds, when pauses do not grow any more


def noticing(evidence: Evidence, config: Config) -> Mapping[Family, Noticing]:
    """How soon, in each family. The evidence has verdicts already. See the module's tables."""
    known = {signal.name: signal for signal in evidence.signals}
    open_ = wishes(_case(evidence, config, known))
    proved = {
        wish.name: _within(wish, known[wish.name])
        for wish in open_
        if wish.name in known and known[wish.name].works
    }
    asking = {wish.name for wish in open_ if wish.every}
    safety = _safety(evidence, config)
    found: dict[Family, Noticing] = {}
    for family in Family:
        telling = {name: proved[name] for name in tellers(evidence, family) if name in proved}
        by = min(telling, key=telling.__getitem__, default=None)
        polls = (seconds for name, seconds in telling.items() if name in asking)
        soonest = safety if by is None else telling[by]
        found[family] = Noticing(
            by=by if soonest < safety else None,
            seconds=min(soonest, safety),
            latest_s=min((*polls, safety)),
        )
    return found


def tellers(evidence: Evidence, family: Family) -> tuple[SignalName, ...]:
    """Which signals can tell of a new address of the home, where they work."""
    verdict, address = evidence.verdicts.get(family), address_of(evidence, family)
    code = verdict.code if verdict is not None else None
    if family is Family.V6:
        return () if code == "v6_nat66_or_vpn" else ("netlink",)
    if address is not None and address == evidence.around.local:
        return "netlink", "stun_poll"
    named = {one.address for one in router_words(evidence) if isinstance(one, Seen)}
    if address in named or code == "wan_down":
        return (*ROUTER_QUESTIONS, "stun_poll")
    return ("stun_poll",)


def families(evidence: Evidence) -> tuple[Family, ...]:
    """Those that the records are about; without records, those that the home has."""
    wanted = {FAMILY_OF[exam.exam.rtype] for exam in evidence.records}
    if not wanted:
        has_ipv6 = evidence.ipv6.chosen is not None
        wanted = {Family.V4, Family.V6} if has_ipv6 else {Family.V4}
    return tuple(sorted(wanted))


def slowest(evidence: Evidence) -> Noticing:
    """The family that is noticed last, of those that matter here."""
    return max(
        (evidence.noticing[family] for family in families(evidence)), key=lambda one: one.seconds
    )


def _case(evidence: Evidence, config: Config, known: Mapping[SignalName, Signal]) -> Case:
    """What the agent's wishes would depend on."""
    settings = config.discovery
    return Case(
        allowed=settings.signals,
        sources=settings.ipv4,
        around=evidence.around,
        location=description(evidence.router) or settings.upnp_location,
        public_stun=bool(settings.stun_servers),
        own_stun=bool(settings.stun_own),
        known=known,
    )


def _within(wish: Wish, signal: Signal) -> float:
    """How soon after the change a signal tells of it, in seconds."""
    if wish.name == "stun_poll":
        return wish.every * _STUN_LATEST
    return wish.every or (signal.expected_ms or 0) / 1000


def _safety(evidence: Evidence, config: Config) -> float:
    """The longest pause between two rounds, as things are."""
    if cut_off(evidence):
        pause = next_in(Exit.OFFLINE, poll=config.poll, streak=_AFTER_MANY, jitter=1.0)
        return round(pause, 3)  # a little more than 72 s would count as slow
    return longest(config.poll)
