"""Packets that may travel so many hops only, and who says what became of them.

Linux tells the sender of a datagram about the ICMP errors that it causes, without privileges (the
way of `tracepath`). macOS and Windows keep them to raw sockets, which need an administrator.
"""

from __future__ import annotations

import asyncio
import socket
import sys

from discovery.path.exchange import Peer
from discovery.path.icmp_note import IP_RECVERR, Word, read_complaint
from discovery.path.timing import Tries

SUPPORTED = sys.platform == "linux"
UNSUPPORTED = "Only Linux tells an ordinary program which routers answered."

_QUOTED = 512  # bytes of our own packet that the error queue gives back at most
_CONTROL = 512
_ROUNDS = 64  # entries read before the event loop gets its turn again


async def send_short_lived(
    sock: socket.socket, to: Peer, data: bytes, *, hops: int, tries: Tries
) -> Word | None:
    """Send `data` with that many hops to live; gives the first word on it, None for silence.

    `sock` is a non-blocking UDP socket that serves nothing else. Never raises for network trouble.
    """
    try:
        sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, hops)
    except OSError:  # a sandbox that forbids it
        return None
    loop = asyncio.get_running_loop()
    word: asyncio.Future[Word] = loop.create_future()

    def look() -> None:
        found = _read(sock, to)
        if found is not None and not word.done():
            word.set_result(found)

    def send() -> None:
        # A pending ICMP error is reported by whatever call comes first, and that call does nothing
        # else; so there may be a second.
        for _ in range(2):
            try:
                sock.sendto(data, (str(to.address), to.port))
            except OSError:
                look()
            else:
                break

    # An entry in the error queue makes the socket readable for epoll and poll alike.
    loop.add_reader(sock, look)
    sends = [loop.call_later(delay, send) for delay in tries.sends]
    try:
        async with asyncio.timeout(tries.wait):
            return await word
    except TimeoutError:
        return None
    finally:
        loop.remove_reader(sock)
        for one in sends:
            one.cancel()


def _read(sock: socket.socket, to: Peer) -> Word | None:
    """Read what waits: complaints about packets to `to`, and answers from there."""
    word = None
    for _ in range(_ROUNDS):
        heard = _complaint(sock, to), _answer(sock, to)
        if heard == (None, None):
            break
        word = word or next((one for one in heard if isinstance(one, Word)), None)
    return word


def _complaint(sock: socket.socket, to: Peer) -> Word | bool | None:
    """One entry of the error queue; False for one about something else, None for none."""
    if sys.platform != "linux":
        return None
    try:
        _, control, _, about = sock.recvmsg(_QUOTED, _CONTROL, socket.MSG_ERRQUEUE)
    except OSError:
        return None
    if about != (str(to.address), to.port):
        return False
    return read_complaint(control) or False


def _answer(sock: socket.socket, to: Peer) -> Word | bool | None:
    """One datagram; False for one from elsewhere, None for none."""
    try:
        _, source = sock.recvfrom(_QUOTED)
    except OSError:
        return None
    return source[0] == str(to.address) and Word(kind="answered", sender=to.address)
