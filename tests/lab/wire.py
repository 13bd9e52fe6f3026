"""Every packet that leaves the home, read off the router's WAN side."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.lab.packet import Packet, parse
from tests.lab.places import FENCE_PORT, STRANGER
from tests.support.daemon import until
from tests.support.namespaces import Inside, Namespace, packet_socket

_OUTGOING = 4  # PACKET_OUTGOING of <linux/if_packet.h>


class Wire:
    """A tap on both of the router's WAN interfaces, from its making until `close`."""

    def __init__(self, router: Namespace, home: Namespace) -> None:
        self._router, self._home = Inside(router), Inside(home)
        self._taps = [self._router.make(partial(packet_socket, dev)) for dev in ("wan", "wan2")]
        self._seen: list[Packet] = []

    def take(self, *, fence: bool = True) -> tuple[Packet, ...]:
        """What has left since the last time.

        A packet of our own is sent after the others and awaited, so none is still on its way;
        without a `fence` (the cable is pulled) the tap is only emptied.
        """
        if fence:
            token = os.urandom(16)
            self._home.make(lambda: _mark(token))
            until(lambda: self._drained(token), "the wire-tap does not see the home's packets")
        else:
            self._drain()
        seen = tuple(packet for packet in self._seen if packet.destination_port != FENCE_PORT)
        self._seen.clear()
        return seen

    def close(self) -> None:
        for tap in self._taps:
            tap.close()
        self._router.close()
        self._home.close()

    def _drained(self, token: bytes) -> bool:
        self._drain()
        return any(packet.payload == token for packet in self._seen)

    def _drain(self) -> None:
        for tap in reversed(self._taps):  # the mark, which comes by the first, is seen last
            for frame, sender in _frames(tap):
                packet = parse(frame) if sender[2] == _OUTGOING else None
                if packet is not None:
                    self._seen.append(packet)


def _frames(tap: socket.socket) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
    """Everything that waits at a tap, with the kernel's note on it."""
    while True:
        try:
            yield tap.recvfrom(65535)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENETDOWN:  # said once when the line goes down
                raise


def _mark(token: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as marker:
        # Past a VPN, whose packets would hide it.
        marker.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
        marker.sendto(token, (STRANGER, FENCE_PORT))
