"""The calls that are made of IP Helper, on a library of the same shape."""

from __future__ import annotations

import asyncio
import ctypes
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from discovery.signals.source import Unavailable
from discovery.signals.windows import IpHelper
from tests.discovery.signals.listening import Heard

ADDRESS = "an address of this machine changed"
ROUTE = "a route of this machine changed"
FUNCTIONS = ("NotifyUnicastIpAddressChange", "NotifyRouteChange2")


class Library:
    """Stands for iphlpapi.dll: hands out handles and calls back from another thread."""

    def __init__(self, refuses: str = "") -> None:
        self.callbacks: dict[str, Callable[..., None]] = {}
        self.cancelled: list[int] = []
        self.calls: list[tuple[str, int, Any, int]] = []
        self._refuses = refuses
        self.late: Callable[..., None] = lambda *_: None

    def __getattr__(self, name: str) -> Callable[..., int]:
        if name not in FUNCTIONS:
            raise AttributeError(name)

        def register(family: int, callback: Any, context: Any, initial: int, handle: Any) -> int:
            self.calls.append((name, family, context, initial))
            if name == self._refuses:
                return 50  # ERROR_NOT_SUPPORTED
            self.callbacks[name] = callback
            handle._obj.value = 0x1000 + len(self.callbacks)
            return 0

        return register

    def CancelMibChangeNotify2(self, handle: ctypes.c_void_p) -> int:  # noqa: N802 - its name
        assert handle.value is not None
        self.cancelled.append(handle.value)
        return 0

    def call_back(self, name: str, times: int = 1) -> None:
        """As Windows does: in a thread that Python has never seen."""

        def run() -> None:
            for _ in range(times):
                self.callbacks[name](None, None, 0)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()


def test_both_notices_reach_the_loop_and_are_withdrawn() -> None:
    library, heard = Library(), Heard()

    async def main() -> None:
        async with IpHelper(heard, library=lambda: library):
            library.call_back("NotifyUnicastIpAddressChange")
            await heard.until(ADDRESS)
            library.call_back("NotifyRouteChange2")
            await heard.until(ROUTE)
            assert library.cancelled == []

    asyncio.run(main())
    assert library.calls == [(name, 0, None, 0) for name in FUNCTIONS]
    assert library.cancelled == [0x1001, 0x1002]


def test_a_storm_is_one_reason_until_the_loop_has_its_turn() -> None:
    library, heard = Library(), Heard()

    async def main() -> None:
        async with IpHelper(heard, library=lambda: library):
            library.call_back("NotifyRouteChange2", times=1000)
            await heard.until(ROUTE)
            library.call_back("NotifyRouteChange2")
            await heard.until(ROUTE, times=2)

    asyncio.run(main())
    assert heard.reasons == [ROUTE, ROUTE]


def test_what_was_on_its_way_when_it_closed_is_not_told() -> None:
    library, heard = Library(), Heard()

    async def main() -> None:
        async with IpHelper(heard, library=lambda: library):
            library.call_back("NotifyRouteChange2")
        await asyncio.sleep(0)

    asyncio.run(main())
    assert heard.reasons == []


def test_a_callback_after_the_loop_has_closed_is_harmless() -> None:
    library = Library()

    async def main() -> IpHelper:
        helper = IpHelper(Heard(), library=lambda: library)
        async with helper:
            library.late = library.callbacks["NotifyRouteChange2"]
        return helper

    helper = asyncio.run(main())
    assert not helper._kept
    library.late(None, None, 0)
    assert helper._on_its_way


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_refusal_is_a_sentence_and_leaves_nothing_registered(name: str) -> None:
    library = Library(refuses=name)

    async def main() -> None:
        async with IpHelper(Heard(), library=lambda: library):
            pytest.fail("it was refused")

    with pytest.raises(Unavailable, match=f"error 50 of {name}"):
        asyncio.run(main())
    assert len(library.cancelled) == FUNCTIONS.index(name)


@pytest.mark.skipif(sys.platform == "win32", reason="is Windows")
def test_elsewhere_there_is_no_such_library() -> None:
    async def main() -> None:
        async with IpHelper(Heard()):
            pytest.fail("this is no Windows")

    with pytest.raises(Unavailable, match="only Windows"):
        asyncio.run(main())
