"""The pretend STUN server against another codec than its own: aioice's."""

from __future__ import annotations

import asyncio
import struct
from ipaddress import IPv4Address

import pytest
from aioice import stun

from agent.demo.pretend.doors import HOST, udp_door
from agent.demo.pretend.line import Line
from agent.demo.pretend.stun import StunServer, respond
from discovery.observation import Family, Seen
from discovery.stun import StunMethod

ADDRESS = IPv4Address("81.2.69.142")
PORT = 49152
TRANSACTION = bytes(range(12))


def request(*attributes: tuple[str, object]) -> bytes:
    message = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.REQUEST,
        transaction_id=TRANSACTION,
    )
    message.attributes.update(attributes)
    return bytes(message)


def test_a_request_is_answered_with_the_lines_address_and_the_senders_port() -> None:
    answer = respond(request(), ADDRESS, PORT)
    assert answer is not None
    message = stun.parse_message(answer)
    assert message.message_class == stun.Class.RESPONSE
    assert message.transaction_id == TRANSACTION
    assert message.attributes["XOR-MAPPED-ADDRESS"] == (str(ADDRESS), PORT)
    assert message.attributes["SOFTWARE"] == "pretend home"


def test_attributes_that_need_not_be_understood_are_passed_over() -> None:
    answer = respond(request(("SOFTWARE", "upstun/1"), ("FINGERPRINT", 0)), ADDRESS, PORT)
    assert answer is not None
    assert stun.parse_message(answer).message_class == stun.Class.RESPONSE


def test_an_attribute_that_must_be_understood_is_refused_by_number() -> None:
    answer = respond(request(("CHANGE-REQUEST", 6)), ADDRESS, PORT)
    assert answer is not None
    message = stun.parse_message(answer)
    assert message.message_class == stun.Class.ERROR
    assert message.attributes["ERROR-CODE"] == (420, "Unknown Attribute")
    assert answer.endswith(struct.pack("!HHHxx", 0x000A, 2, 0x0003))


@pytest.mark.parametrize(
    "datagram",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(request()[:19], id="half a header"),
        pytest.param(b"\x01\x01" + request()[2:], id="a response"),
        pytest.param(request()[:4] + bytes(4) + request()[8:], id="another cookie"),
        pytest.param(request() + b"\x80\x22\x00\x00", id="longer than it says"),
        pytest.param(
            struct.pack("!HHI12sHH", 1, 4, 0x2112A442, TRANSACTION, 0x8022, 8),
            id="an attribute over the end",
        ),
        pytest.param(
            struct.pack("!HHI12s3s", 1, 3, 0x2112A442, TRANSACTION, b"abc"),
            id="a length that is not a multiple of four",
        ),
    ],
)
def test_what_is_no_request_is_met_with_silence(datagram: bytes) -> None:
    assert respond(datagram, ADDRESS, PORT) is None


def test_the_agents_own_method_sees_every_move_of_the_line() -> None:
    async def main() -> None:
        line = Line(ADDRESS)
        server = StunServer(line)
        async with udp_door(server.hear) as port:
            method = StunMethod(f"stun:{HOST}:{port}")
            for address in (ADDRESS, IPv4Address("89.160.20.112")):
                line.reconnect(address)
                seen = await method.observe(Family.V4)
                assert isinstance(seen, Seen), seen
                assert seen.address == address
        assert server.asked == 2

    asyncio.run(main())
