"""Asking the router for its address by UPnP every few seconds, where it knows no NAT-PMP.

One TCP connection and about 1.5 kB on the home's link for each question. The answer is compared
with the one before as text; nobody is told it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import ClassVar

from discovery.router import soap
from discovery.router.description import WAN_CONNECTIONS, Service, element, services
from discovery.router.upnp_worker import leads_to
from discovery.signals.described import describe
from discovery.signals.poller import GIVE_UP_S, Absence, Mute, Poller, news
from discovery.signals.source import LookNow, Unavailable
from discovery.signals.view import SignalName

_ELEMENT = "NewExternalIPAddress"  # WANIPConnection:1 §2.4.18
_MOST_SERVICES = 2  # the IP and the PPP connection of a DSL router (openhab1-addons#5296)
_MOST_TEXT = 64  # characters that are kept of an answer; an address has 15 at most
_NO_ADDRESS = frozenset({"", "0.0.0.0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The address as the router spelt it, or the number of the UPnP error instead of one."""

    text: str = ""
    error: int | None = None


class UpnpPoll(Poller):
    """A `Source`: an answer that differs from the last, or is missing, is a reason to look.

    A connection that names no address is asked in turn with the other one, where there are two:
    nobody knows which of them the line will come up with. A service that has not answered for a
    minute ends this source; its control URL may have moved, so the router has to be searched anew.
    """

    name: ClassVar[SignalName] = "upnp_poll"

    def __init__(
        self,
        look_now: LookNow,
        *,
        location: str,
        local: IPv4Address | None,
        every: float,
        limit: float = 2.0,
    ) -> None:
        """Nothing is asked yet.

        `location` is the router's description, `local` our address on its link. `limit` is for each
        question, in seconds.
        """
        super().__init__(look_now, every=every)
        self._location, self._local, self._limit = location, local, limit
        self._host = ""
        self._services: deque[Service] = deque()
        self._last: dict[Service, Answer | Mute] = {}
        self._absence = Absence()

    async def prove(self) -> None:
        """Ask each connection until one names an address; an answer without one will do."""
        router, text = await describe(self._location, local=self._local, limit=self._limit)
        self._host = str(router)
        found = services(text, self._location, WAN_CONNECTIONS)
        own = [one for one in found if leads_to(one.control_url, self._host)]
        if not own:
            raise Unavailable("the router describes no internet connection that can be asked")
        for service in own[:_MOST_SERVICES]:
            outcome = await self._ask(service)
            if isinstance(outcome, Answer):
                self._services.append(service)
                self._last[service] = outcome
            if _names_address(outcome):
                self._services.rotate(1)  # to be asked first
                break
        if not any(isinstance(one, Answer) and one.error is None for one in self._last.values()):
            raise Unavailable("the router does not tell its address over UPnP")

    async def poll(self) -> str | None:
        """Ask one connection, and compare with what it answered last."""
        service = self._services[0]
        outcome = await self._ask(service)
        if outcome is Mute.SILENT:  # a small router may be busy for a moment
            outcome = await self._ask(service)
        why = news(self._last.get(service), outcome, "UPnP")
        self._last[service] = outcome
        if isinstance(outcome, Answer) and not _names_address(outcome):
            self._services.rotate(-1)
        if why is not None:
            self.look_now(why)
        if self._absence.is_for_good(away=isinstance(outcome, Mute)):
            return f"the router has not answered UPnP for {GIVE_UP_S:g} s"
        return None

    async def _ask(self, service: Service) -> Answer | Mute:
        """Ask once. What is no answer to this question counts as none."""
        try:
            async with asyncio.timeout(self._limit):
                text = await soap.call(
                    service, self._host, "GetExternalIPAddress", local=self._local
                )
        except soap.Refused as refused:
            return Answer(error=refused.code)
        except ConnectionRefusedError:
            return Mute.CLOSED
        except (OSError, ValueError):
            return Mute.SILENT
        if _ELEMENT not in text:
            return Mute.SILENT
        return Answer(text=element(text, _ELEMENT)[:_MOST_TEXT])


def _names_address(outcome: Answer | Mute) -> bool:
    return isinstance(outcome, Answer) and outcome.error is None and outcome.text not in _NO_ADDRESS
