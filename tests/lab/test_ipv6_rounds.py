"""AAAA records: which address is published, when, and on whose word."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address, IPv6Network
from typing import Any

import pytest

from tests.lab.home import Ran
from tests.lab.lab import Lab
from tests.lab.packet import Packet, kinds, updates
from tests.lab.places import HOME6, HOME6_NET, MOVED6, MOVED6_NET, RECORD, STUN6, WAN
from tests.lab.plan import Plan
from tests.support.daemon import until

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

NEIGHBOUR = "::1234"


def configure(lab: Lab, *, ipv6: bool | str = True, **tables: Any) -> None:
    lab.config(**{"[record]": {"ipv6": ipv6}, **tables})


def entry(ran: Ran, rtype: str = "AAAA") -> Any:
    """The entry of one of the record's two families in `once --json`."""
    (found,) = (one for one in ran.json["records"] if one["type"] == rtype)
    return found


def written(lab: Lab, rtype: str = "AAAA") -> list[tuple[str, ...]]:
    """What the primary was told, by its own log, in order."""
    return [write.values for write in lab.writes() if write.rtype == rtype]


def served6(lab: Lab) -> tuple[str, ...]:
    """The AAAA records that the name servers serve alike, once they do."""
    with lab.watch_served(RECORD, "AAAA") as served:
        until(lambda: len({one.server for one in served.history}) == 2, "a server is silent")
        latest = {one.server: one.values for one in served.history}
    (values,) = set(latest.values())
    return values


def sources6(packets: Sequence[Packet]) -> set[str]:
    """From which addresses the STUN servers were asked over IPv6."""
    return {one.source for one in packets if one.destination in STUN6}


def temporary(lab: Lab) -> set[str]:
    return {one["local"] for one in lab.addresses6() if one.get("temporary")}


def test_both_families_are_published_in_one_update(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable"))
    configure(lab)
    ran = lab.upstun("once", "--json")
    assert ran.status == 0
    assert {one["outcome"] for one in ran.json["records"]} == {"changed"}
    assert updates(ran.left) == 1
    assert (written(lab, "A"), written(lab)) == ([(WAN,)], [(HOME6,)])
    assert len({write.at for write in lab.writes()}) == 1
    assert ran.json["addresses"]["ipv6"]["verdict"] == "v6_direct"
    assert ran.json["addresses"]["ipv6"]["sources"] == ["interface", "stun"]


def test_the_stable_address_is_published_though_a_temporary_one_goes_out(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan(ipv6="stable"))
    configure(lab)
    assert temporary(lab), "the home has none that could be published by mistake"
    ran = lab.upstun("once", "--json")
    assert sources6(ran.left) == {HOME6}, "the outside is asked from the address in question"
    assert not {value for values in written(lab) for value in values} & temporary(lab)
    assert served6(lab) == (HOME6,)


def test_what_is_right_asks_nobody_outside(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable", record="right"))
    configure(lab)
    ran = lab.upstun("once", "--json")
    assert (ran.status, entry(ran)["action"]) == (0, "keep")
    assert kinds(ran.left) == {"dns"}
    assert lab.writes() == ()


@pytest.mark.parametrize("ipv6", ["off", "temporary", "nat66"])
def test_a_home_without_a_lasting_public_address_publishes_none(
    arrange: Arrange, ipv6: Any
) -> None:
    lab = arrange(Plan(ipv6=ipv6))
    configure(lab)
    ran = lab.upstun("once", "--json")
    code, status = ("v6_none", 3) if ipv6 == "temporary" else ("v6_absent", 4)
    assert (entry(ran)["action"], entry(ran)["code"], ran.status) == ("hold", code, status)
    assert entry(ran, "A")["outcome"] == "changed", "IPv4 is kept all the same"
    assert written(lab) == []
    assert sources6(ran.left) == set(), "there is no address to ask about"


def test_a_family_that_is_switched_off_is_not_asked_about(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable"))
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.json["addresses"]["ipv6"]) == (0, None)
    assert sources6(ran.left) == set()
    assert ran.record["type"] == "A"


def test_an_address_that_nobody_outside_sees_is_held(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable"))
    configure(lab)
    lab.topology.router.ip("-6", "route", "del", "default")
    ran = lab.upstun("once", "--json")
    assert (entry(ran)["code"], ran.status) == ("v6_unconfirmed", 1)
    assert written(lab) == []


def test_a_record_outlives_the_ipv6_of_the_home(arrange: Arrange) -> None:
    """Unknown and none are no reason to delete anything."""
    lab = arrange(Plan(ipv6="stable"))
    configure(lab)
    assert lab.upstun("once").status == 0
    lab.change(ipv6="off")
    ran = lab.upstun("once", "--json")
    assert (entry(ran)["action"], entry(ran)["code"]) == ("hold", "v6_absent")
    assert (updates(ran.left), served6(lab)) == (0, (HOME6,))


def test_another_machine_of_the_home_has_the_homes_prefix(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable"))
    configure(lab, ipv6=NEIGHBOUR)
    ran = lab.upstun("once", "--json")
    assert (ran.status, entry(ran)["wanted"]) == (0, f"{HOME6_NET}::1234")
    assert served6(lab) == (f"{HOME6_NET}::1234",)
    again = lab.upstun("once", "--json")
    assert (kinds(again.left), updates(again.left)) == ({"dns"}, 0)


def test_once_waits_for_an_address_that_is_being_checked(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable"))
    configure(lab)
    lab.renumber6()
    until(lambda: _being_checked(lab), lambda: f"nothing is tentative: {lab.addresses6()}")
    ran = lab.upstun("once", "--json")
    assert (ran.status, entry(ran)["wanted"]) == (0, MOVED6)
    assert written(lab) == [(MOVED6,)]


def test_a_running_agent_follows_when_the_provider_renumbers_the_home(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable", record="right"))
    configure(lab)
    with lab.living("run") as agent, lab.watch_served(RECORD, "AAAA") as served:
        agent.await_words("every record has it already")
        lab.renumber6()
        served.moment(MOVED6)
        going = temporary(lab)
        agent.tell(signal.SIGTERM)
        assert agent.ended() == 0
    assert written(lab) == [(MOVED6,)]
    assert {seen.values for seen in served.history} == {(HOME6,), (MOVED6,)}
    assert MOVED6 not in going


def test_the_record_of_another_machine_follows_the_prefix(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable"))
    configure(lab, ipv6=NEIGHBOUR)
    before, after = f"{HOME6_NET}{NEIGHBOUR}", f"{MOVED6_NET}{NEIGHBOUR}"
    with lab.living("run") as agent, lab.watch_served(RECORD, "AAAA") as served:
        served.moment(before)
        lab.renumber6()
        served.moment(after)
        agent.tell(signal.SIGTERM)
        assert agent.ended() == 0
    assert written(lab) == [(before,), (after,)], "nothing is published in between"


def _being_checked(lab: Lab) -> bool:
    moved = IPv6Network(f"{MOVED6_NET}::/64")
    fresh = [one for one in lab.addresses6() if IPv6Address(one["local"]) in moved]
    return any(one.get("tentative") for one in fresh)


def test_the_lasting_address_is_told_on_its_own_and_beside_who_else_says_so(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan(ipv6="stable"))
    configure(lab)
    told = lab.upstun("ip", "-6")
    assert (told.status, told.stdout) == (0, f"{HOME6}  (this machine, STUN servers outside)\n")
    everybody = lab.upstun("ip", "-6", "--all", "--json").json["witnesses"]
    assert {one["address"] for one in everybody} == {HOME6}
    assert {one["source"] for one in everybody} == {"interface", "stun", "http"}
