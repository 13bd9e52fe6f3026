"""The names that servers give themselves: hostname.bind, id.server (RFC 4892) and NSID (RFC 5001).

Mostly evidence for people. It proves something when a root server calls itself what only a box in
a home is called, or when two servers of different operators give themselves the same name.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dns.edns
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype

from discovery.live_dns.asker import texts
from discovery.live_dns.exam import Trial
from discovery.live_dns.question import Question
from discovery.live_dns.server import Server
from discovery.live_dns.targets import Authority
from discovery.live_dns.trials.heard import Ask, in_reach, put

_LONGEST = 64  # characters of a name that are shown
# What home routers and their helpers run, and no root server does; and the ends of the names that
# homes give their machines (RFC 6762, RFC 8375, and what routers use without asking).
_AT_HOME = ("dnsmasq", "pi-hole", "pihole", "unbound", "recursor", "adguard", "openwrt")
_HOME_ENDS = (".local", ".home.arpa", ".home", ".lan", ".localdomain", "fritz.box", ".internal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One server's own names, and what software it says that it is (version.bind)."""

    authority: Authority
    names: frozenset[str] = frozenset()
    software: frozenset[str] = frozenset()


async def identity(ask: Ask, authorities: Sequence[Authority]) -> Trial:
    """Ask authorities for their names."""
    return judge(
        await asyncio.gather(*(_card(ask, one, server) for one, server in in_reach(authorities)))
    )


def judge(cards: Sequence[Card]) -> Trial:
    """Decide; different names prove nothing, since whoever intercepts may have several boxes."""
    for card in cards:
        for name in sorted(card.names | card.software):
            if _at_home(name):
                return _trial(
                    True, f'{card.authority.server} calls itself "{name}", which it cannot be.'
                )
    sharing: defaultdict[str, set[str]] = defaultdict(set)
    servers: defaultdict[str, list[str]] = defaultdict(list)
    for card in cards:
        for name in card.names:
            sharing[name].add(card.authority.operator)
            servers[name].append(card.authority.server)
    shared = min((name for name, operators in sharing.items() if len(operators) > 1), default=None)
    if shared is not None:
        return _trial(
            True,
            f'{" and ".join(servers[shared])} both call themselves "{shared}", although they '
            "belong to different operators: one box answers for both.",
        )
    told = [
        f'{card.authority.server} calls itself "{", ".join(sorted(card.names))}"'
        for card in cards
        if card.names
    ]
    if not told:
        return _trial(None, "No server told its name.")
    return _trial(None, f"{'; '.join(told)}.")


def names_in(reply: dns.message.Message | None) -> Iterator[str]:
    """The names in a reply's texts and in its NSID, fit to be shown."""
    if reply is None:
        return
    nsids = (option.nsid for option in reply.options if isinstance(option, dns.edns.NSIDOption))
    for name in (*texts(reply), *(nsid.decode("latin-1") for nsid in nsids)):
        shown = "".join(letter for letter in name if letter.isprintable()).strip()[:_LONGEST]
        if shown:
            yield shown


async def _card(ask: Ask, one: Authority, server: Server) -> Card:
    nsid = Question(dns.name.from_text(one.zone), dns.rdatatype.SOA, nsid=True)
    *named, software = await asyncio.gather(
        *(
            put(ask, server, question)
            for question in (
                nsid,
                _chaos("hostname.bind"),
                _chaos("id.server"),
                _chaos("version.bind"),
            )
        )
    )
    return Card(
        authority=one,
        names=frozenset(name for heard in named for name in names_in(heard.message)),
        software=frozenset(names_in(software.message)),
    )


def _chaos(name: str) -> Question:
    return Question(dns.name.from_text(name), dns.rdatatype.TXT, rdclass=dns.rdataclass.CH)


def _at_home(name: str) -> bool:
    lower = name.lower()
    return any(word in lower for word in _AT_HOME) or lower.endswith(_HOME_ENDS)


def _trial(intercepted: bool | None, detail: str) -> Trial:
    return Trial(name="identity", intercepted=intercepted, detail=detail)
