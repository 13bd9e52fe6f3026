"""What Windows tells of this machine's own addresses and routes (IP Helper, iphlpapi.dll).

Written from learn.microsoft.com (NotifyUnicastIpAddressChange, NotifyRouteChange2,
CancelMibChangeNotify2, in netioapi.h); tested here against a library of the same shape, not on
Windows. Nothing of the row that the callback gets is read, so a renewed lifetime cannot be told
from a new address: such a notice costs one look.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, ClassVar, Self

from discovery.signals.source import End, LookNow, Unavailable
from discovery.signals.view import SignalName

_AF_UNSPEC = 0
_NO_ERROR = 0

_NOTICES = {
    "NotifyUnicastIpAddressChange": "an address of this machine changed",
    "NotifyRouteChange2": "a route of this machine changed",
}


class IpHelper:
    """A `Source` that Windows calls in a thread of its own."""

    name: ClassVar[SignalName] = "netlink"

    def __init__(self, look_now: LookNow, *, library: Callable[[], Any] | None = None) -> None:
        """Nothing is asked yet. `library` loads iphlpapi.dll, or what stands for it in a test."""
        self._look_now, self._library = look_now, library or _iphlpapi
        self._end = End()
        self._helper: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._kept: list[Any] = []  # callbacks; Windows calls them, so they must stay alive
        self._handles: list[Any] = []
        self._on_its_way = False

    async def __aenter__(self) -> Self:
        """Ask to be told. Raises Unavailable where Windows refuses, or where this is no Windows."""
        import ctypes  # noqa: PLC0415 - 5 MiB that no other system needs

        self._loop, self._helper = asyncio.get_running_loop(), self._library()
        # The calling convention differs on 32-bit Windows only; elsewhere there is just one.
        convention = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
        callback_type = convention(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
        for function, why in _NOTICES.items():
            callback = callback_type(self._callback(why))
            handle = ctypes.c_void_p()
            register = getattr(self._helper, function)
            status = register(_AF_UNSPEC, callback, None, 0, ctypes.byref(handle))
            if status != _NO_ERROR:
                self._cancel()
                raise Unavailable(
                    "Windows does not tell this program when its own network changes "
                    f"(error {status} of {function})"
                )
            self._kept.append(callback)
            self._handles.append(handle)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask for nothing more. Waits for a callback that runs just now; that is microseconds."""
        self._cancel()

    async def ended(self) -> str:
        """Wait for ever: Windows never withdraws a registration by itself."""
        return await self._end.wait()

    def _callback(self, why: str) -> Callable[[Any, Any, int], None]:
        def tell(_context: Any, _row: Any, _kind: int) -> None:
            # However many come before the loop gets its turn, one is queued.
            if self._loop is not None and not self._on_its_way:
                self._on_its_way = True
                with suppress(RuntimeError):  # the loop is closed: nobody wants to know
                    self._loop.call_soon_threadsafe(self._tell, why)

        return tell

    def _tell(self, why: str) -> None:
        self._on_its_way = False
        if self._handles:
            self._look_now(why)

    def _cancel(self) -> None:
        for handle in self._handles:
            self._helper.CancelMibChangeNotify2(handle)
        self._handles.clear()
        self._kept.clear()


def _iphlpapi() -> Any:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - see above

        return ctypes.WinDLL("iphlpapi")
    raise Unavailable("only Windows tells of its network in this way")
