"""The real sources. Each is loaded when it is first wished for: no home has all of them."""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address

from discovery.observation import Method
from discovery.signals.source import LookNow, Source
from discovery.signals.wishes import Wish


class Makers:
    """Makes the source of a wish, from what no wish says."""

    def __init__(
        self,
        *,
        stun: Sequence[Method],
        own_stun: Sequence[Method],
        vary: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        """`vary` and `wall` are chance and the time of day, as the polls want them."""
        self._stun, self._own_stun, self._vary, self._wall = stun, own_stun, vary, wall

    def __call__(self, wish: Wish, look_now: LookNow) -> Source:
        """Make it; nothing is opened yet. Raises Unavailable where this system has no such."""
        if wish.location and wish.local is not None:
            return _of_upnp(wish, look_now, wish.local)
        if wish.router is not None and wish.local is not None:
            return _of_router(wish, look_now, wish.local, wish.router)
        return self._of_anywhere(wish, look_now)

    def _of_anywhere(self, wish: Wish, look_now: LookNow) -> Source:
        if wish.name == "netlink":
            from discovery.signals.links import links

            return links(look_now)
        if wish.name == "clock":
            from discovery.signals.clock import Clock, boot_clock

            return Clock(look_now, wall=self._wall, every=wish.every, boot=boot_clock())
        from discovery.signals.stun_poll import StunPoll

        methods = self._own_stun if wish.own else self._stun
        return StunPoll(look_now, methods=methods, every=wish.every, vary=self._vary)


def _of_router(wish: Wish, look_now: LookNow, local: IPv4Address, router: IPv4Address) -> Source:
    if wish.name == "natpmp_announce":
        from discovery.signals.announcements import Announcements

        return Announcements(look_now, local=local, router=router)
    if wish.name == "ssdp":
        from discovery.signals.ssdp_notify import SsdpNotices

        return SsdpNotices(look_now, local=local, router=router)
    from discovery.signals.natpmp_poll import NatPmpPoll

    return NatPmpPoll(look_now, router=router, every=wish.every)


def _of_upnp(wish: Wish, look_now: LookNow, local: IPv4Address) -> Source:
    if wish.name == "gena":
        from discovery.signals.gena import Gena

        return Gena(look_now, location=wish.location, local=local)
    from discovery.signals.upnp_poll import UpnpPoll

    return UpnpPoll(look_now, location=wish.location, local=local, every=wish.every)
