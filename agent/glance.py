"""A glance: is the home's address still the one that the last round went by? Asks no DNS."""

from __future__ import annotations

from ipaddress import IPv6Address

from agent.decide.attention import Glance
from agent.decide.hurried import glances_at, is_news, is_news6, word
from agent.hurry import Verdicts
from agent.values import Discovery, Settled, Verdict
from agent.world import World
from discovery.observation import Family
from discovery.probe import probe

LIMIT_S = 1.0


async def glance(world: World, discovery: Discovery, settled: Verdicts) -> Glance:
    """Ask one witness of IPv4, and this machine for IPv6.

    `discovery` is as `agent.decide.hurried.hurried` makes it, `settled` what the last round went
    by. Never raises for network trouble.
    """
    found = Glance()
    for family, verdict in settled.items():
        look = _ipv4 if family is Family.V4 else _ipv6
        found += await look(world, discovery, verdict)
    return found


async def _ipv4(world: World, discovery: Discovery, verdict: Verdict) -> Glance:
    source = glances_at(discovery, verdict)
    methods = world.methods(world.surroundings())
    method = next((one for one in methods if one.source == source), None)
    if method is None:
        return Glance()
    seen = await probe(method, Family.V4, limit=LIMIT_S, strict=world.strict)
    return Glance(words=(word(seen),), news=is_news(verdict, seen))


async def _ipv6(world: World, discovery: Discovery, verdict: Verdict) -> Glance:
    if "interface" not in discovery.ipv6:
        return Glance()
    published = verdict.address if isinstance(verdict, Settled) else None
    view = await world.ipv6(published if isinstance(published, IPv6Address) else None)
    return Glance(words=(str(view.chosen),), news=is_news6(verdict, view))
