"""DNS UPDATE (RFC 2136) signed by TSIG (RFC 8945) over TCP: the only user of dnspython here.

The exchange itself is spoken by hand: dnspython's deadlines follow the wall clock, and every
deadline of this program follows the event loop's. A message goes over TCP with its length in two
octets before it (RFC 1035 §4.2.2), so no answer can be larger than 65,535 octets.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.update

from providers.engine.wire import DnsReply, DnsUpdate, Fault, RRset, Secret, TsigKey

_TIME_SIZE = 6  # octets of a TSIG time: 48 bits (RFC 8945 §4.2)
_DEFAULT_TTL = 60  # an RR in an UPDATE always carries one (RFC 2136 §2.5.1)


class _UnansweredError(Exception):
    """No answer to this message can be understood from what came back."""


async def send_update(call: DnsUpdate, limit: float) -> DnsReply | Fault:
    """Send one message to `call.server` and wait at most `limit` seconds for its answer.

    Never raises for what a network, a server or a setting can do. `Fault.sent` is False only when
    no octet of the message can have left.
    """
    try:
        key = _key(call.key)
    except (dns.exception.DNSException, ValueError):
        return DnsReply(rcode="", tsig="UNUSABLE")
    try:
        message = compose(call, key)
        octets = message.to_wire(prepend_length=True)
        host, port = _endpoint(call.server)
    except (dns.exception.DNSException, ValueError) as error:
        kind = type(error).__name__
        return Fault(sent=False, text=f"no DNS message can be made for {call.server}: {kind}")

    sent = False
    writer = None
    try:
        async with asyncio.timeout(limit):
            reader, writer = await asyncio.open_connection(host, port)
            sent = True
            writer.write(octets)
            size = int.from_bytes(await reader.readexactly(2))
            answer = await reader.readexactly(size)
        return understand(answer, message, call.zone if call.query_only else "")
    except TimeoutError:
        doing = "answer" if sent else "accept a connection"
        return Fault(sent=sent, text=f"{call.server} did not {doing} within {limit:.3g} s")
    except asyncio.IncompleteReadError:
        text = f"{call.server} closed the connection before its answer was whole"
        return Fault(sent=sent, text=text)
    except _UnansweredError as error:
        return Fault(sent=sent, text=f"{call.server} {error}")
    except OSError as error:
        doing = "lost the connection" if sent else "cannot be reached"
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        return Fault(sent=sent, text=f"{call.server} {doing} ({why})")
    finally:
        if writer is not None:
            writer.transport.abort()  # not close(): that would wait for a peer that reads nothing


def warm() -> None:
    """Make a message that goes nowhere: it loads what dnspython loads at the first one."""
    key = TsigKey(name="nobody.", secret=Secret(base64.b64encode(bytes(32)).decode()))
    values = frozenset({IPv4Address(0)}), frozenset({IPv6Address(0)})
    rrsets = (
        RRset(name="nowhere.invalid", rtype="A", values=values[0], live=values[0]),
        RRset(name="nowhere.invalid", rtype="AAAA", values=values[1], live=values[1]),
    )
    call = DnsUpdate(server="", zone="invalid", rrsets=rrsets, key=key)
    compose(call, _key(key)).to_wire()


def compose(call: DnsUpdate, key: dns.tsig.Key | None) -> dns.message.Message:
    """Build the message: prerequisites and whole RRsets, or the SOA query of a dry proof."""
    zone = dns.name.from_text(call.zone)
    message: dns.message.Message
    if call.query_only:
        message = dns.message.make_query(zone, dns.rdatatype.SOA, flags=0)
    else:
        message = update = dns.update.UpdateMessage(zone)
        for rrset in call.rrsets:
            _replace(update, rrset)
    if key is not None:
        message.use_tsig(key, algorithm=key.algorithm)
    return message


def _replace(update: dns.update.UpdateMessage, rrset: RRset) -> None:
    name = dns.name.from_text(rrset.name)
    values = sorted(map(str, rrset.values))
    if rrset.live:
        # Every value as an RR of the zone's class: the *whole* RRset must be equal (§2.4.2).
        update.present(name, rrset.rtype, *sorted(map(str, rrset.live)))
    elif rrset.live is not None:
        update.absent(name, rrset.rtype)
    if values:
        # A server ignores an address for an alias without a word (§3.4.2.2): ask for an error.
        update.absent(name, "CNAME")
    update.delete(name, rrset.rtype)
    if values:
        ttl = _DEFAULT_TTL if rrset.ttl is None else rrset.ttl
        update.add(name, ttl, rrset.rtype, *values)


def understand(answer: bytes, asked: dns.message.Message, soa_of: str = "") -> DnsReply:
    """Read the answer to `asked`. Raises `_UnansweredError` with the rest of a sentence.

    An answer is believed only with the right signature, when `asked` was signed. With `soa_of`, a
    server that does not show that zone's SOA as its authority counts as NOTAUTH.
    """
    try:
        reply = dns.message.from_wire(answer, keyring=False)
        matches = asked.is_response(reply)
    except (dns.exception.DNSException, ValueError) as error:
        kind = type(error).__name__
        raise _UnansweredError(
            f"answered with something that is not a DNS message ({kind})"
        ) from None
    if not matches:
        raise _UnansweredError("answered another question than the one asked")
    rcode = dns.rcode.to_text(reply.rcode())
    if asked.had_tsig:
        refused = _signature_trouble(answer, asked, reply, rcode)
        if refused is not None:
            return refused
    if reply.flags & dns.flags.TC:
        raise _UnansweredError("cut its answer short although it came over TCP")
    if soa_of and rcode == "NOERROR":
        apex = dns.name.from_text(soa_of)
        shown = any(rr.name == apex and rr.rdtype == dns.rdatatype.SOA for rr in reply.answer)
        if not (shown and reply.flags & dns.flags.AA):
            return DnsReply(rcode="NOTAUTH")
    return DnsReply(rcode=rcode)


_Trouble = Literal["BADSIG", "BADKEY", "BADTIME", "BADTRUNC", "UNSIGNED"]
_PEER_SAYS: dict[type[dns.tsig.PeerError], _Trouble] = {
    dns.tsig.PeerBadSignature: "BADSIG",
    dns.tsig.PeerBadKey: "BADKEY",
    dns.tsig.PeerBadTime: "BADTIME",
    dns.tsig.PeerBadTruncation: "BADTRUNC",
}


def _signature_trouble(
    answer: bytes, asked: dns.message.Message, reply: dns.message.Message, rcode: str
) -> DnsReply | None:
    """Check the answer's signature; None when it is right."""
    try:
        dns.message.from_wire(answer, keyring=asked.keyring, request_mac=asked.mac)
    except dns.tsig.PeerError as error:
        tsig = _PEER_SAYS.get(type(error), "UNSIGNED")
        ahead = _clock_ahead(reply) if tsig == "BADTIME" else None
        return DnsReply(rcode=rcode, tsig=tsig, clock_ahead=ahead)
    except dns.tsig.BadTime:
        return DnsReply(rcode=rcode, tsig="BADTIME")
    except (dns.exception.DNSException, ValueError):
        # No signature at all, or one that this key did not make: it proves nothing.
        return DnsReply(rcode=rcode, tsig="UNSIGNED")
    return None


def _clock_ahead(reply: dns.message.Message) -> float | None:
    """Seconds by which the server's clock is ahead: it tells its time with BADTIME (§5.2.3)."""
    if reply.tsig is None:
        return None
    told = reply.tsig[0]
    if len(told.other) != _TIME_SIZE:
        return None
    return float(int.from_bytes(told.other) - told.time_signed)


def _key(key: TsigKey | None) -> dns.tsig.Key | None:
    """Build the key. Raises ValueError or DNSException for what cannot be one.

    dnspython skips what is not base64 and would go on with another key than the one meant.
    """
    if key is None:
        return None
    try:
        secret = base64.b64decode("".join(key.secret.reveal().split()), validate=True)
    except binascii.Error:
        raise ValueError("the key's secret is not base64") from None
    spelt = "hmac-md5.sig-alg.reg.int" if key.algorithm == "hmac-md5" else key.algorithm
    algorithm = dns.name.from_text(spelt)
    if not secret or algorithm not in dns.tsig.mac_sizes:
        raise ValueError("the key's secret is empty, or its algorithm unknown")
    return dns.tsig.Key(key.name, secret, algorithm)


def _endpoint(server: str) -> tuple[str, int]:
    """Split "host", "host:port", "2001:db8::1" or "[2001:db8::1]:port"."""
    if server.startswith("["):
        host, _, port = server[1:].partition("]")
        return host, int(port.removeprefix(":") or 53)
    host, colon, port = server.rpartition(":")
    if not colon or ":" in host:
        return server, 53
    return host, int(port)
