"""Port sets of shared addresses, and everything that only looks like one."""

from __future__ import annotations

from ipaddress import ip_address
from random import Random

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from discovery.path.port_set import chance, counted, restricted
from discovery.path.view import Mapped, Scatter

LOCAL = (40001, 53210, 61999, 33333, 47110, 36912, 59001, 44444, 50505, 38383, 42424, 57575)
SEEDS = st.integers(min_value=0)
SOCKETS = st.integers(min_value=8, max_value=12)

# Offset bits and PSID length of services in the field: Japan's "v6plus" (4, 8) and OCN (6, 6), the
# RFC's recommendation with several sharing ratios, and lightweight 4over6 blocks.
SETS = [(4, 8), (6, 6), (6, 8), (6, 4), (5, 6), (4, 6), (3, 5), (0, 7), (0, 8), (0, 9)]


def ports_of(a: int, k: int, psid: int, random: Random, count: int) -> list[int]:
    """Ports of a customer with this PSID, drawn at random (RFC 7597 §5.1)."""
    rest = 16 - a - k
    offsets = range(1 if a else 0, 1 << a)
    every = [(i << (16 - a)) | (psid << rest) | j for i in offsets for j in range(1 << rest)]
    return random.sample(every, count)


@given(st.sampled_from(SETS), SEEDS, SOCKETS)
def test_a_port_set_is_recognised(shape: tuple[int, int], seed: int, count: int) -> None:
    a, k = shape
    random = Random(seed)
    ports = ports_of(a, k, random.randrange(1 << k), random, count)
    local = LOCAL[:count]
    assume(not counted(ports))
    assume(not set(zip(ports, local, strict=True)) & {(port, port) for port in ports})
    assume(a or (max(ports) - min(ports)) * 4 >= 1 << (16 - k))
    assume(a or len({port >> (15 - k) for port in ports}) > 1)
    assert restricted(ports, local) is True


@given(st.integers(0, 65536 - 8192), st.integers(8192, 65536), SEEDS, SOCKETS)
@example(49152, 16384, 0, 8)
@example(32768, 28232, 1, 8)
@example(57344, 8192, 2, 8)
def test_random_ports_of_a_nat_are_none(low: int, size: int, seed: int, count: int) -> None:
    ports = Random(seed).sample(range(low, min(low + size, 65536)), count)
    assert restricted(ports, LOCAL[:count]) is not True


def test_random_ports_are_none_in_a_hundred_thousand_homes() -> None:
    random = Random(7597)
    pools = (range(1024, 65536), range(49152, 65536), range(50001, 65536), range(57344, 65536))
    for pool in pools:
        assert not any(restricted(random.sample(pool, 8), LOCAL[:8]) for _ in range(25_000)), pool


@given(
    st.integers(1024, 65535),
    st.sampled_from((1, -1)),
    st.lists(st.integers(1, 2048), min_size=7, max_size=11),
)
@example(40001, 1, [1] * 7)
@example(40001, -1, [1] * 7)
@example(1024, 1, [256] * 7)
@example(1024, 1, [1024] * 7)
def test_ports_that_a_nat_counts_are_none(start: int, way: int, steps: list[int]) -> None:
    ports = [start]
    for step in steps:
        ports.append((ports[-1] + way * step) % 65536)
    assume(max(ports) - min(ports) < 32768)  # at most one wrap
    assert restricted(ports, LOCAL[: len(ports)]) is not True


@given(st.integers(1024, 65000), st.permutations(range(8)))
def test_consecutive_ports_seen_out_of_order_are_none(start: int, order: list[int]) -> None:
    assert restricted([start + n for n in order], LOCAL[:8]) is not True


@given(SEEDS, st.integers(1, 7))
def test_fewer_than_eight_ports_tell_nothing(seed: int, count: int) -> None:
    ports = ports_of(6, 8, 77, Random(seed), count)
    assert restricted(ports, LOCAL[:count]) is None


def test_a_server_that_names_one_port_for_all_tells_nothing() -> None:
    assert restricted([40000] * 8, LOCAL[:8]) is None


def test_one_preserved_port_shows_that_the_nat_may_use_any() -> None:
    ports = ports_of(4, 8, 52, Random(1), 8)
    assert restricted(ports, (*LOCAL[:7], ports[7])) is False


def test_a_pattern_that_the_local_ports_have_themselves_is_theirs() -> None:
    local = ports_of(0, 7, 100, Random(2), 8)
    ports = [port - 20000 // 512 * 512 for port in local]
    assert restricted(ports, LOCAL[:8]) is True
    assert restricted(ports, local) is False


@pytest.mark.parametrize(
    ("start", "end", "count", "enough"),
    [
        (4, 12, 8, True),  # v6plus
        (6, 10, 8, True),  # the shortest PSID at the usual offset
        (6, 9, 20, False),  # too short to be one, however often
        (0, 4, 8, False),  # a quarter of which any NAT's own range explains
        (0, 6, 8, False),
        (0, 7, 8, True),  # a block of 512
        (0, 6, 9, True),  # a block of 1024 needs one sighting more
        (0, 3, 50, False),
    ],
)
def test_the_chance_of_a_coincidence(start: int, end: int, count: int, *, enough: bool) -> None:
    assert (chance(start, end, count) < 1e-6) is enough


def scatter(ports: list[int], addresses: list[str]) -> Scatter:
    return Scatter(
        mapped=tuple(
            Mapped(local_port=local, address=ip_address(address), port=port, server="s")
            for local, port, address in zip(LOCAL, ports, addresses, strict=False)
        )
    )


def test_the_sightings_of_one_address_are_judged_by_themselves() -> None:
    ports = ports_of(4, 8, 52, Random(3), 10)
    one = scatter(ports, ["81.2.69.142"] * 10)
    assert one.shared_ports is True
    mixed = scatter(ports, ["81.2.69.142", "89.160.20.112"] * 5)
    assert mixed.shared_ports is None
    assert Scatter().shared_ports is None
