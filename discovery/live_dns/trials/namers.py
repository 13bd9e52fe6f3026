"""A service that names whoever asks it should name this home."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from discovery.hosts import literal
from discovery.live_dns.asker import asker, question
from discovery.live_dns.exam import Trial
from discovery.live_dns.targets import Namer
from discovery.live_dns.trials.heard import Ask, Heard, at, in_reach, put
from discovery.observation import Address, Flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What one service said."""

    namer: Namer
    heard: Heard


async def namers(ask: Ask, asked: Sequence[Namer], ours: frozenset[Address]) -> Trial:
    """Ask each service who is asking."""
    reach = in_reach(asked)
    heard = await asyncio.gather(
        *(
            put(ask, server, question(namer.service, recurse=not namer.authority))
            for namer, server in reach
        )
    )
    said = [Named(namer=namer, heard=one) for (namer, _), one in zip(reach, heard, strict=True)]
    return judge(said, ours)


def judge(said: Sequence[Named], ours: frozenset[Address]) -> Trial:
    """Decide.

    ================================================  ============================================
    `ours` empty                                      unknown
    an authority answers as a resolver, and somebody  intercepted: a resolver asked in our place
    else is named
    an authority asked over one IP version names an   intercepted: a packet keeps its version, so
    asker of the other                                it was asked anew
    somebody else is named                            unknown: another line of this home, or a
                                                      VPN, would look the same
    we are named                                      not
    no address is named                               unknown
    ================================================  ============================================
    """
    if not ours:
        return _trial(None, "The public addresses of this home are not known to compare with.")
    foreign, home, silent = [], [], []
    for one in said:
        named = None if one.heard.message is None else asker(one.heard.message)
        if named is None or isinstance(named, Flaw):
            silent.append(one.heard.problem if named is None else f"{one.heard.who} {named.detail}")
        elif not belongs(named, ours):
            foreign.append(f"{one.heard.who} was asked by {named}")
            if one.namer.authority and (one.heard.recursive or _crossed(one, named)):
                return _trial(True, f"{foreign[-1]}, which is a resolver and not this home.")
        else:
            home.append(one.heard.who)
    if foreign:
        return _trial(
            None,
            f"{' and '.join(foreign)}, which is not a known address of this home: something in "
            "between, a VPN, or another internet line of yours.",
        )
    if home:
        return _trial(False, f"{' and '.join(home)} saw this home itself ask.")
    return _trial(None, f"No service named who asks ({'; '.join(silent)}).")


def belongs(address: Address, ours: frozenset[Address]) -> bool:
    """Whether it is an address of ours; in IPv6, of a network of ours (RFC 8981 changes hosts)."""
    networks = {
        IPv6Network((one, 64), strict=False) for one in ours if isinstance(one, IPv6Address)
    }
    return address in ours or any(address in network for network in networks)


def _crossed(one: Named, named: Address) -> bool:
    asked = literal(at(one.namer.server).address)
    return asked is not None and asked.version != named.version


def _trial(intercepted: bool | None, detail: str) -> Trial:
    return Trial(name="whoami", intercepted=intercepted, detail=detail)
