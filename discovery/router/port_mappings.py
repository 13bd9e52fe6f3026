"""The list of ports that a router forwards, read entry by entry (WANIPConnection:1).

By an own exchange and not by miniupnpc, whose Python binding answers None for every error: then
an empty list (713, 714) and a list that may not be read (606, 401) would look alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from discovery.router import soap
from discovery.router.description import Service, element, number, truth, words
from discovery.router.view import PortMapping

MOST = 64

# SpecifiedArrayIndexInvalid and NoSuchEntryInArray: there is no entry of this index.
_NO_MORE = frozenset({713, 714})
_PROTOCOLS = {"UDP": "udp", "TCP": "tcp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the list; `remote` is whom it is open for, empty for everybody."""

    mapping: PortMapping
    remote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingList:
    """The entries that were read, and in one sentence why these are not all; else empty.

    `entries` is None where the list cannot be had at all.
    """

    entries: tuple[Entry, ...] | None = None
    note: str = ""


async def list_mappings(
    service: Service, host: str, *, limit: float, most: int = MOST
) -> MappingList:
    """Ask for entry after entry, for at most `limit` seconds and `most` entries.

    ==========================================  ================================================
    the router                                  the list
    ==========================================  ================================================
    answers with error 713 or 714               ends here
    answers with another error, at first        None: it does not show its list
    answers with another error, later           ends here; some routers end so
    sends the same entry again                  ends here: it does not heed the index
    sends something that is no entry, or stops  what came before, None if that is nothing
    needs longer than `limit`, or has more      what came until then
    ==========================================  ================================================
    """
    entries: dict[tuple[str, int, str], Entry] = {}
    try:
        async with asyncio.timeout(limit):
            for index in range(most):
                asked = {"NewPortMappingIndex": str(index)}
                answer = await soap.call(service, host, "GetGenericPortMappingEntry", asked)
                entry = read_entry(answer)
                if entry is None:
                    return _cut(entries, "the router sent an entry that makes no sense")
                key = (entry.mapping.protocol, entry.mapping.external_port, entry.remote)
                if key in entries:
                    return _cut(entries, "the router sent the same entry again and again")
                entries[key] = entry
            return _cut(entries, f"the list has {most} entries or more")
    except soap.Refused as refused:
        if entries or refused.code in _NO_MORE:
            return MappingList(entries=tuple(entries.values()))
        return _cut(entries, f"the router refused to show it (UPnP error {refused.code})")
    except TimeoutError:
        return _cut(entries, f"the router did not finish it within {limit:.1f} s")
    except (OSError, ValueError):
        return _cut(entries, "the router broke off, or sent something that is no answer")


def _cut(entries: dict[tuple[str, int, str], Entry], why: str) -> MappingList:
    if not entries:
        return MappingList(note=f"the list of port mappings cannot be had: {why}")
    known = "port mapping is" if len(entries) == 1 else f"{len(entries)} port mappings are"
    note = f"only the first {known} known: {why}"
    return MappingList(entries=tuple(entries.values()), note=note)


def read_entry(answer: str) -> Entry | None:
    """Read one answer; None where the protocol, a port or the machine makes no sense.

    An external port of 0 is "every port" (WANIPConnection:1, ExternalPort). A lease or a switch
    that cannot be read is left open, as the entry does without.
    """
    protocol = _PROTOCOLS.get(element(answer, "NewProtocol").upper())
    external = number(element(answer, "NewExternalPort"), 0xFFFF)
    internal = number(element(answer, "NewInternalPort"), 0xFFFF)
    client = words(answer, "NewInternalClient")
    if protocol is None or external is None or internal is None or not client:
        return None
    mapping = PortMapping(
        protocol="udp" if protocol == "udp" else "tcp",
        external_port=external,
        host=client,
        port=internal,
        description=words(answer, "NewPortMappingDescription"),
        enabled=truth(element(answer, "NewEnabled")) is not False,
        lease_s=number(element(answer, "NewLeaseDuration"), 0xFFFFFFFF),
    )
    return Entry(mapping=mapping, remote=words(answer, "NewRemoteHost"))


def towards(
    entries: tuple[Entry, ...], own: Collection[str]
) -> tuple[tuple[PortMapping, ...], int]:
    """The mappings towards one of our `own` addresses, and how many lead elsewhere."""
    ours = tuple(entry.mapping for entry in entries if entry.mapping.host in own)
    return ours, len(entries) - len(ours)
