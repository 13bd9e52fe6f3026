"""Does the zone answer for names that nobody made (RFC 4592)? The authorities alone are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dns.exception
import dns.name

from discovery.live_dns.authority import ask_all, authoritative
from discovery.live_dns.servers import Zone
from discovery.live_dns.transport import Transport
from discovery.live_dns.view import Opaque, Present, RType, ServerAnswer
from discovery.observation import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Whether a name that nobody made was answered, and with which addresses, if any."""

    answered: bool | None = None
    values: frozenset[Address] | None = None


async def sibling(
    authorities: Transport,
    zone: Zone,
    name: dns.name.Name,
    rtype: RType,
    new_label: Callable[[], str],
) -> Sibling:
    """Ask for a name beside `name` that nobody can have made.

    A wildcard covers names below its parent, never the apex, which exists: there the answer is no.
    """
    if name == zone.apex:
        return Sibling(answered=False)
    try:
        beside = dns.name.from_text(new_label(), origin=name.parent())
    except dns.exception.DNSException:
        return Sibling()  # no room for a name that is longer
    return judge(await ask_all(authorities, zone.servers, beside, rtype, zone.apex))


def judge(answers: Sequence[ServerAnswer]) -> Sibling:
    """Decide whether some server made an answer up.

    "No such type" is not one: servers that sign each denial as it is asked for say so of every
    name that does not exist (RFC 9824).
    """
    made_up = [one.answer for one in answers if isinstance(one.answer, Present | Opaque)]
    if not made_up:
        return Sibling(answered=False if authoritative(answers) else None)
    values = next((one.values for one in made_up if isinstance(one, Present)), None)
    return Sibling(answered=True, values=values)
