"""The bytes of one STUN Binding transaction (RFC 8489); the only file that imports aioice.

aioice unpacks attributes well and checks little: it takes any magic cookie, lets the last of
several equal attributes win, masks the two top bits away, and raises `struct.error` on values
that are cut short. Whatever could put a wrong address into DNS is therefore checked here first.
Only what aioice 0.10 and 0.13 have in common is used: `parse_message(data)` and `Message`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import ip_address

from aioice import stun

from discovery.hosts import endpoint
from discovery.observation import Address, Flaw, Why

# An honest answer has 32 to 150 bytes; what is larger is not parsed.
MAX_MESSAGE = 2048
HEADER_LENGTH = 20

_COOKIE = 0x2112A442
_TRANSACTION = slice(8, 20)
_MESSAGE_INTEGRITY = 0x0008
_MESSAGE_INTEGRITY_SHA256 = 0x001C
_FINGERPRINT = 0x8028
_OPTIONAL = 0x8000  # attribute types from here on may be ignored (RFC 8489 §14)

# Every attribute that a client must understand and that a Binding response may carry: RFC 8489
# §18.3, the older names of RFC 3489 §11.2 (0x0004, 0x0005, 0x000B) that servers still add, and
# PADDING (RFC 5780 §7.6). A response with any other is to be discarded (RFC 8489 §6.3.3).
_UNDERSTOOD = frozenset(
    {0x0001, 0x0004, 0x0005, _MESSAGE_INTEGRITY, 0x0009, 0x000A, 0x000B}
    | {0x0014, 0x0015, _MESSAGE_INTEGRITY_SHA256, 0x0020, 0x0026}
)
# What may still follow these attributes (RFC 8489 §14.5 to §14.7). Whatever else follows them was
# added by someone on the way.
_MAY_FOLLOW = {
    _MESSAGE_INTEGRITY: frozenset({_MESSAGE_INTEGRITY_SHA256, _FINGERPRINT}),
    _MESSAGE_INTEGRITY_SHA256: frozenset({_FINGERPRINT}),
    _FINGERPRINT: frozenset[int](),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A success response: our address and port as the server saw them.

    `rewritten` is MAPPED-ADDRESS, as "address:port", where it differs from XOR-MAPPED-ADDRESS:
    something on the path rewrites addresses inside packets (RFC 5780 §3.6).
    `other` is OTHER-ADDRESS, the second address and port that the server says it has (§7.4).
    """

    address: Address
    port: int
    rewritten: str = ""
    software: str = ""
    other: tuple[Address, int] | None = None


def binding_request(transaction_id: bytes, *, change: int = 0) -> bytes:
    """Pack a bare Binding request of 20 bytes; `transaction_id` is 12 random bytes.

    With `change` it carries a CHANGE-REQUEST too: 4 asks for an answer from the server's other
    address, 2 for one from its other port, and the two add up (RFC 5780 §7.2).

    There is no SOFTWARE, which would tell every server and every eavesdropper what runs here, and
    no FINGERPRINT, which serves sockets that share their port with another protocol.
    """
    request = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.REQUEST,
        transaction_id=transaction_id,
    )
    if change:
        request.attributes["CHANGE-REQUEST"] = change
    return bytes(request)


def knows_us(data: bytes, transaction_id: bytes) -> bool:
    """Whether the sender of these bytes has read our request: it repeats 96 random bits."""
    return data[_TRANSACTION] == transaction_id


def body_length(header: bytes) -> int | Flaw:
    """Say how many bytes follow this header of 20 bytes on a TCP stream (RFC 8489 §6.2.2)."""
    if not _is_stun(header):
        return _malformed("answered something that is not STUN")
    length: int = struct.unpack_from("!H", header, 2)[0]
    if HEADER_LENGTH + length > MAX_MESSAGE:
        return _oversized()
    return length


def read_binding(data: bytes, transaction_id: bytes) -> Binding | Flaw:
    """Read a Binding response to the request with this id. Never raises, whatever the bytes."""
    flaw = _envelope_flaw(data, transaction_id) or _attribute_flaw(data)
    if flaw is not None:
        return flaw
    try:
        message = stun.parse_message(data)
    except (ValueError, KeyError, struct.error) as error:
        return _malformed(f"answered a damaged STUN message ({_printable(str(error))})")
    if message.message_method is not stun.Method.BINDING:
        return _malformed(f"answered with {message.message_method.name} instead of BINDING")
    if message.message_class is stun.Class.ERROR:
        return _refusal(message)
    if message.message_class is not stun.Class.RESPONSE:
        return _malformed(f"answered with a STUN {message.message_class.name.lower()}")
    return _mapped(message)


def _envelope_flaw(data: bytes, transaction_id: bytes) -> Flaw | None:
    if len(data) > MAX_MESSAGE:
        return _oversized()
    if len(data) < HEADER_LENGTH:
        return _malformed(f"answered {len(data)} bytes, too few for STUN")
    if not _is_stun(data):
        return _malformed("answered something that is not STUN")
    if not knows_us(data, transaction_id):
        return Flaw(
            why=Why.SPOOFED,
            detail="seemed to answer, but with the id of another transaction",
        )
    if len(data) != HEADER_LENGTH + struct.unpack_from("!H", data, 2)[0]:
        return _malformed("answered a STUN message of another length than it says")
    return None


def _is_stun(data: bytes) -> bool:
    # The two zero bits and the cookie tell STUN apart from everything else (RFC 8489 §5). Servers
    # of RFC 3489 do not know the cookie; they left the public lists years ago.
    return data[0] & 0xC0 == 0 and struct.unpack_from("!I", data, 4)[0] == _COOKIE


def _attribute_flaw(data: bytes) -> Flaw | None:
    """Walk the attributes as RFC 8489 §14 lays them out, before aioice sees them."""
    seen: set[int] = set()
    allowed: frozenset[int] | None = None
    position = HEADER_LENGTH
    while position < len(data):
        if len(data) - position < 4:  # noqa: PLR2004 - a type and a length, two bytes each
            return _malformed("answered a STUN message with a torn attribute")
        kind, length = struct.unpack_from("!HH", data, position)
        position += 4 + length + -length % 4
        if position > len(data):
            return _malformed("answered a STUN message with an attribute cut short")
        if kind in seen:
            return _malformed(f"answered with attribute 0x{kind:04x} twice")
        if allowed is not None and kind not in allowed:
            return _malformed(f"answered with attribute 0x{kind:04x} after the message's end")
        if kind < _OPTIONAL and kind not in _UNDERSTOOD:
            return _malformed(f"answered with the unknown attribute 0x{kind:04x}")
        seen.add(kind)
        allowed = _MAY_FOLLOW.get(kind, allowed)
    return None


def _refusal(message: stun.Message) -> Flaw:
    error = message.attributes.get("ERROR-CODE")
    if error is None:
        return _malformed("answered with a STUN error that has no code")
    code, phrase = error
    said = f"{code} {_printable(phrase)}".rstrip()
    return Flaw(why=Why.REFUSED, detail=f"answered with STUN error {said}")


def _mapped(message: stun.Message) -> Binding | Flaw:
    xored = message.attributes.get("XOR-MAPPED-ADDRESS")
    plain = message.attributes.get("MAPPED-ADDRESS")
    chosen = xored or plain
    if chosen is None:
        return _malformed("answered without an address")
    host, port = chosen
    if port == 0:
        return _malformed(f"answered {host} with port 0, which nothing can be sent from")
    other = message.attributes.get("OTHER-ADDRESS")
    return Binding(
        address=ip_address(host),
        port=port,
        rewritten=endpoint(*plain) if xored and plain and plain != xored else "",
        software=_printable(message.attributes.get("SOFTWARE", "")),
        other=(ip_address(other[0]), other[1]) if other else None,
    )


def _malformed(detail: str) -> Flaw:
    return Flaw(why=Why.MALFORMED, detail=detail)


def _oversized() -> Flaw:
    return Flaw(why=Why.OVERSIZED, detail=f"answered more than {MAX_MESSAGE} bytes")


def _printable(text: str) -> str:
    """Make a stranger's text fit into one line of ours."""
    return "".join(letter for letter in text if letter.isprintable())[:64].strip()
