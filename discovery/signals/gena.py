"""UPnP events of the router's internet connection: told 10 to 60 ms after the address changed.

The value in an event is not read. When an address goes and comes within milliseconds, miniupnpd
may send but the first half ("Disconnected, 0.0.0.0") and never the second.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from ipaddress import IPv4Address
from types import TracebackType
from typing import ClassVar, Self

from discovery.egress import reason
from discovery.router import soap
from discovery.router.ssdp import location_host
from discovery.signals.gena_description import EventService, event_services
from discovery.signals.gena_http import Peer
from discovery.signals.gena_listener import Listener
from discovery.signals.gena_subscription import Subscription
from discovery.signals.source import LookNow, Unavailable
from discovery.signals.view import SignalName


class Gena:
    """A `Source`: every event of a router's WAN connection is a reason to look.

    `first_event` is set when the first event came, which proves that no firewall on the way drops
    them. After a restart many routers have their description on another port; then this source
    ends, and whoever owns it searches the router anew.
    """

    name: ClassVar[SignalName] = "gena"

    def __init__(
        self,
        look_now: LookNow,
        *,
        location: str,
        local: IPv4Address,
        lease_s: int = 1800,
        limit: float = 3.0,
    ) -> None:
        """Nothing is asked yet.

        `location` is the router's description, `local` our address on its link. `limit` is for each
        conversation, in seconds: some routers never answer SUBSCRIBE (home-assistant/core#125462).
        """
        self._look_now, self._location, self._local = look_now, location, local
        self._lease_s, self._limit = lease_s, limit
        self.first_event = asyncio.Event()
        self._stack = AsyncExitStack()
        self._subscriptions: list[Subscription] = []
        self._lives: list[asyncio.Task[str]] = []

    async def __aenter__(self) -> Self:
        """Fetch the description and subscribe. Raises Unavailable when there is nothing to have."""
        router = location_host(self._location)
        if router is None:
            raise Unavailable("the router's description is not at a plain http:// address")
        peer = Peer(router=router, local=self._local)
        async with AsyncExitStack() as stack:
            services = await self._services(router)
            listener = await stack.enter_async_context(Listener(peer, limit=self._limit))
            await self._subscribe(peer, listener, services, stack)
            self._stack = stack.pop_all()
        self._lives = [asyncio.create_task(one.live()) for one in self._subscriptions]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the subscriptions back and close the listener; two seconds at most."""
        for life in self._lives:
            life.cancel()
        try:
            await asyncio.gather(*self._lives, return_exceptions=True)
        finally:
            await self._stack.aclose()

    async def ended(self) -> str:
        """Wait until no subscription is left that could be regained."""
        await asyncio.wait(self._lives)
        return self._lives[-1].result()

    def hurry(self) -> None:
        """Renew now instead of at half time: something else told of a restart of the router."""
        for subscription in self._subscriptions:
            subscription.hurry()

    async def _services(self, router: IPv4Address) -> tuple[EventService, ...]:
        try:
            async with asyncio.timeout(self._limit):
                text = await soap.fetch(self._location, str(router))
        except TimeoutError:
            raise Unavailable(
                f"the router did not send its description within {self._limit:g} s"
            ) from None
        except OSError as error:
            raise Unavailable(
                f"the router's description cannot be fetched ({reason(error)})"
            ) from error
        except ValueError as error:
            raise Unavailable(
                "the router sent something that is no description of a device"
            ) from error
        services = event_services(text, self._location, router)
        if not services:
            raise Unavailable("the router describes no internet connection that sends events")
        return services

    async def _subscribe(
        self,
        peer: Peer,
        listener: Listener,
        services: tuple[EventService, ...],
        stack: AsyncExitStack,
    ) -> None:
        """Subscribe to each connection; one that grants is enough."""
        refused: Unavailable | None = None
        for service in services:
            subscription = Subscription(
                self._look_now,
                service,
                host=str(peer.router),
                ask=peer.ask,
                door=listener,
                lease_s=self._lease_s,
                limit=self._limit,
                first_event=self.first_event,
            )
            stack.push_async_callback(subscription.end)
            try:
                await subscription.begin()
            except Unavailable as error:
                refused = error
            else:
                self._subscriptions.append(subscription)
        if not self._subscriptions:
            assert refused is not None
            raise refused
