"""Asking this machine and the world for its IPv6 address: who is asked when, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address
from random import Random
from typing import Any

import pytest

from agent.decide.plan import Publication
from agent.events import Event, Judged, Probed
from agent.hurry import Hurry
from agent.observe6 import find_address6
from agent.store import Store
from agent.values import Code, Discovery, Record, RRsetKey, Settled, Verdict
from agent.world import World
from discovery.interface import Surroundings
from discovery.ipv6.routes import DefaultRoute
from discovery.ipv6.survey import judge
from discovery.ipv6.view import Held, Ipv6View
from discovery.observation import Family, Method, Observation, Source, Why, missed
from discovery.observation import judge as judged
from tests.support.own6 import OTHER, PUBLIC, held
from tests.support.simloop import SimWall, run_simulated

NAME = "home.example.com"
RECORDS: dict[RRsetKey, Record] = {(NAME, "AAAA"): Record(name=NAME, account="home", ipv6=True)}
OURS = IPv6Address(PUBLIC)
STABLE = held(PUBLIC, stable=True)
TENTATIVE = held(PUBLIC, stable=True, tentative=True)
Answer = IPv6Address | Why


@dataclass
class Someone:
    """A witness outside; it answers after `took` seconds."""

    home: Machine
    source: Source
    witness: str
    operator: str
    says: Answer | None = None
    took: float = 0.02
    asked: int = 0

    async def observe(self, family: Family) -> Observation:
        self.asked += 1
        await asyncio.sleep(self.took)
        said = self.home.chosen if self.says is None else self.says
        if isinstance(said, Why):
            return missed(self, family, said, f"{self.witness} gave no address")
        return judged(self, family, said)


class Machine:
    """This machine: `past` says from which second on it holds which addresses."""

    def __init__(self, *past: tuple[float, tuple[Held, ...]]) -> None:
        self.past = past or ((0.0, (STABLE,)),)
        self.looks: list[IPv6Address | None] = []
        self.bound: list[IPv6Address] = []
        self.events: list[Event] = []
        self.fault: Exception | None = None
        self.slow = 0.0
        self.strict = True
        self.four = True  # whether IPv4 leads out
        self.stun = [
            Someone(self, "stun", f"stun.{who}.example:3478", f"{who}.example")
            for who in ("one", "two", "three")
        ]
        self.http = [
            Someone(self, "http", f"https://ip.{who}.example/", f"{who}.example")
            for who in ("four", "five")
        ]

    @property
    def chosen(self) -> IPv6Address:
        return self.bound[-1]

    @property
    def asked(self) -> list[int]:
        """How often each witness outside was asked."""
        return [one.asked for one in (*self.stun, *self.http)]

    async def look(self, current: IPv6Address | None) -> Ipv6View:
        self.looks.append(current)
        await asyncio.sleep(self.slow)
        if self.fault:
            raise self.fault
        now = asyncio.get_running_loop().time()
        found = [addresses for since, addresses in self.past if since <= now][-1]
        out = (DefaultRoute(device="eth0"),) if found else ()
        return judge(found, out, is_tunnel=lambda _: False, current=current)

    def outside(self, address: IPv6Address) -> tuple[Method, ...]:
        self.bound.append(address)
        return (*self.stun, *self.http)

    def world(self, store: Store) -> World:
        return World(
            wall=SimWall(),
            rng=Random(7),
            surroundings=lambda: Surroundings(has_route=self.four),
            methods=lambda _: (),
            lookup=_NoLookup(),
            send=_no_send,
            store=store,
            emit=self.events.append,
            ipv6=self.look,
            outside6=self.outside,
            strict=self.strict,
        )


class _NoLookup:
    async def look(self, name: str, rtype: str) -> Any:
        raise AssertionError(f"{name} {rtype} was looked up")


def _no_send(account: Any) -> Any:
    raise AssertionError(f"{account} was called")


@dataclass
class Quiet:
    """Whether settling would send nothing; it remembers what it was asked about."""

    answer: bool = False
    asked: list[Settled] = field(default_factory=list)

    async def __call__(self, found: Settled) -> bool:
        self.asked.append(found)
        return self.answer


def find(
    machine: Machine,
    *,
    quiet: bool | Quiet = False,
    before: Callable[[Store], None] = lambda _: None,
    during: Callable[[Hurry], Awaitable[None]] | None = None,
    settings: Discovery | None = None,
    **how: Any,
) -> tuple[Verdict, float]:
    """The verdict, and how many seconds it took."""
    asked = quiet if isinstance(quiet, Quiet) else Quiet(answer=quiet)

    async def main() -> tuple[Verdict, float]:
        store, hurry = Store(None, lambda _: None), Hurry()
        before(store)
        acting = asyncio.ensure_future(during(hurry)) if during else None
        verdict = await find_address6(
            machine.world(store), settings or Discovery(), RECORDS, asked, hurry=hurry, **how
        )
        if acting:
            await acting
        return verdict, asyncio.get_running_loop().time()

    return run_simulated(main())


def test_a_new_address_is_settled_on_with_one_of_two_outside_asked_from_it() -> None:
    machine = Machine()
    machine.stun[1].says = Why.SILENT
    verdict, _ = find(machine)
    assert isinstance(verdict, Settled)
    assert (verdict.address, verdict.sources) == (OURS, ("interface", "stun"))
    assert machine.asked == [1, 1, 0, 0, 0]
    assert machine.bound == [OURS], "they are asked from the address itself"


def test_nobody_is_asked_about_an_address_that_changes_nothing() -> None:
    machine, quiet = Machine(), Quiet(answer=True)
    verdict, took = find(machine, quiet=quiet)
    assert verdict.code == "v6_direct"
    assert (machine.asked, machine.bound, took) == ([0] * 5, [], 0.0)
    assert [str(one.network) for one in quiet.asked] == ["2a02:8071:1::/64"]


@pytest.mark.parametrize(
    ("settings", "code", "asked"),
    [
        (Discovery(confirm="always"), "v6_direct", [1, 1, 0, 0, 0]),
        (Discovery(confirm="never"), "v6_direct", [0, 0, 0, 0, 0]),
        (Discovery(ipv6=("interface", "http")), "v6_direct", [0, 0, 0, 1, 1]),
        (Discovery(ipv6=("interface",)), "unsupported", [0, 0, 0, 0, 0]),
    ],
    ids=["always", "never", "no stun", "nobody"],
)
def test_the_configuration_says_who_is_asked(
    settings: Discovery, code: Code, asked: list[int]
) -> None:
    machine, quiet = Machine(), Quiet(answer=settings.confirm == "always")
    verdict, _ = find(machine, quiet=quiet, settings=settings)
    assert (verdict.code, machine.asked) == (code, asked)
    assert bool(quiet.asked) == (settings.confirm != "never"), "DNS is waited for in vain"


def test_this_machine_is_not_looked_at_where_the_user_left_it_out() -> None:
    machine = Machine()
    verdict, _ = find(machine, settings=Discovery(ipv6=("stun", "http")))
    assert (verdict.code, machine.looks, machine.asked) == ("unsupported", [], [0] * 5)
    assert not any(isinstance(event, Probed) for event in machine.events)


def test_the_web_is_asked_only_where_stun_brings_nothing() -> None:
    machine = Machine()
    for one in machine.stun:
        one.says = Why.SILENT
    verdict, _ = find(machine)
    assert isinstance(verdict, Settled)
    assert (verdict.sources, machine.asked) == (("interface", "http"), [1, 1, 1, 1, 1])


def test_everything_that_is_said_is_told() -> None:
    machine = Machine()
    find(machine, round_number=7)
    probed = [event for event in machine.events if isinstance(event, Probed)]
    assert [event.observation.source for event in probed] == ["interface", "stun", "stun"]
    assert {event.round for event in probed} == {7}
    (told,) = (event for event in machine.events if isinstance(event, Judged))
    assert (told.round, told.verdict.code) == (7, "v6_direct")


def test_the_address_that_was_published_last_is_named_when_it_chooses() -> None:
    """Two would do; without this, the choice could go to and fro."""
    machine = Machine((0.0, (STABLE, held(OTHER, stable=True))))

    def published(store: Store) -> None:
        memory = Publication(address=IPv6Address(OTHER), state="served", at=1.0, since=1.0)
        store.save_publication(NAME, "AAAA", memory)

    verdict, _ = find(machine, before=published)
    assert isinstance(verdict, Settled)
    assert (machine.looks, verdict.address) == ([IPv6Address(OTHER)], IPv6Address(OTHER))


def test_a_new_address_is_waited_for_while_it_is_being_checked() -> None:
    machine = Machine((0.0, (TENTATIVE,)), (1.2, (STABLE,)))
    verdict, took = find(machine)
    assert isinstance(verdict, Settled)
    assert len(machine.looks) == 3
    assert took == pytest.approx(1.32)
    assert machine.asked == [1, 1, 0, 0, 0], "nobody is asked from an address that is not ready"


def test_a_prefix_that_goes_is_never_asked_about_nor_settled_on() -> None:
    """As Linux tells it: at first without the flag, with nothing left of its preferred lifetime."""
    old, new = held(OTHER, stable=True), held(PUBLIC, stable=True)
    going = replace(old, preferred_s=0, valid_s=7000)
    machine = Machine(
        (0.0, (going,)),
        (0.2, (replace(going, deprecated=True), replace(new, tentative=True))),
        (1.0, (replace(going, deprecated=True), new)),
    )
    verdict, _ = find(machine)
    assert isinstance(verdict, Settled)
    assert verdict.address == OURS
    assert machine.bound == [OURS]


def test_a_change_that_takes_longer_ends_in_waiting() -> None:
    machine = Machine((0.0, (TENTATIVE,)))
    verdict, took = find(machine)
    assert (verdict.code, len(machine.looks)) == ("v6_waiting", 4)
    assert took == pytest.approx(4.3)
    assert "tentative" in verdict.because


@pytest.mark.parametrize("eager", [True, False], ids=["eager", "impatient"])
def test_who_is_in_a_hurry_does_not_wait_for_an_address(*, eager: bool) -> None:
    machine = Machine((0.0, (TENTATIVE,)), (1.2, (STABLE,)))
    verdict, took = find(machine, eager=eager, patient=eager)
    assert (verdict.code, len(machine.looks), took) == ("v6_waiting", 1, 0.0)


def test_who_is_called_away_stops_waiting() -> None:
    async def call(hurry: Hurry) -> None:
        await asyncio.sleep(0.5)
        hurry.call_away()

    machine = Machine((0.0, (TENTATIVE,)))
    verdict, took = find(machine, during=call)
    assert (verdict.code, took) == ("v6_waiting", 0.5)


def test_in_a_hurry_all_questions_together_take_a_second_and_a_half() -> None:
    machine = Machine()
    for one in (*machine.stun, *machine.http):
        one.took = 9.0
    verdict, took = find(machine, eager=True)
    assert verdict.code == "v6_unconfirmed"
    assert took == pytest.approx(1.5)
    assert machine.asked == [1, 1, 0, 0, 0]


def test_in_a_hurry_what_time_is_left_goes_to_the_others() -> None:
    machine = Machine()
    for one in machine.stun:
        one.took, one.says = 1.0, Why.SILENT
    verdict, took = find(machine, eager=True)
    assert isinstance(verdict, Settled)
    assert verdict.sources == ("interface", "http")
    assert took <= 1.5


def test_who_failed_at_once_is_asked_again_soon() -> None:
    """Just after a new prefix the way out may open a moment later than the address is there."""
    machine = Machine()
    for one in (*machine.stun, *machine.http):
        one.says, one.took = Why.NO_ROUTE, 0.0

    async def open_the_way(_: Hurry) -> None:
        await asyncio.sleep(0.4)
        for one in (*machine.stun, *machine.http):
            one.says = None

    verdict, took = find(machine, during=open_the_way)
    assert isinstance(verdict, Settled)
    assert took == pytest.approx(1.3)


def test_who_was_silent_is_not_waited_for_twice() -> None:
    machine = Machine()
    for one in (*machine.stun, *machine.http):
        one.took = 60.0
    verdict, took = find(machine)
    assert verdict.code == "v6_unconfirmed"
    assert machine.asked == [1, 1, 1, 1, 1]
    assert took == pytest.approx(4.0 + 6.0)


def test_a_view_from_outside_that_is_not_ours_is_held() -> None:
    machine = Machine()
    for one in (*machine.stun, *machine.http):
        one.says = IPv6Address("2a06:98c0:3600::103")
    verdict, _ = find(machine)
    assert verdict.code == "v6_nat66_or_vpn"
    assert machine.asked == [1, 1, 1, 1, 1]


@pytest.mark.parametrize(("four", "code"), [(True, "v6_absent"), (False, "offline")])
def test_a_network_without_ipv6_is_not_the_same_as_no_network(code: Code, *, four: bool) -> None:
    machine = Machine((0.0, ()))
    machine.four = four
    verdict, took = find(machine)
    assert (verdict.code, took) == (code, 0.0)


def test_a_fault_of_ours_is_not_the_absence_of_ipv6() -> None:
    machine = Machine()
    machine.strict, machine.fault = False, RuntimeError("secret")
    verdict, _ = find(machine)
    assert verdict.code == "unsupported"
    assert verdict.because == (
        "Asking this machine for its IPv6 addresses failed inside upstun (RuntimeError)."
    )
    machine.strict = True
    with pytest.raises(RuntimeError):
        find(machine)


def test_a_machine_that_does_not_tell_in_time_is_not_known() -> None:
    machine = Machine()
    machine.slow = 60.0
    verdict, took = find(machine)
    assert (verdict.code, took) == ("unsupported", 3.0)
    assert verdict.because == "This machine did not name its IPv6 addresses within 3 s."
