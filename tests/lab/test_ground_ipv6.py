"""IPv6 in the lab, proved with standard tools: off, stable, temporary only, and translated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.lab.asking import curl, dig, knock, netcheck
from tests.lab.lab import Lab
from tests.lab.places import (
    ECHO6,
    HOME6,
    HOME6_NET,
    LINE6,
    PRIMARY6,
    RECORD,
    SECONDARY6,
    ULA_NET,
    WAN,
)
from tests.lab.plan import Plan

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]


def kinds(lab: Lab) -> set[str]:
    """Of the home's global addresses: temporary ones, or one made from its hardware address."""
    return {"temporary" if entry.get("temporary") else "stable" for entry in lab.addresses6()}


def test_a_home_without_ipv6_has_none(arrange: Arrange) -> None:
    lab = arrange(Plan())
    assert lab.addresses6() == []
    report = netcheck(lab)
    assert (report["IPv6"], report["OSHasIPv6"]) == (False, False)


def test_a_stable_address_is_there_beside_a_temporary_one_which_is_preferred(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan(ipv6="stable"))
    assert kinds(lab) == {"stable", "temporary"}
    assert HOME6 in {entry["local"] for entry in lab.addresses6()}
    (temporary,) = (entry["local"] for entry in lab.addresses6() if entry.get("temporary"))
    assert netcheck(lab)["GlobalV6"].startswith(f"[{temporary}]:")
    route = lab.home("ip", "-6", "route", "show", "default").stdout.split()
    assert route[:2] == ["default", "via"]
    assert route[2].startswith("fe80::")


def test_a_temporary_address_alone_serves_a_home_but_does_not_last(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="temporary"))
    assert kinds(lab) == {"temporary"}
    assert netcheck(lab)["GlobalV6"].startswith(f"[{HOME6_NET}:")


def test_behind_nat66_the_world_sees_the_router(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="nat66"))
    assert {entry["local"].startswith(ULA_NET) for entry in lab.addresses6()} == {True}
    assert netcheck(lab)["GlobalV6"].startswith(f"[{LINE6[0]}]:")


@pytest.mark.parametrize("ipv6_open", [True, False])
def test_a_stranger_comes_in_over_ipv6_where_the_router_lets_him(
    arrange: Arrange, *, ipv6_open: bool
) -> None:
    lab = arrange(Plan(ipv6="stable", ipv6_open=ipv6_open))
    assert knock(lab, to=HOME6, at=HOME6, by=PRIMARY6) is ipv6_open


def test_name_servers_and_echo_services_answer_over_ipv6(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable", record="right"))
    for server in (PRIMARY6, SECONDARY6):
        assert dig(lab, f"@{server}", RECORD, "A") == [WAN]
        assert dig(lab, f"@{server}", RECORD, "AAAA") == [HOME6]
    assert ECHO6[0] in dig(lab, "echo.first.test", "AAAA")
    assert curl(lab, "https://echo.first.test/", "-6").startswith(f"{HOME6_NET}:")


def test_what_leaves_over_ipv6_is_counted_too(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable"))
    left = lab.home("dig", f"@{PRIMARY6}", RECORD).left
    assert {(packet.kind, packet.destination) for packet in left} == {("dns", PRIMARY6)}


def test_ipv6_goes_when_the_case_is_over(arrange: Arrange) -> None:
    arrange(Plan(ipv6="temporary"))
    lab = arrange(Plan(ipv6="stable"))
    assert kinds(lab) == {"stable", "temporary"}, "the neighbour kept the stable address"
    lab = arrange(Plan())
    assert lab.addresses6() == []
