from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address

import pytest

from discovery.interface import Surroundings
from discovery.observation import Family, Missed, Observation, PmpEvidence, Seen, Why
from discovery.router import pcp
from discovery.router.natpmp import NatPmpMethod
from tests.discovery.router.fake_gateway import (
    GOOD,
    HURRIED,
    NONCE,
    UNHURRIED,
    Answer,
    Gateway,
    converse,
    home,
    pcp_answer,
    pcp_only,
)
from tests.support.tools import free_port


def ask(
    answer: Answer, *, wait: float = UNHURRIED, alone: bool = False
) -> tuple[Observation, list[bytes]]:
    return converse(
        lambda port: NatPmpMethod(
            surroundings=home, port=port, first_wait=wait, nonce=lambda: NONCE, alone=alone
        ),
        answer,
    )


def test_a_gateway_with_nat_pmp_is_seen() -> None:
    seen, asked = ask(lambda question: [GOOD])
    assert isinstance(seen, Seen)
    assert seen.address == IPv4Address("81.2.69.160")
    assert (seen.source, seen.operator) == ("natpmp", "router")
    assert seen.evidence == PmpEvidence(
        gateway="127.0.0.1", protocol="nat-pmp", result=0, epoch_s=0x487
    )
    assert asked == [b"\x00\x00"]


def test_a_lost_packet_is_sent_again() -> None:
    count = 0

    def forgetful(question: bytes) -> list[bytes]:
        nonlocal count
        count += question == b"\x00\x00"
        return [GOOD] if count == 3 else []

    assert isinstance(ask(forgetful, wait=HURRIED)[0], Seen)
    assert count == 3


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (1, Why.UNSUPPORTED),
        (2, Why.REFUSED),
        (3, Why.NO_ADDRESS),
        (4, Why.REFUSED),
        (5, Why.REFUSED),
        (77, Why.REFUSED),
    ],
)
def test_an_error_of_nat_pmp_is_a_miss_with_its_number(result: int, why: Why) -> None:
    data = b"\x00\x80" + result.to_bytes(2) + bytes.fromhex("00000487") + bytes(4)
    missed, _ = ask(lambda question: [data] if question[0] == 0 else [], wait=HURRIED)
    assert isinstance(missed, Missed)
    assert missed.why is why
    assert missed.evidence == PmpEvidence(
        gateway="127.0.0.1", protocol="nat-pmp", result=result, epoch_s=0x487
    )
    assert missed.detail.startswith("the router (NAT-PMP) answered ")


@pytest.mark.parametrize(
    ("address", "why"),
    [("0.0.0.0", Why.NO_ADDRESS), ("10.0.0.7", Why.NOT_PUBLIC), ("100.64.0.5", Why.NOT_PUBLIC)],
)
def test_an_address_that_cannot_be_published_is_a_miss_that_names_it(
    address: str, why: Why
) -> None:
    missed, _ = ask(lambda question: [GOOD[:8] + IPv4Address(address).packed])
    assert isinstance(missed, Missed)
    assert (missed.why, missed.reported) == (why, IPv4Address(address))


def test_a_gateway_that_knows_pcp_only_is_asked_by_a_mapping_which_is_deleted() -> None:
    seen, asked = ask(pcp_only)
    assert isinstance(seen, Seen)
    assert seen.address == IPv4Address("81.2.69.160")
    assert seen.evidence == PmpEvidence(
        gateway="127.0.0.1", protocol="pcp", result=0, epoch_s=0x487
    )
    make, delete = asked[1:]
    assert (make[1], make[4:8], make[24:36]) == (pcp.MAP, bytes.fromhex("0000003c"), NONCE)
    assert delete == make[:4] + bytes(4) + make[8:]


def test_a_gateway_that_is_silent_to_nat_pmp_is_found_by_announce() -> None:
    seen, asked = ask(
        lambda question: [pcp_answer(question)] if question[0] == 2 else [], wait=HURRIED
    )
    assert isinstance(seen, Seen)
    sizes = [len(data) for data in asked]
    assert sizes[:3] == [2, 2, 24]
    assert sizes[-2:] == [60, 60]


def test_a_nat_pmp_answer_that_comes_late_still_counts() -> None:
    def slow(question: bytes) -> list[bytes]:
        if len(question) == 60:
            return [GOOD]
        return [pcp_answer(question)] if question[0] == 2 else []

    seen, _ = ask(slow, wait=HURRIED)
    assert isinstance(seen, Seen)
    assert isinstance(seen.evidence, PmpEvidence)
    assert seen.evidence.protocol == "nat-pmp"


def test_a_mapping_answer_with_another_nonce_is_not_ours() -> None:
    def forged(question: bytes) -> list[bytes]:
        if len(question) == 60:
            answer = pcp_answer(question)
            return [answer[:24] + b"\xff" * 12 + answer[36:]]
        return pcp_only(question)

    missed, asked = ask(forged, wait=HURRIED)
    assert isinstance(missed, Missed)
    assert missed.why is Why.UNSUPPORTED
    assert len(asked) == 1 + 3 + 1


@pytest.mark.parametrize(
    ("result", "why"),
    [(1, Why.UNSUPPORTED), (2, Why.REFUSED), (7, Why.NO_ADDRESS), (12, Why.REFUSED)],
)
def test_an_error_of_pcp_is_a_miss_with_its_number(result: int, why: Why) -> None:
    def grumpy(question: bytes) -> list[bytes]:
        if len(question) == 60:
            return [pcp_answer(question, result)]
        return pcp_only(question)

    missed, _ = ask(grumpy)
    assert isinstance(missed, Missed)
    assert missed.why is why
    assert isinstance(missed.evidence, PmpEvidence)
    assert (missed.evidence.protocol, missed.evidence.result) == ("pcp", result)


def test_a_gateway_that_announces_itself_and_maps_nothing_is_a_refusal() -> None:
    missed, _ = ask(lambda q: [pcp_answer(q)] if len(q) == 24 else [], wait=HURRIED)
    assert isinstance(missed, Missed)
    assert missed.why is Why.REFUSED


def test_an_address_of_the_wrong_kind_by_pcp_is_not_published() -> None:
    def inside(question: bytes) -> list[bytes]:
        if len(question) == 60:
            return [pcp_answer(question, address="10.0.0.7")]
        return pcp_only(question)

    missed, _ = ask(inside)
    assert isinstance(missed, Missed)
    assert missed.why is Why.NOT_PUBLIC


@pytest.mark.parametrize("junk", [b"\x00", b"\xff" * 12, GOOD[:11], GOOD + b"\x00"])
def test_only_bytes_that_make_no_sense_are_malformed(junk: bytes) -> None:
    missed, _ = ask(lambda question: [junk], wait=HURRIED)
    assert isinstance(missed, Missed)
    assert missed.why is Why.MALFORMED


def test_a_good_answer_after_nonsense_counts() -> None:
    assert isinstance(ask(lambda question: [b"\xff" * 12, GOOD])[0], Seen)


def test_a_flood_of_nonsense_does_not_stop_the_tries() -> None:
    missed, asked = ask(lambda question: [b"\xff"] * 200, wait=HURRIED)
    assert isinstance(missed, Missed)
    assert missed.why is Why.MALFORMED
    assert asked.count(b"\x00\x00") == 3


def test_silence_is_silence_after_three_tries() -> None:
    missed, asked = ask(lambda question: [], wait=HURRIED)
    assert isinstance(missed, Missed)
    assert missed.why is Why.SILENT
    assert [len(data) for data in asked] == [2, 2, 24, 2, 24]


def test_an_answer_from_another_port_is_not_heard() -> None:
    async def main() -> Observation:
        loop = asyncio.get_running_loop()
        stranger, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )

        class Redirecting(Gateway):
            def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                stranger.sendto(GOOD, addr)

        transport, _ = await loop.create_datagram_endpoint(
            lambda: Redirecting(lambda question: []), local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        try:
            return await NatPmpMethod(surroundings=home, port=port, first_wait=0.01).observe(
                Family.V4
            )
        finally:
            stranger.close()
            transport.close()
            await asyncio.sleep(0)

    missed = asyncio.run(main())
    assert isinstance(missed, Missed)
    assert missed.why is Why.SILENT


def look(surroundings: Surroundings, family: Family = Family.V4, port: int = 5351) -> Missed:
    method = NatPmpMethod(surroundings=lambda: surroundings, port=port, first_wait=30)
    missed = asyncio.run(method.observe(family))
    assert isinstance(missed, Missed)
    return missed


def test_a_closed_port_is_refused_without_waiting() -> None:

    closed = free_port(socket.SOCK_DGRAM)
    assert look(home(), port=closed).why is Why.REFUSED


def test_a_gateway_that_cannot_be_reached_is_no_route() -> None:
    broadcast = Surroundings(gateway=IPv4Address("255.255.255.255"))
    assert look(broadcast).why is Why.NO_ROUTE


def test_no_gateway_is_no_route() -> None:
    assert look(Surroundings()).why is Why.NO_ROUTE


def test_ipv6_is_not_what_nat_pmp_tells() -> None:
    assert look(home(), Family.V6).why is Why.UNSUPPORTED


def test_a_cancelled_mapping_is_deleted_all_the_same() -> None:
    async def main() -> list[bytes]:
        loop = asyncio.get_running_loop()
        mapping = asyncio.Event()

        def hold(question: bytes) -> list[bytes]:
            if len(question) == 60:
                mapping.set()
                return []
            return pcp_only(question)

        transport, gateway = await loop.create_datagram_endpoint(
            lambda: Gateway(hold), local_addr=("127.0.0.1", 0)
        )
        gateway.transport = transport
        method = NatPmpMethod(
            surroundings=home, port=transport.get_extra_info("sockname")[1], first_wait=30
        )
        task = asyncio.create_task(method.observe(Family.V4))
        await asyncio.wait_for(mapping.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(gateway.deleted.wait(), 10)
        transport.close()
        await asyncio.sleep(0)
        return gateway.asked

    assert asyncio.run(main())[-1][4:8] == bytes(4)


# Asked alone, as an examination does.


def test_alone_it_is_asked_as_ever_and_says_no_word_of_pcp() -> None:
    seen, asked = ask(lambda question: [GOOD], alone=True)
    assert isinstance(seen, Seen)
    assert asked == [b"\x00\x00"]
    missed, asked = ask(lambda question: [], wait=HURRIED, alone=True)
    assert isinstance(missed, Missed)
    assert missed.why is Why.SILENT
    assert "PCP" not in missed.detail
    assert asked == [b"\x00\x00"] * 3


@pytest.mark.parametrize(
    ("answer", "protocol"),
    [
        pytest.param(bytes((2, 0x80, 0, 1)) + bytes(20), "pcp", id="in PCP"),
        pytest.param(bytes((0, 0x80, 0, 1)) + bytes(8), "nat-pmp", id="result 1"),
    ],
)
def test_alone_a_gateway_that_knows_pcp_only_is_a_refusal_and_nothing_is_mapped(
    answer: bytes, protocol: str
) -> None:
    missed, asked = ask(lambda question: [answer], alone=True)
    assert isinstance(missed, Missed)
    assert missed.why is Why.REFUSED
    assert isinstance(missed.evidence, PmpEvidence)
    assert missed.evidence.protocol == protocol
    assert asked == [b"\x00\x00"]


def test_alone_a_closed_port_is_nat_pmp_switched_off() -> None:
    method = NatPmpMethod(surroundings=home, port=free_port(socket.SOCK_DGRAM), alone=True)
    missed = asyncio.run(method.observe(Family.V4))
    assert isinstance(missed, Missed)
    assert missed.detail == "the router (NAT-PMP) at 127.0.0.1 has NAT-PMP switched off"
