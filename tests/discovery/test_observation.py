"""The door of promise 1: what may become a sighting, and how a miss is worded."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from ipaddress import ip_address

import pytest

from discovery.observation import (
    Family,
    Flaw,
    Missed,
    Observation,
    Seen,
    Source,
    StunEvidence,
    Why,
    flawed,
    judge,
    missed,
)

EVIDENCE = StunEvidence(
    server="192.0.2.1:3478", transport="udp", local="192.168.1.10", mapped_port=40000
)


class Witness:
    source: Source = "stun"
    witness = "stun.example.org:3478"
    operator = "example.org"

    async def observe(self, family: Family) -> Observation:
        raise NotImplementedError


def seen(address: str, family: Family) -> Seen:
    return Seen(
        source="stun",
        witness="stun.example.org:3478",
        operator="example.org",
        family=family,
        address=ip_address(address),
    )


@pytest.mark.parametrize(
    ("address", "family"),
    [
        ("10.0.0.7", Family.V4),
        ("100.64.0.5", Family.V4),
        ("0.0.0.0", Family.V4),
        ("192.0.0.2", Family.V4),
        ("198.18.0.1", Family.V4),
        ("224.0.0.1", Family.V4),
        ("127.0.0.1", Family.V4),
        ("fd00::1", Family.V6),
        ("fe80::1", Family.V6),
        ("2001:db8::1", Family.V6),
        ("81.2.69.142", Family.V6),
        ("2a02:8071::1", Family.V4),
        ("::ffff:81.2.69.142", Family.V4),
        ("::ffff:81.2.69.142", Family.V6),
    ],
)
def test_a_sighting_of_an_unpublishable_address_cannot_be_made(
    address: str, family: Family
) -> None:
    shown = ip_address(address)
    with pytest.raises(ValueError, match=f"{shown} is not a publishable IPv{family:d} address"):
        seen(address, family)


def test_a_sighting_holds_a_public_address_and_does_not_change() -> None:
    sighting = seen("81.2.69.142", Family.V4)
    assert str(sighting.address) == "81.2.69.142"
    with pytest.raises(FrozenInstanceError):
        sighting.address = ip_address("10.0.0.1")  # type: ignore[misc]  # the very point


@pytest.mark.parametrize(
    ("reported", "family", "address"),
    [
        ("81.2.69.142", Family.V4, "81.2.69.142"),
        ("::ffff:81.2.69.142", Family.V4, "81.2.69.142"),
        ("2a02:8071::1", Family.V6, "2a02:8071::1"),
    ],
)
def test_a_public_address_is_seen(reported: str, family: Family, address: str) -> None:
    assert judge(Witness(), family, ip_address(reported), EVIDENCE) == Seen(
        source="stun",
        witness="stun.example.org:3478",
        operator="example.org",
        family=family,
        address=ip_address(address),
        evidence=EVIDENCE,
    )


@pytest.mark.parametrize(
    ("reported", "family", "why", "words"),
    [
        ("10.0.0.7", Family.V4, Why.NOT_PUBLIC, "a private address"),
        ("100.64.0.5", Family.V4, Why.NOT_PUBLIC, "inside the provider's own NAT"),
        ("192.0.0.2", Family.V4, Why.NOT_PUBLIC, "tunnels"),
        ("0.0.0.0", Family.V4, Why.NO_ADDRESS, "no address at the moment"),
        ("::", Family.V6, Why.NO_ADDRESS, "no address at the moment"),
        ("::ffff:10.0.0.7", Family.V4, Why.NOT_PUBLIC, "10.0.0.7, a private address"),
        ("2a02:8071::1", Family.V4, Why.WRONG_FAMILY, "but IPv4 was asked"),
        ("81.2.69.142", Family.V6, Why.WRONG_FAMILY, "but IPv6 was asked"),
        ("::ffff:81.2.69.142", Family.V6, Why.WRONG_FAMILY, "81.2.69.142, but IPv6 was asked"),
    ],
)
def test_anything_else_is_missed_with_the_reason_and_the_address_unwrapped(
    reported: str, family: Family, why: Why, words: str
) -> None:
    observation = judge(Witness(), family, ip_address(reported), EVIDENCE)
    assert isinstance(observation, Missed)
    assert observation.why is why
    assert str(observation.reported) == reported.removeprefix("::ffff:")
    assert observation.evidence is EVIDENCE
    assert observation.detail.startswith("stun.example.org:3478 answered ")
    assert words in observation.detail


def test_a_miss_is_made_in_the_name_of_its_witness() -> None:
    observation = missed(Witness(), Family.V6, Why.SILENT, "Nobody spoke")
    assert observation == Missed(
        source="stun",
        witness="stun.example.org:3478",
        operator="example.org",
        family=Family.V6,
        why=Why.SILENT,
        detail="Nobody spoke",
    )


def test_a_flaw_becomes_a_sentence_about_its_witness() -> None:
    flaw = Flaw(why=Why.CAPTIVE, detail="answered with a web page")
    observation = flawed(Witness(), Family.V4, flaw, EVIDENCE)
    assert observation.detail == "stun.example.org:3478 answered with a web page"
    assert observation.why is Why.CAPTIVE
    assert observation.evidence is EVIDENCE
