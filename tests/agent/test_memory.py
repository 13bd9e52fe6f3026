"""What is remembered of published addresses, as the search for the IPv6 address needs it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Address, IPv6Network, ip_address

import pytest

from agent.decide.plan import Publication
from agent.memory import own_address6, sends_nothing6
from agent.store import Store
from agent.values import Record, RRsetKey, Settled
from discovery.live_dns.view import Answer, DnsView, RType, ServerAnswer
from discovery.observation import Family
from tests.sim.home import SimHome
from tests.support.simloop import run_simulated
from tests.support.views import ALIAS, NODATA, SILENT, serves

OURS, NAS = "2a02:8071:1::5", "2a02:8071:1::1234"
ELSEWHERE = "2a02:8071:2::5"
FOUND = Settled(
    family=Family.V6, address=IPv6Address(OURS), code="v6_direct", sources=("interface",),
    because="", network=IPv6Network("2a02:8071:1::/64"),
)  # fmt: skip
SELF = Record(name="home.example.com", account="home", ipv6=True)
SECOND = Record(name="www.example.com", account="home", ipv6=True)
NEIGHBOUR = Record(name="nas.example.com", account="home", ipv6="::1234")
BY_API = Record(name="api.example.com", account="home", ipv6=True, verify="api")
FOUR = Record(name="four.example.com", account="home")


def remembered(address: str, at: float = 0.0) -> Publication:
    return Publication(address=ip_address(address), state="served", at=at, since=at)


def view(record: Record, rtype: RType, answer: Answer) -> DnsView:
    servers = (ServerAnswer(server="ns1.example.com", endpoint="192.0.2.1:53", answer=answer),)
    return DnsView(name=record.name, rtype=rtype, zone="example.com", servers=servers)


def quiet(
    *served: tuple[Record, Answer], found: Settled = FOUND, held: Publication | None = None
) -> bool:
    """Whether settling on `found` sends nothing, where DNS and memory say this."""

    async def main() -> bool:
        home, store = SimHome(), Store(None, lambda _: None)
        wanted: dict[RRsetKey, Record] = {(one.name, "AAAA"): one for one, _ in served}
        views: dict[RRsetKey, DnsView] = {
            (one.name, "AAAA"): view(one, "AAAA", answer) for one, answer in served
        }
        wanted[FOUR.name, "A"] = FOUR
        views[FOUR.name, "A"] = view(FOUR, "A", NODATA)
        if held is not None:
            at = replace(held, at=home.wall().timestamp())
            store.save_publication(BY_API.name, "AAAA", at)
        return sends_nothing6(home.world(store), home.config, wanted, views, found)

    return run_simulated(main())


@pytest.mark.parametrize(
    ("served", "nothing"),
    [
        pytest.param([(SELF, serves(OURS))], True, id="DNS has it"),
        pytest.param([(SELF, serves(ELSEWHERE))], False, id="DNS has another"),
        pytest.param([(SELF, serves(OURS, ELSEWHERE))], False, id="DNS has another beside it"),
        pytest.param([(SELF, NODATA)], False, id="DNS has none"),
        pytest.param([(SELF, SILENT)], True, id="DNS cannot be read, so nothing is sent"),
        pytest.param([(SELF, ALIAS)], True, id="an alias is left alone"),
        pytest.param([(SELF, serves(OURS)), (SECOND, NODATA)], False, id="one of two has it"),
        pytest.param([(NEIGHBOUR, serves(NAS))], True, id="another machine has its own"),
        pytest.param([(NEIGHBOUR, serves(OURS))], False, id="another machine has ours"),
        pytest.param([(SELF, serves(OURS)), (NEIGHBOUR, serves(NAS))], True, id="each its own"),
        pytest.param([], True, id="no record of IPv6"),
    ],
)
def test_whether_settling_on_an_address_sends_nothing(
    served: list[tuple[Record, Answer]], *, nothing: bool
) -> None:
    assert quiet(*served) is nothing


def test_another_machine_without_a_known_prefix_is_held_so_nothing_is_sent() -> None:
    assert quiet((NEIGHBOUR, NODATA), found=replace(FOUND, network=None))


@pytest.mark.parametrize(("held", "nothing"), [(OURS, True), (ELSEWHERE, False), ("", False)])
def test_of_a_record_that_dns_does_not_show_the_api_was_the_last_to_tell(
    held: str, *, nothing: bool
) -> None:
    known = remembered(held) if held else None
    assert quiet((BY_API, serves("2606:4700::1")), held=known) is nothing


OWN: list[tuple[str, dict[Record, Publication], str | None]] = [
    ("nothing yet", {}, None),
    ("the only one", {SELF: remembered(OURS)}, OURS),
    ("the newest of two", {SELF: remembered(ELSEWHERE, 5.0), SECOND: remembered(OURS, 6.0)}, OURS),
    ("another machine's", {NEIGHBOUR: remembered(NAS)}, None),
    ("an account's word counts too", {BY_API: remembered(OURS)}, OURS),
]


@pytest.mark.parametrize(("published", "own"), [one[1:] for one in OWN], ids=[o[0] for o in OWN])
def test_the_address_of_this_machine_that_was_published_last(
    published: dict[Record, Publication], own: str | None
) -> None:
    async def main() -> IPv6Address | None:
        home, store = SimHome(), Store(None, lambda _: None)
        for record, memory in published.items():
            store.save_publication(record.name, "AAAA", memory)
        store.save_publication(FOUR.name, "A", remembered("81.2.69.142", 99.0))
        records = (SELF, SECOND, NEIGHBOUR, BY_API)
        wanted: dict[RRsetKey, Record] = {(one.name, "AAAA"): one for one in records}
        return own_address6(home.world(store), {**wanted, (FOUR.name, "A"): FOUR})

    assert run_simulated(main()) == (None if own is None else IPv6Address(own))
