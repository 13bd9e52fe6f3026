from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address

import pytest

from discovery.interface import Surroundings
from discovery.observation import Family, Missed, Observation, PmpEvidence, Seen, Why
from discovery.router import pcp
from discovery.router.pcp_method import PcpMethod
from tests.discovery.router.fake_gateway import (
    GOOD,
    HURRIED,
    NONCE,
    UNHURRIED,
    Answer,
    converse,
    home,
    pcp_answer,
)
from tests.support.tools import free_port

OLDER = bytes((0, 0x80, 0, 1)) + bytes(8)  # NAT-PMP's answer to another version (RFC 6886 §3.5)


def ask(answer: Answer, *, wait: float = UNHURRIED) -> tuple[Observation, list[bytes]]:
    return converse(
        lambda port: PcpMethod(surroundings=home, port=port, first_wait=wait, nonce=lambda: NONCE),
        answer,
    )


def why(observation: Observation) -> Why | None:
    return observation.why if isinstance(observation, Missed) else None


def test_a_gateway_with_pcp_is_seen_by_a_mapping_which_is_deleted() -> None:
    seen, asked = ask(lambda question: [pcp_answer(question)])
    assert isinstance(seen, Seen)
    assert seen.address == IPv4Address("81.2.69.160")
    assert (seen.operator, seen.witness) == ("router", "the router (PCP)")
    assert seen.evidence == PmpEvidence(
        gateway="127.0.0.1", protocol="pcp", result=0, epoch_s=0x487
    )
    announce, make, delete = asked
    assert (len(announce), announce[1]) == (24, pcp.ANNOUNCE)
    assert (make[1], int.from_bytes(make[4:8]), make[24:36]) == (pcp.MAP, 60, NONCE)
    assert delete == make[:4] + bytes(4) + make[8:]


def test_nat_pmp_is_never_spoken() -> None:
    missed, asked = ask(lambda question: [], wait=HURRIED)
    assert why(missed) is Why.SILENT
    assert [len(data) for data in asked] == [24] * 3


@pytest.mark.parametrize(
    ("result", "expected"),
    [(1, Why.UNSUPPORTED), (2, Why.REFUSED), (7, Why.NO_ADDRESS), (12, Why.REFUSED)],
)
def test_an_error_is_a_miss_with_its_number(result: int, expected: Why) -> None:
    missed, _ = ask(lambda question: [pcp_answer(question, result if len(question) > 24 else 0)])
    assert why(missed) is expected
    assert isinstance(missed.evidence, PmpEvidence)
    assert missed.evidence.result == result


def test_a_gateway_that_does_not_know_announce_is_asked_to_map_all_the_same() -> None:
    seen, _ = ask(lambda question: [pcp_answer(question, 4 if len(question) == 24 else 0)])
    assert isinstance(seen, Seen)


@pytest.mark.parametrize("answer", [OLDER, GOOD])
def test_a_gateway_that_knows_nat_pmp_only_is_a_refusal_and_nothing_is_mapped(
    answer: bytes,
) -> None:
    missed, asked = ask(lambda question: [answer])
    assert why(missed) is Why.REFUSED
    assert len(asked) == 1


def test_a_nat_pmp_address_in_answer_to_a_mapping_is_not_taken_for_pcp() -> None:
    missed, _ = ask(lambda question: [pcp_answer(question)] if len(question) == 24 else [GOOD])
    assert why(missed) is Why.REFUSED


def test_a_gateway_that_announces_itself_and_maps_nothing_is_a_refusal_with_its_epoch() -> None:
    missed, _ = ask(lambda q: [pcp_answer(q)] if len(q) == 24 else [], wait=HURRIED)
    assert why(missed) is Why.REFUSED
    assert isinstance(missed.evidence, PmpEvidence)
    assert missed.evidence.epoch_s == 0x487


@pytest.mark.parametrize(
    ("address", "expected"),
    [("10.0.0.7", Why.NOT_PUBLIC), ("100.64.0.5", Why.NOT_PUBLIC), ("0.0.0.0", Why.NO_ADDRESS)],
)
def test_an_address_that_cannot_be_published_is_a_miss_that_names_it(
    address: str, expected: Why
) -> None:
    missed, _ = ask(lambda question: [pcp_answer(question, address=address)])
    assert isinstance(missed, Missed)
    assert (missed.why, missed.reported) == (expected, IPv4Address(address))


def test_a_mapping_with_another_nonce_is_not_ours() -> None:
    def forged(question: bytes) -> list[bytes]:
        answer = pcp_answer(question)
        return [answer if len(question) == 24 else answer[:24] + b"\xff" * 12 + answer[36:]]

    assert why(ask(forged, wait=HURRIED)[0]) is Why.REFUSED


@pytest.mark.parametrize("junk", [b"\x02", b"\xff" * 24, b"\x02\x00" + bytes(22), bytes(1200)])
def test_only_bytes_that_make_no_sense_are_malformed(junk: bytes) -> None:
    missed, _ = ask(lambda question: [junk] * 50, wait=HURRIED)
    assert why(missed) is Why.MALFORMED


def look(around: Surroundings, family: Family = Family.V4, port: int = 5351) -> Missed:
    method = PcpMethod(surroundings=lambda: around, port=port, first_wait=30)
    missed = asyncio.run(method.observe(family))
    assert isinstance(missed, Missed)
    return missed


def test_a_closed_port_is_pcp_switched_off() -> None:
    missed = look(home(), port=free_port(socket.SOCK_DGRAM))
    assert missed.why is Why.REFUSED
    assert missed.detail == "the router (PCP) at 127.0.0.1 has PCP switched off"


def test_no_gateway_is_no_route() -> None:
    assert look(Surroundings()).why is Why.NO_ROUTE


def test_ipv6_is_not_asked() -> None:
    assert look(home(), Family.V6).why is Why.UNSUPPORTED
