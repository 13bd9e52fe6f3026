"""What one machine of the home sends, with the kernel's own time of each packet."""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections.abc import Iterator
from typing import NamedTuple

from tests.lab.packet import Packet, parse
from tests.support.namespaces import Inside, Namespace, packet_socket

_SO_TIMESTAMPNS = 35  # <asm-generic/socket.h>; Python knows no name for it
_OUTGOING = 4  # PACKET_OUTGOING of <linux/if_packet.h>
_LONGEST = 65535
_NANOSECONDS = 1e9


class Sent(NamedTuple):
    """A packet, and when it left, on the clock of `time.monotonic`."""

    at: float
    packet: Packet


class Tap:
    """Everything that leaves by an interface, from its making until `close`.

    The kernel keeps the packets with their times until `take` reads them, so nothing of this
    process runs while something is measured.
    """

    def __init__(self, namespace: Namespace, device: str = "eth0") -> None:
        inside = Inside(namespace)
        try:
            self._socket = inside.make(lambda: packet_socket(device))
        finally:
            inside.close()
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def take(self) -> list[Sent]:
        """What has left since the last look, in order."""
        ahead = time.time() - time.monotonic()
        return [Sent(at - ahead, packet) for at, packet in self._waiting()]

    def close(self) -> None:
        """See nothing more."""
        self._socket.close()

    def _waiting(self) -> Iterator[tuple[float, Packet]]:
        space = socket.CMSG_SPACE(struct.calcsize("qq"))
        while True:
            try:
                frame, notes, _, sender = self._socket.recvmsg(_LONGEST, space)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno == errno.ENETDOWN:  # said once when the cable is pulled
                    continue
                raise
            packet = parse(frame) if sender[2] == _OUTGOING else None
            if packet is not None:
                seconds, nanoseconds = struct.unpack("qq", notes[0][2])
                yield seconds + nanoseconds / _NANOSECONDS, packet
