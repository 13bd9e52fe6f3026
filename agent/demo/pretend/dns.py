"""Authoritative name servers for the pretend zone, over UDP and TCP, and their provider's door.

The primary takes DNS UPDATE (RFC 2136) from whoever signs with the right key (TSIG, RFC 8945):
that is the pretend DNS provider. A secondary copies the zone a moment later, as in real life.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.tsigkeyring
import dns.update
from dns.rdtypes.ANY.TSIG import TSIG

from agent.demo.pretend.doors import HOST, Endpoint, tcp_door, udp_door
from agent.demo.pretend.zone import Zone, answer, update

_HEADER = 12  # octets (RFC 1035 §4.1.1)
_PLAIN_UDP = 512  # octets that fit into a reply without EDNS (RFC 1035 §4.2.1)
_LARGEST = 65535
_ATTEMPTS = 20
_REFUSED_BECAUSE: dict[type[dns.exception.DNSException], int] = {
    dns.message.UnknownTSIGKey: dns.rcode.BADKEY,
    dns.tsig.BadKey: dns.rcode.BADKEY,
    dns.tsig.BadAlgorithm: dns.rcode.BADKEY,
    dns.tsig.BadSignature: dns.rcode.BADSIG,
    dns.tsig.BadTime: dns.rcode.BADTIME,
}


class NameServer:
    """One authoritative server. Without `keys` it takes no updates.

    `updates` counts those that came, also when their signature did not hold.
    """

    def __init__(self, zone: Zone, keys: Mapping[str, str] | None = None) -> None:
        """Serve `zone`. `keys` may change it: names and secrets (base64) for HMAC-SHA256."""
        self.zone = zone
        self.updates = 0
        texts = {name: ("hmac-sha256", secret) for name, secret in (keys or {}).items()}
        self._keyring = dns.tsigkeyring.from_text(texts)
        self._followers: list[Callable[[Zone], object]] = []

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Endpoint]:
        """Listen on both transports, at one port of 127.0.0.1 that is free for both."""
        async with contextlib.AsyncExitStack() as doors:
            port = 0
            for attempt in range(1, _ATTEMPTS + 1):
                port = await doors.enter_async_context(tcp_door(self._talk))
                try:
                    await doors.enter_async_context(udp_door(self._hear, port))
                    break
                except OSError:  # somebody else's UDP port: another pair, then
                    if attempt == _ATTEMPTS:
                        raise
            yield HOST, port

    def follow(self, primary: NameServer, *, lag: float) -> None:
        """Copy the primary's zone `lag` seconds after each change, as NOTIFY and IXFR would."""

        def copy(zone: Zone) -> None:
            self.zone = zone

        primary._followers.append(
            lambda zone: asyncio.get_running_loop().call_later(lag, copy, zone)
        )

    def respond(self, octets: bytes, *, tcp: bool) -> bytes | None:
        """Answer one message; None for what is itself an answer, or too short to be anything."""
        if len(octets) < _HEADER or octets[2] & 0x80:  # QR
            return None
        self.updates += _opcode(octets) == dns.opcode.UPDATE
        try:
            message = dns.message.from_wire(octets, keyring=self._keyring)
        except tuple(_REFUSED_BECAUSE) as error:
            return _unsigned_refusal(octets, _REFUSED_BECAUSE[type(error)])
        except (dns.exception.DNSException, ValueError):
            return octets[:2] + bytes((0x80 | octets[2] & 0x79, dns.rcode.FORMERR)) + bytes(8)
        if isinstance(message, dns.update.UpdateMessage):
            response = self._update(message)
        elif message.opcode() == dns.opcode.QUERY:
            response = answer(self.zone, message)
        else:
            response = dns.message.make_response(message)
            response.set_rcode(dns.rcode.NOTIMP)
        room = _LARGEST if tcp else max(_PLAIN_UDP, message.payload if message.edns >= 0 else 0)
        return response.to_wire(max_size=room, prefer_truncation=True)

    def _update(self, message: dns.update.UpdateMessage) -> dns.message.Message:
        response = dns.message.make_response(message)
        if not message.had_tsig:
            response.set_rcode(dns.rcode.REFUSED)
            return response
        rcode, zone = update(self.zone, message)
        response.set_rcode(rcode)
        if zone is not self.zone:
            self.zone = zone
            for follower in self._followers:
                follower(zone)
        return response

    def _hear(self, datagram: bytes, _sender: Endpoint) -> bytes | None:
        return self.respond(datagram, tcp=False)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Each message has its length in two octets before it (RFC 1035 §4.2.2)."""
        while True:
            size = int.from_bytes(await reader.readexactly(2))
            reply = self.respond(await reader.readexactly(size), tcp=True)
            if reply is None:
                return
            writer.write(len(reply).to_bytes(2) + reply)
            await writer.drain()


def _opcode(octets: bytes) -> int:
    return octets[2] >> 3 & 0xF  # RFC 1035 §4.1.1


def _unsigned_refusal(octets: bytes, error: int) -> bytes:
    """Refuse a signature that does not hold: NOTAUTH, with a TSIG that says why (RFC 8945 §5.2)."""
    message = dns.message.from_wire(octets, keyring=False)
    claimed = message.tsig
    assert claimed is not None
    message.tsig = None
    response = dns.message.make_response(message)
    response.use_edns(edns=False)
    response.set_rcode(dns.rcode.NOTAUTH)
    told: TSIG = claimed[0].replace(mac=b"", error=error, other=b"")
    response.additional.append(dns.rrset.from_rdata(claimed.name, 0, told))
    return response.to_wire()
