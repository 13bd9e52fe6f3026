"""The two peers that try to meet, and the gather before; the only file that imports aiortc.

Loaded at first use: aiortc brings a whole media stack, and only the diagnosis wants it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceGatherer,
    RTCIceServer,
    RTCIceTransport,
    RTCPeerConnection,
    RTCSessionDescription,
)

from discovery.observation import Address
from discovery.webrtc.candidates import (
    has_candidate,
    obstacle,
    own_addresses,
    read_candidates,
    reflexive_only,
)
from discovery.webrtc.timing import Timing
from discovery.webrtc.view import IceView

TIME_WAS_UP = "The time was up before WebRTC had finished, so nothing can be said about it."

_HELLO = "hello"
_ONE_SIDED = "The STUN server answered one of the two peers only, so no channel was tried."
_NOT_OPENED = (
    "The two peers found each other through the public address, but their channel did not open "
    "in time."
)
_NO_WAY_BACK = (
    "Nothing that was sent to the public address came back into the home; a router that leads "
    "such packets back without changing their sender looks the same from one machine."
)


async def rehearse(url: str, *, name: str, limit: float, timing: Timing) -> IceView:
    """Gather with the STUN server at `url` ("stun:192.0.2.1:3478"), and let two peers meet.

    `name` is what people call that server. Returns after `limit` seconds at the latest, and
    `timing.closing` more to close every socket; what was known by then is in the answer. Raises
    what aiortc raises where it has a bug.
    """
    view = IceView(server=name, note=TIME_WAS_UP)
    gatherer = RTCIceGatherer([RTCIceServer(urls=url)])
    configuration = RTCConfiguration(iceServers=[RTCIceServer(urls=url)])
    offerer, answerer = RTCPeerConnection(configuration), RTCPeerConnection(configuration)
    try:
        async with asyncio.timeout(limit):
            channel = offerer.createDataChannel("rehearsal")
            # Side by side: where one address of the machine leads nowhere, each takes its whole
            # second.
            await asyncio.gather(_gather(gatherer, timing), _describe(offerer, timing))
            candidates = read_candidates(gatherer.getLocalCandidates())
            view = replace(view, candidates=candidates)
            note = obstacle(candidates, name)
            opened = None
            if not note:
                own = own_addresses(candidates)
                opened, note = await _meet(offerer, answerer, channel, own, timing)
            view = replace(view, data_channel=opened, note=note)
    except TimeoutError:
        pass  # `view` says so, and has what was learned before
    finally:
        await _close(gatherer, offerer, answerer, timing)
    return view


async def _gather(gatherer: RTCIceGatherer, timing: Timing) -> None:
    # No public setting of aioice shortens the five seconds that it waits for a silent server, but
    # its own method takes them as an argument; it is given on this one connection alone. Bridges
    # and tunnels whose packets go nowhere are common, and each would cost the whole diagnosis.
    connection = gatherer._connection  # noqa: SLF001 - see above
    hurried = partial(
        connection.get_component_candidates,
        timeout=timing.gathering,  # type: ignore[arg-type]  # asyncio.wait takes a float as well
    )
    vars(connection).update(get_component_candidates=hurried)
    await gatherer.gather()


async def _describe(peer: RTCPeerConnection, timing: Timing) -> None:
    """Gather, and let the local description hold the candidates."""
    if peer.sctp is not None:
        await _gather(peer.sctp.transport.transport.iceGatherer, timing)
    await peer.setLocalDescription()


async def _meet(
    offerer: RTCPeerConnection,
    answerer: RTCPeerConnection,
    channel: RTCDataChannel,
    own: frozenset[Address],
    timing: Timing,
) -> tuple[bool | None, str]:
    """Let the peers meet over server-reflexive candidates alone, and say hello both ways."""
    met, heard = _meeting(offerer), _echo(channel, answerer)
    offer = _reflexive(offerer, own)
    if offer is None:
        return None, _ONE_SIDED
    await answerer.setRemoteDescription(offer)
    await _describe(answerer, timing)
    answer = _reflexive(answerer, own)
    if answer is None:
        return None, _ONE_SIDED
    await offerer.setRemoteDescription(answer)
    if not await _within(timing.checking, met):
        return False, _NO_WAY_BACK
    if not await _within(timing.opening, heard):
        return None, _NOT_OPENED
    return True, ""


def _reflexive(peer: RTCPeerConnection, own: frozenset[Address]) -> RTCSessionDescription | None:
    """What the other peer is told of this one; None without a server-reflexive candidate."""
    full = peer.localDescription
    sdp = reflexive_only(full.sdp, own)
    return RTCSessionDescription(sdp=sdp, type=full.type) if has_candidate(sdp) else None


def _meeting(peer: RTCPeerConnection) -> asyncio.Event:
    """An event for the moment when ICE has found a pair of candidates that works."""
    met = asyncio.Event()

    def changed() -> None:
        if peer.iceConnectionState == "completed":
            met.set()

    peer.on("iceconnectionstatechange", changed)
    return met


def _echo(channel: RTCDataChannel, answerer: RTCPeerConnection) -> asyncio.Event:
    """Say hello as soon as the channel opens; an event for the moment when it has come back."""
    heard = asyncio.Event()

    def came_back(message: str | bytes) -> None:
        if message == _HELLO:
            heard.set()

    def answer(theirs: RTCDataChannel) -> None:
        theirs.on("message", theirs.send)

    channel.on("open", partial(channel.send, _HELLO))
    channel.on("message", came_back)
    answerer.on("datachannel", answer)
    return heard


async def _within(seconds: float, event: asyncio.Event) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


async def _close(
    gatherer: RTCIceGatherer,
    offerer: RTCPeerConnection,
    answerer: RTCPeerConnection,
    timing: Timing,
) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(timing.closing):
            # A gatherer has no method that closes its sockets; a transport around it has.
            endings = (offerer.close(), answerer.close(), RTCIceTransport(gatherer).stop())
            await asyncio.gather(*endings, return_exceptions=True)
