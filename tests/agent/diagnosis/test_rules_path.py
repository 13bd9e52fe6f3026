"""What NATs do to packets: told where it was measured, and where it means what it seems to mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.rules import path
from agent.values import Verdict
from discovery.path.view import Behaviour, Hairpin, Mapped, PathView, Reach, Scatter
from discovery.webrtc.view import IceView
from tests.support.evidence import bare_home, plain_home
from tests.support.evidence_parts import AROUND
from tests.support.rule_table import (
    Row,
    Rule,
    Told,
    check,
    disputed,
    findings,
    judged,
    out_of_reach,
    settled,
)
from tests.support.sightings import HTTP, OTHER, PUBLIC, ROUTER, STUN, seen


def home(verdict: Verdict | None = None, **changes: Any) -> Evidence:
    """A home whose path was measured so."""
    around = changes.pop("around", AROUND)
    witnesses = changes.pop("witnesses", plain_home().witnesses)
    behaviour = changes.pop("behaviour", Behaviour(translated=True))
    walked = PathView(behaviour=behaviour, **changes)
    made = plain_home(path=walked, around=around, witnesses=witnesses)
    return judged(made, verdict or settled())


def scatter(*addresses: Any) -> Scatter:
    """Fresh sockets, as one server saw them."""
    return Scatter(
        mapped=tuple(
            Mapped(local_port=port, address=address, port=port, server="stun.one.example:3478")
            for port, address in enumerate(addresses, 40000)
        )
    )


def behaviour(**changes: Any) -> Behaviour:
    return Behaviour(translated=True, **changes)


def reach(grade: Any, transport: Any = "udp") -> Evidence:
    one = Reach(transport=transport, port=51820, grade=grade, because="A packet was sent.")
    return home(reaches=(one,))


NO_WAY_BACK = Hairpin(udp=False)
RULES: list[tuple[Rule, Row]] = [
    *(
        (path.of_mapping, row)
        for row in (
            Row("not measured", plain_home(), "symmetric_nat", None),
            Row(
                "one port for all", home(behaviour=behaviour(mapping="eim")), "symmetric_nat", None
            ),
            Row(
                "a port for each host",
                home(behaviour=behaviour(mapping="adm")),
                "symmetric_nat",
                Told("warn"),
            ),
            Row(
                "a port for each endpoint",
                home(behaviour=behaviour(mapping="apdm")),
                "symmetric_nat",
                Told("warn"),
            ),
        )
    ),
    *(
        (path.of_filtering, row)
        for row in (
            Row("not measured", plain_home(), "open_nat", None),
            Row(
                "strangers stay out", home(behaviour=behaviour(filtering="apdf")), "open_nat", None
            ),
            Row(
                "everybody in, and a NAT",
                home(behaviour=behaviour(filtering="eif")),
                "open_nat",
                Told("warn"),
            ),
            Row(
                "everybody in, for there is no NAT",
                home(behaviour=Behaviour(filtering="eif", translated=False)),
                "open_nat",
                None,
            ),
            Row(
                "everybody in, and nobody knows of a NAT",
                home(behaviour=Behaviour(filtering="eif")),
                "open_nat",
                None,
            ),
        )
    ),
    *(
        (path.of_hairpin, row)
        for row in (
            Row("not measured", plain_home(), "no_hairpin", None),
            Row("comes back", home(hairpin=Hairpin(udp=True)), "no_hairpin", None),
            Row("does not", home(hairpin=NO_WAY_BACK), "no_hairpin", Told("info")),
            Row(
                "does not, by every server's word on the address",
                home(hairpin=NO_WAY_BACK, scatter=scatter(PUBLIC, PUBLIC)),
                "no_hairpin",
                Told("info"),
            ),
            Row(
                "a STUN server lies: the packets may have gone to a stranger",
                home(
                    hairpin=NO_WAY_BACK,
                    witnesses=(
                        seen(ROUTER, PUBLIC),
                        seen(STUN[0], PUBLIC),
                        seen(STUN[1], OTHER),
                    ),
                ),
                "no_hairpin",
                None,
            ),
            Row(
                "a web service lies: it was not asked where to send the packets",
                home(
                    hairpin=NO_WAY_BACK,
                    witnesses=(seen(ROUTER, PUBLIC), seen(STUN[0], PUBLIC), seen(HTTP[0], OTHER)),
                ),
                "no_hairpin",
                Told("info"),
            ),
            Row(
                "two lines: the packets may have gone out by one and to the other",
                home(hairpin=NO_WAY_BACK, scatter=scatter(PUBLIC, OTHER)),
                "no_hairpin",
                None,
            ),
            Row(
                "the address is in dispute",
                home(disputed(), hairpin=NO_WAY_BACK),
                "no_hairpin",
                None,
            ),
            Row(
                "nobody can come in anyway",
                home(out_of_reach(), hairpin=NO_WAY_BACK),
                "no_hairpin",
                None,
            ),
            Row(
                "this machine has the address",
                home(hairpin=NO_WAY_BACK, behaviour=Behaviour(translated=False)),
                "no_hairpin",
                None,
            ),
            Row(
                "a forwarded port does come back",
                home(hairpin=Hairpin(udp=False, tcp=((443, True),))),
                "no_hairpin",
                None,
            ),
            Row(
                "a port that is not forwarded does not",
                home(hairpin=Hairpin(udp=False, tcp=((443, False),))),
                "no_hairpin",
                Told("info"),
            ),
        )
    ),
    *(
        (path.of_ports, row)
        for row in (
            Row("none was asked about", plain_home(), "port_reached", None),
            Row("proved", reach("proved"), "port_reached", Told("info", subject="udp/51820")),
            Row("proved is not refuted", reach("proved"), "port_not_reached", None),
            Row(
                "refuted", reach("refuted"), "port_not_reached", Told("error", subject="udp/51820")
            ),
            Row("not known is not refuted", reach("unknown"), "port_not_reached", None),
            Row(
                "not known",
                reach("unknown"),
                "port_unproved",
                Told("info", 0, "guess", "udp/51820"),
            ),
            Row("likely is not proved", reach("likely", "tcp"), "port_reached", None),
            Row(
                "likely",
                reach("likely", "tcp"),
                "port_unproved",
                Told("info", 0, "likely", "tcp/51820"),
            ),
        )
    ),
    *(
        (path.of_ice, row)
        for row in (
            Row("no opinion", plain_home(ice_differs="It saw another."), "ice_differs", None),
            Row("the same opinion", plain_home(ice=IceView()), "ice_differs", None),
            Row(
                "another",
                plain_home(ice=IceView(), ice_differs="It saw another."),
                "ice_differs",
                Told("warn", 0, "likely"),
            ),
        )
    ),
]


@pytest.mark.parametrize(
    ("rule", "row"), RULES, ids=[f"{rule.__name__}: {row.title}" for rule, row in RULES]
)
def test_row(rule: Rule, row: Row) -> None:
    check(rule, row)


def test_lines_that_take_turns_are_not_called_another_port() -> None:
    """A test that asks two servers in turn sees what it would see of a symmetric NAT."""
    mapping = behaviour(mapping="apdm")
    (one,) = path.of_mapping(home(behaviour=mapping))
    (two,) = path.of_mapping(home(behaviour=mapping, scatter=scatter(PUBLIC, OTHER)))
    assert "another outside port" in one.fact
    assert "another line" in two.fact


def test_a_proof_by_a_nat_that_lets_in_everybody_lasts_only_while_something_is_sent() -> None:
    proved = reach("proved")
    opened = replace(proved.path, behaviour=behaviour(filtering="eif"))
    (plain,) = path.of_ports(proved)
    (lasting,) = path.of_ports(replace(proved, path=opened))
    assert plain.consequence == "People can reach you on it."
    assert "while a program keeps sending" in lasting.consequence


FIXES = [
    ("a router", reach("refuted"), "Forward UDP 51820 to this machine (192.168.1.10) in the rout"),
    ("no address", replace(reach("refuted"), around=bare_home().around), "to this machine in"),
    (
        "no NAT",
        replace(
            reach("refuted"),
            path=replace(reach("refuted").path, behaviour=Behaviour(translated=False)),
        ),
        "Open UDP 51820 in this machine's own firewall.",
    ),
]


@pytest.mark.parametrize(("title", "home", "words"), FIXES, ids=[row[0] for row in FIXES])
def test_what_lets_strangers_in(title: str, home: Evidence, words: str) -> None:
    (finding,) = findings(path.of_ports, home, "port_not_reached")
    assert words in finding.fix


def test_nobody_is_told_to_forward_a_port_where_that_does_not_help() -> None:
    (finding,) = path.of_ports(judged(reach("refuted"), out_of_reach()))
    assert finding.fix == ""
