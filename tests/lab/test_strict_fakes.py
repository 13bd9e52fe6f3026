"""The lab's own servers understand what the real ones do, and nothing else. No lab is built."""

from __future__ import annotations

import asyncio
import socket

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.update
import pytest

from tests.lab.dns_service import respond
from tests.lab.like_upnpc import reduced
from tests.lab.places import LIE, ROUTER
from tests.lab.portal import LOGIN_NAME, response
from tests.lab.signed import signed_zone
from tests.lab.stun_lies import STUN_LIES, StunLiar
from tests.support.stun_liar import REQUEST, attribute, message


async def _echoed(query: dns.message.Message, asker: str) -> dns.message.Message:
    return dns.message.make_response(query)


def answered(wire: bytes) -> dns.message.Message | None:
    reply = asyncio.run(respond(_echoed, wire, "192.0.2.1"))
    return None if reply is None else dns.message.from_wire(reply)


def test_a_name_server_answers_a_query_and_nothing_else() -> None:
    query = dns.message.make_query("example.com", "A")
    reply = answered(query.to_wire())
    assert reply is not None
    assert (reply.id, reply.rcode()) == (query.id, dns.rcode.NOERROR)

    update = dns.update.UpdateMessage("example.com")
    refused = answered(update.to_wire())
    assert refused is not None
    assert (refused.opcode(), refused.rcode()) == (dns.opcode.UPDATE, dns.rcode.NOTIMP)


def test_garbage_and_answers_get_no_answer() -> None:
    query = dns.message.make_query("example.com", "A")
    reply = dns.message.make_response(query)
    for wire in (b"", b"\0" * 11, query.to_wire()[:-1], b"\xff" * 40, reply.to_wire()):
        assert answered(wire) is None


def test_a_portal_shows_its_page_under_its_own_name_alone() -> None:
    own = response(f"GET / HTTP/1.1\r\nHost: {LOGIN_NAME}\r\n\r\n".encode())
    assert own.startswith(b"HTTP/1.1 200 OK\r\n")
    other = response(b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
    assert other.startswith(b"HTTP/1.1 302 Found\r\n")
    assert f"\r\nLocation: http://{LOGIN_NAME}/\r\n".encode() in other


@pytest.mark.parametrize(
    ("datagram", "answers"),
    [
        pytest.param(message(bytes(20), kind=REQUEST, transaction=bytes(12)), 1, id="request"),
        pytest.param(message(bytes(20), transaction=bytes(12)), 0, id="response"),
        pytest.param(message(bytes(20), kind=REQUEST, cookie=1), 0, id="another cookie"),
        pytest.param(message(bytes(20), kind=REQUEST) + b"\0", 0, id="a byte too many"),
        pytest.param(message(bytes(20), attribute(1, b"")), 0, id="response with an attribute"),
        pytest.param(b"\0\1", 0, id="two bytes"),
    ],
)
def test_a_lying_stun_server_lies_to_binding_requests_alone(datagram: bytes, answers: int) -> None:
    async def heard() -> list[bytes]:
        liar, loop = StunLiar(), asyncio.get_running_loop()
        liar.lie = STUN_LIES["wrong"]
        await liar.serve("127.0.0.1", 0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            client.connect(("127.0.0.1", liar.port))
            # The second one is always answered, and after the first.
            for data in (datagram, message(bytes(20), kind=REQUEST, transaction=b"\7" * 12)):
                await loop.sock_sendall(client, data)
            replies: list[bytes] = []
            while not replies or replies[-1][8:20] != b"\7" * 12:
                replies.append(await asyncio.wait_for(loop.sock_recv(client, 2048), 5))
        await liar.close()
        return replies

    assert len(asyncio.run(heard())) - 1 == answers


def test_the_forged_record_has_another_address_than_was_signed() -> None:
    signed = signed_zone()
    forged = [line for line in signed.zone.splitlines() if line.startswith("forged")]
    assert any(line.endswith(f"IN A {LIE}") for line in forged)
    assert any("RRSIG A 13" in line for line in forged)
    assert signed.anchor.startswith("example.org. static-key 257 3 13 ")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("No IGD UPnP Device found on the network !", ("none", "", "")),
        (
            f"Found valid IGD : http://{ROUTER}:5000/ctl/IPConn\n"
            "Status : Connected, uptime=2s, LastConnectionError : ERROR_NONE\n"
            "ExternalIPAddress = 81.2.69.142\n",
            ("valid", "Connected", "81.2.69.142"),
        ),
        ("Found a (not connected?) IGD : x\nNo valid UPNP", ("not_connected", "", "")),
        ("UPnP device found. Is it an IGD ? : x\n", ("doubtful", "", "")),
        (
            "Found an IGD with a reserved IP address (10.0.0.5) : http://x\n"
            "Status : Connected, uptime=2s\nExternalIPAddress = 10.0.0.5\n",
            ("reserved_address", "Connected", "10.0.0.5"),
        ),
    ],
)
def test_upnpc_is_read_as_it_speaks(said: str, expected: tuple[str, str, str]) -> None:
    told = reduced(said)
    assert (told["igd"], told["status"], told["external_ip"]) == expected
