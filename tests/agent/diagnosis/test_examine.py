"""The examination in pretend time: side by side, within its limit, and nothing at others' cost."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from agent.diagnosis.conclude import conclude
from agent.diagnosis.evidence import Evidence, Noticing
from agent.diagnosis.examine import LIMIT_S, Examination
from agent.diagnosis.progress import PARTS, Progress
from agent.diagnosis.records import MOST_RECORDS
from agent.store import Store
from agent.values import Code, Config, Record
from agent.world import fault_name
from discovery.observation import EchoEvidence, Family, Missed, Seen, Why
from discovery.path.view import PathView
from tests.sim.home import SimHome
from tests.sim.service import SimService, employ
from tests.support.evidence_parts import AROUND, GATEWAY, IPV6, PATH, PORT53, SEEN6, STABLE6
from tests.support.pretend_tools import (
    ROUTER_VIEW,
    SIGNAL,
    Act,
    PretendTools,
    hang,
    raises,
    takes,
)
from tests.support.sightings import HTTP, OTHER, PUBLIC, ROUTER, STUN, seen
from tests.support.simloop import run_simulated

NAME, NAS = "home.example.com", "nas.example.com"


def config(*records: Record) -> Config:
    """Two names at one account that cannot be asked about."""
    home = SimHome()
    employ(home, home=SimService(home))
    wanted = records or (
        Record(name=NAME, account="home", ipv6=True),
        Record(name=NAS, account="home"),
    )
    return replace(home.config, records=wanted)


def examination(tools: PretendTools, **changes: Any) -> Examination:
    world = SimHome().world(Store(None, lambda _: None))
    strict = changes.pop("strict", False)
    given: dict[str, Any] = {"config": config(), "around": AROUND, **changes}
    return Examination(world=replace(world, strict=strict), tools=tools.bundle(), **given)


def examine(tools: PretendTools | None = None, **changes: Any) -> Evidence:
    """A whole examination; nothing may be left running behind it."""
    tools = tools or PretendTools()

    async def main() -> Evidence:
        made = examination(tools, **changes)
        with closing(made.world.store):
            evidence = await made.run()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return evidence

    evidence = run_simulated(main())
    assert not tools.left
    return evidence


# ---- side by side --------------------------------------------------------------------------------


def test_everything_is_measured_side_by_side_and_put_together() -> None:
    """Each takes a second; the longest way is outside, owner, hairpin."""
    tools = PretendTools(through_vpn=(seen(STUN[0], OTHER),))
    evidence = examine(tools, port=("udp", 51820))
    assert evidence.took == pytest.approx(3.0)
    assert evidence.unmeasured == {}
    upnp, natpmp = ROUTER_VIEW.upnp, ROUTER_VIEW.natpmp
    assert [one.witness for one in evidence.witnesses] == [
        *(one.witness for one in (upnp, natpmp) if one),
        *(one.witness for one in tools.outside),
        SEEN6.witness,
    ]
    assert [one.elapsed for one in evidence.witnesses[2:]] == [pytest.approx(1.0)] * 6
    assert [one.witness for one in evidence.through_vpn] == [STUN[0].name]
    assert (evidence.router, evidence.ipv6, evidence.port53) == (ROUTER_VIEW, IPV6, PORT53)
    assert evidence.path.behaviour == PATH.behaviour
    assert evidence.path.scatter == PATH.scatter
    assert evidence.path.hairpin == PATH.hairpin
    assert evidence.path.trail == PATH.trail
    assert evidence.path.reaches == PATH.reaches[:1]
    assert [(one.address, one.owner) for one in evidence.path.ownership] == [(PUBLIC, "router")]
    assert [(one.exam.name, one.exam.rtype) for one in evidence.records] == [
        (NAME, "A"),
        (NAME, "AAAA"),
        (NAS, "A"),
    ]
    assert [one.account.name for one in evidence.accounts] == ["home"]
    assert evidence.signals == (SIGNAL,)
    assert evidence.ice_differs == "5 were compared."
    assert (evidence.port, evidence.configured) == (("udp", 51820), True)
    assert tools.given["hairpin"] == (), "connections are of TCP"
    assert evidence.noticing == {
        Family.V4: Noticing(by=None, seconds=360.0, latest_s=360.0),
        Family.V6: Noticing(by="netlink", seconds=0.005, latest_s=360.0),
    }
    assert evidence.verdicts[Family.V4].code == "single_nat"
    assert evidence.verdicts[Family.V6].code == "v6_direct"


def test_each_is_given_what_the_others_found() -> None:
    tools = PretendTools(outside=(seen(STUN[1], PUBLIC), seen(HTTP[0], OTHER)))
    examine(tools, port=("tcp", 443))
    assert tools.given["ice"] == (STUN[1].name, "stun:a.example")
    assert tools.given["port53"] == {PUBLIC, OTHER}
    assert tools.given["stable"] == STABLE6
    assert tools.given["hairpin"] == (443,)
    assert tools.given["reach"] == ("tcp", 443)
    router, said = tools.given["signals"]
    assert (router, [one.address for one in said]) == (ROUTER_VIEW, [PUBLIC, OTHER])


def test_packets_to_the_own_address_leave_after_the_question_whose_it_is() -> None:
    """A Linux router complains six times in a row, and then once a second."""
    tools = PretendTools(acts={"ownership": takes(0.4)})
    examine(tools)
    assert tools.calls["ownership"] == pytest.approx(1.0)
    assert tools.calls["hairpin"] == tools.calls["ice"] == pytest.approx(1.4)


def test_no_part_waits_for_long_for_another() -> None:
    tools = PretendTools(acts={"outside": takes(5.0), "router": takes(5.0), "ipv6": takes(1.0)})
    evidence = examine(tools)
    begun = {name: tools.calls[name] for name in ("hairpin", "ice", "port53", "signals")}
    assert begun == {
        "hairpin": pytest.approx(2.0),
        "ice": pytest.approx(2.0),
        "port53": pytest.approx(2.0),
        "signals": pytest.approx(5.0),
    }
    assert "ownership" not in tools.calls, "nobody had named an address by then"
    assert tools.given["port53"] == frozenset()
    assert tools.given["signals"] == (ROUTER_VIEW, evidence.witnesses[2:7])
    assert evidence.path.ownership == ()
    assert [one.address for one in evidence.witnesses if isinstance(one, Seen)]


def test_an_owner_that_is_found_after_the_rest_of_the_path_counts() -> None:
    evidence = examine(PretendTools(acts={"ownership": takes(5.0)}))
    assert [one.owner for one in evidence.path.ownership] == ["router"]
    assert evidence.path.hairpin == PATH.hairpin


def test_of_many_named_addresses_three_are_looked_for() -> None:
    others = tuple(seen(who, f"9.9.9.{n}") for n, who in enumerate(STUN, 1))
    evidence = examine(PretendTools(outside=(*others, *others)))
    assert len(evidence.path.ownership) == 3


def test_without_a_port_to_prove_none_is_tried() -> None:
    tools = PretendTools()
    assert examine(tools).path.reaches == ()
    assert "reach" not in tools.calls


def test_without_a_way_out_by_ipv6_nobody_is_asked_there() -> None:
    tools = PretendTools(ipv6=replace(IPV6, has_route=False))
    assert Family.V6 not in {one.family for one in examine(tools).witnesses}
    assert "outside6" not in tools.calls


def test_the_router_is_left_alone_where_nobody_may_ask_it() -> None:
    evidence = examine(PretendTools(router=None))
    assert (evidence.router, evidence.unmeasured) == (None, {})
    assert {one.source for one in evidence.witnesses} == {"stun", "http"}


# ---- what goes wrong -----------------------------------------------------------------------------

PART_OF = {
    "router": "the router",
    "ipv6": "IPv6",
    "ownership": "the owner of the address",
    "behaviour": "the NAT's behaviour",
    "scatter": "ports outside",
    "hairpin": "the way back in",
    "trail": "the routers on the way",
    "reach": "the port",
    "ice": "the WebRTC opinion",
    "port53": "port 53",
    "signals": "the signals",
    f"{NAME} A": f"{NAME} A",
}
TROUBLE = {
    "hangs": hang,
    "breaks": raises(LookupError("s3cret")),
    "gives up by itself": raises(TimeoutError()),
    "leaks a cancellation": raises(asyncio.CancelledError()),
}


def summary(evidence: Evidence, without: str) -> dict[str, object]:
    """What an examination brought, but for one part and what follows from it."""
    path = evidence.path
    brought: dict[str, object] = {
        "router": evidence.router,
        "ipv6": (evidence.ipv6, [one for one in evidence.witnesses if one.family is Family.V6]),
        "ownership": path.ownership,
        **{name: getattr(path, name) for name in ("behaviour", "scatter", "hairpin", "trail")},
        "reach": path.reaches,
        "ice": evidence.ice,
        "port53": evidence.port53,
        "signals": evidence.signals,
        "outside": [
            (one.witness, one.family)
            for one in evidence.witnesses
            if one.family is Family.V4 and one.source in ("stun", "http")
        ],
        "records": [
            one.exam for one in evidence.records if f"{one.exam.name} {one.exam.rtype}" != without
        ],
        "accounts": [(one.account.name, one.proof) for one in evidence.accounts],
    }
    return {name: what for name, what in brought.items() if name != without}


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("name", PART_OF)
def test_one_measurement_in_trouble_leaves_all_others_standing(name: str, trouble: str) -> None:
    port = ("udp", 51820)
    plain = examine(port=port)
    evidence = examine(PretendTools(acts={name: TROUBLE[trouble]}), port=port)
    assert summary(evidence, name) == summary(plain, name)
    assert list(evidence.unmeasured) == [PART_OF[name]]
    (why,) = evidence.unmeasured.values()
    assert "s3cret" not in why
    late = ("did not end within 7 s", "did not end within 6.8 s")
    assert why.endswith(late if trouble == "hangs" else ")")
    assert (evidence.took > LIMIT_S - 0.5) is (trouble == "hangs")
    assert evidence.took <= LIMIT_S + 1e-6
    told = [one.subject for one in conclude(evidence).findings if one.code == "not_measured"]
    assert told == [PART_OF[name]]


@pytest.mark.parametrize(
    ("name", "code"),
    [("ipv6", "unsupported"), ("behaviour", "single_nat"), ("router", "stun_agrees")],
)
def test_from_what_was_not_measured_nothing_is_concluded(name: str, code: Code) -> None:
    evidence = examine(PretendTools(acts={name: hang}))
    family = Family.V6 if name == "ipv6" else Family.V4
    assert evidence.verdicts[family].code == code
    codes = {one.code for one in conclude(evidence).findings}
    assert not codes & {"v6_absent", "v6_none", "router_silent", "symmetric_nat"}


def test_a_witness_that_hangs_is_given_up_and_the_others_count() -> None:
    slow = f"outside {HTTP[0].name}"
    evidence = examine(PretendTools(acts={slow: hang}))
    silent = [one for one in evidence.witnesses if isinstance(one, Missed) and one.source == "http"]
    assert [(one.witness, one.why) for one in silent] == [(HTTP[0].name, Why.SILENT)]
    assert evidence.verdicts[Family.V4].code == "single_nat"
    assert evidence.unmeasured == {}
    assert evidence.took < LIMIT_S


def test_a_survey_of_ipv6_counts_also_where_nobody_answers_over_it() -> None:
    """A black hole: the survey is done late, and the web services would take six seconds more."""
    silent = tuple(replace(SEEN6, witness=who.name) for who in STUN)
    acts = {"ipv6": takes(3.0), "outside6": hang}
    evidence = examine(PretendTools(acts=acts, outside6=silent))
    assert evidence.ipv6 == IPV6
    assert evidence.unmeasured == {}
    assert evidence.verdicts[Family.V6].code == "v6_unconfirmed"
    asked = [one for one in evidence.witnesses if one.family is Family.V6]
    assert [one.why for one in asked if isinstance(one, Missed)] == [Why.SILENT] * 3


def test_signals_do_not_wait_for_a_router_that_hangs() -> None:
    tools = PretendTools(acts={"router": hang})
    evidence = examine(tools)
    assert evidence.signals == (SIGNAL,)
    assert tools.calls["signals"] == pytest.approx(5.5)
    assert tools.given["signals"][0] is None


def test_where_everything_hangs_it_ends_in_time_and_says_so() -> None:
    names = (*PART_OF, "outside", "outside6", f"{NAME} AAAA", f"{NAS} A")
    acts: dict[str, Act] = dict.fromkeys(names, hang)
    evidence = examine(PretendTools(acts=acts), port=("udp", 51820))
    assert evidence.took == pytest.approx(LIMIT_S)
    assert set(PART_OF.values()) - set(evidence.unmeasured) == {"the owner of the address"}
    assert evidence.records == ()
    assert evidence.path == PathView()
    told = conclude(evidence)
    assert (told.findings[0].code, int(told.exit)) == ("no_address", 6)
    dns = next(answer for answer in told.answers if answer.question == "dns")
    assert dns.lines == ("Not known: no name could be examined in time.",)


def test_tests_see_the_exception_itself() -> None:
    for name in ("trail", "router", f"{NAS} A"):
        with pytest.raises(ExceptionGroup) as caught:
            examine(PretendTools(acts={name: raises(LookupError("here"))}), strict=True)
        assert "LookupError" in fault_name(caught.value)


@pytest.mark.parametrize("after", [0.0, 0.5, 1.5, 6.9])
def test_a_cancellation_leaves_nothing_behind(after: float) -> None:
    tools = PretendTools(acts={"port53": hang, "ownership": hang})

    async def main() -> None:
        running = asyncio.create_task(examination(tools).run())
        await asyncio.sleep(after)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_simulated(main())
    assert not tools.left


# ---- records, accounts, clock, progress ----------------------------------------------------------


def test_records_beyond_the_most_are_told() -> None:
    def look(count: int) -> Evidence:
        names = tuple(Record(name=f"n{n}.example.com", account="home") for n in range(count))
        return examine(config=config(*names))

    evidence = look(MOST_RECORDS)
    assert (len(evidence.records), evidence.unmeasured) == (MOST_RECORDS, {})
    evidence = look(MOST_RECORDS + 1)
    assert len(evidence.records) == MOST_RECORDS
    assert evidence.unmeasured == {"further records": "1 more record was not examined"}
    evidence = look(MOST_RECORDS + 3)
    assert evidence.unmeasured == {"further records": "3 more records were not examined"}


def test_a_record_of_ipv6_alone_is_asked_about_for_that_alone() -> None:
    tools = PretendTools()
    examine(tools, config=config(Record(name=NAS, account="home", ipv4=False, ipv6="::1")))
    assert [name for name in tools.calls if name.startswith(NAS)] == [f"{NAS} AAAA"]


def test_without_a_configuration_no_name_and_no_account_is_asked_about() -> None:
    tools = PretendTools()
    told: list[Progress] = []
    evidence = examine(tools, config=Config(source="the defaults"), tell=told.append)
    assert (evidence.configured, evidence.records, evidence.accounts) == (False, (), ())
    texts = {one.part: one.text for one in told}
    assert (texts["dns"], texts["accounts"]) == (
        "no name is configured",
        "no account is configured",
    )


@pytest.mark.parametrize(
    ("ahead", "skew"), [((), None), ((7.0,), 7.0), ((400.0, -2.0), -2.0), ((None, 5.0), 5.0)]
)
def test_the_clock_is_held_against_the_nearest_of_the_services(
    ahead: tuple[float | None, ...], skew: float | None
) -> None:
    now = SimHome().wall._start.timestamp() + 1.0  # when the services answered
    said = [
        replace(
            seen(HTTP[n], PUBLIC),
            evidence=EchoEvidence(
                url="",
                status=200,
                authenticated=True,
                date=None if one is None else now - one - 0.5,
            ),
        )
        for n, one in enumerate(ahead)
    ]
    evidence = examine(PretendTools(outside=(*said, seen(STUN[0], PUBLIC))))
    assert evidence.clock_skew_s == (None if skew is None else pytest.approx(skew))


def test_each_part_tells_when_it_is_done() -> None:
    told: list[tuple[float, Progress]] = []

    def tell(news: Progress) -> None:
        told.append((asyncio.get_running_loop().time(), news))

    acts = {"router": takes(0.5), "outside": takes(0.25), "ipv6": takes(0.1), "port53": takes(4.0)}
    acts["ice"] = takes(1.5)
    examine(PretendTools(acts=acts), tell=tell)
    assert [news.part for _, news in told] == [
        *("accounts", "outside", "router", "dns", "ipv6", "signals", "path", "webrtc", "port53"),
    ]
    assert [at for at, _ in told] == sorted(at for at, _ in told)
    assert {news.part for _, news in told} == set(PARTS)
    texts = {news.part: news.text for _, news in told}
    assert texts["outside"] == f"5 of 5 answer: {PUBLIC}"
    assert str(GATEWAY) not in texts["router"]


def test_a_part_that_is_not_done_tells_nothing() -> None:
    told: list[Progress] = []
    examine(PretendTools(acts={"router": hang}), tell=told.append)
    assert "router" not in {news.part for news in told}


def test_what_the_router_says_is_heard_once() -> None:
    words = [one.witness for one in examine().witnesses if one.source == "upnp"]
    assert words == [ROUTER.name]
