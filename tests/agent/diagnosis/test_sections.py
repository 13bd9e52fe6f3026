"""What the sections of evidence tell, row by row, and what they leave out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.sections import dns, home, path, services, witnesses
from agent.diagnosis.sections.all import sections
from agent.diagnosis.sections.row import Row, Section
from discovery.ipv6.view import Candidate, Held
from discovery.live_dns.exam import Port53
from discovery.path.view import Behaviour, Hairpin, Hop, PathView, Scatter, Trail
from discovery.router.view import Firewall6, RouterView
from discovery.webrtc.view import IceView
from providers.engine.outcome import Cause, Refused, Unconfirmed
from tests.support.evidence import account, bare_home, full_home, plain_home, record
from tests.support.evidence_parts import (
    AROUND,
    AT,
    FOREIGN_IGD,
    GATEWAY,
    IGD,
    IPV6,
    MAPPING,
    PATH,
    PORT53,
)
from tests.support.sightings import PUBLIC
from tests.support.troubled_homes import HOMES, right_home
from tests.support.views import LAME, NODATA, NXDOMAIN, SILENT, serves


def told(rows: Iterator[Row], label: str) -> list[str]:
    return [row.text for row in rows if row.label == label]


def plain(rows: Iterator[Row]) -> list[str]:
    return [row.text for row in rows if not row.label]


def with_router(**changes: object) -> Evidence:
    router = replace(RouterView(gateway=str(GATEWAY), igds=(IGD,)), **changes)  # type: ignore[arg-type]  # the test names real fields
    return plain_home(router=router)


def with_path(**changes: object) -> Evidence:
    return plain_home(path=PathView(**changes))  # type: ignore[arg-type]  # the test names real fields


# ---- this machine --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "label", "text"),
    [
        ({}, "Address", "192.168.1.10 on eth0"),
        ({"device": ""}, "Address", "192.168.1.10"),
        ({"local": None}, "Address", "no IPv4 address"),
        ({}, "Way out", "through 192.168.1.1"),
        ({"gateway": None}, "Way out", "without a router"),
        ({"gateway": None, "has_route": False}, "Way out", "none"),
        (
            {"gateway": None, "default_is_tunnel": True},
            "Way out",
            "only through a tunnel; no home router is known",
        ),
        ({}, "VPN", "none has the default route"),
        (
            {"default_is_tunnel": True},
            "VPN",
            "a VPN or tunnel takes the ordinary traffic (it has the default route)",
        ),
    ],
)
def test_where_this_machine_stands(changes: dict[str, object], label: str, text: str) -> None:
    around = replace(AROUND, **changes)  # type: ignore[arg-type]  # the test names real fields
    assert told(home.of_machine(plain_home(around=around)), label) == [text]


@pytest.mark.parametrize(
    ("skew", "text"),
    [
        (None, "not compared: no web service told its time under a verified certificate"),
        (0.4, "right to the second, by web services"),
        (-0.9, "right to the second, by web services"),
        (12.2, "12 s fast, by web services"),
        (-3600.0, "60 minutes slow, by web services"),
    ],
)
def test_the_clock(skew: float | None, text: str) -> None:
    assert told(home.of_machine(plain_home(clock_skew_s=skew)), "Clock") == [text]


# ---- the router ----------------------------------------------------------------------------------


def test_a_router_that_was_not_asked() -> None:
    assert plain(home.of_router(bare_home())) == ["No router was asked."]


def test_which_router_was_believed_and_why_the_others_were_not() -> None:
    rows = list(home.of_router(with_router(igds=(IGD, FOREIGN_IGD))))
    assert told(iter(rows), "Believed") == [
        "Acme Home Box 3 at 192.168.1.1: Connected, its outside address is 81.2.69.142, "
        "online for 24 hours"
    ]
    assert told(iter(rows), "Not believed") == [
        "an unnamed device at 192.168.1.77. It is not the gateway (192.168.1.1)."
    ]
    assert told(home.of_router(with_router(igds=())), "UPnP devices") == [
        "none answered the search"
    ]


def test_a_router_that_tells_little_is_told_with_little() -> None:
    bare = replace(IGD, vendor="", model="", name="", status="", uptime_s=None, wan="")
    rows = home.of_router(with_router(igds=(bare,)))
    assert told(rows, "Believed") == [f"{IGD.server} at 192.168.1.1: names no address"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"mappings": None}, "not known: the router does not list them"),
        ({"mappings": None, "mappings_note": "it refused"}, "not known. It refused."),
        ({"mappings": ()}, "none by UPnP; those made by hand in the router are not listed"),
        ({"mappings": (MAPPING,)}, "UDP 51820 “wireguard”"),
        (
            {"mappings": (replace(MAPPING, external_port=443, enabled=False),)},
            "UDP 443 to 51820 here “wireguard” (switched off)",
        ),
        (
            {"mappings": (MAPPING,), "mappings_note": "the list breaks off"},
            "UDP 51820 “wireguard”. The list breaks off.",
        ),
    ],
)
def test_forwarded_ports(changes: dict[str, object], text: str) -> None:
    assert told(home.of_router(with_router(**changes)), "Ports forwarded here") == [text]


def test_many_forwarded_ports_are_counted() -> None:
    (text,) = told(
        home.of_router(with_router(mappings=(MAPPING,) * 20, others=3)), "Ports forwarded here"
    )
    assert text.count("wireguard") == 12
    assert text.endswith("; and 8 more")


@pytest.mark.parametrize(
    ("changes", "texts"),
    [
        ({}, []),
        ({"firewall6_note": "it does not speak of it"}, ["not known. It does not speak of it."]),
        (
            {"firewall6": Firewall6(enabled=True, pinholes_allowed=False)},
            ["on; programs cannot open ports by themselves"],
        ),
        (
            {"firewall6": Firewall6(enabled=False, pinholes_allowed=True)},
            ["off; programs can open ports by themselves"],
        ),
    ],
)
def test_the_ipv6_firewall(changes: dict[str, object], texts: list[str]) -> None:
    assert told(home.of_router(with_router(**changes)), "IPv6 firewall") == texts


# ---- the path ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "text"),
    [
        (Behaviour(), "not known"),
        (Behaviour(note="no server can test it"), "not known. No server can test it."),
        (
            Behaviour(translated=False, mapping="eim"),
            "none: the outside sees this machine's own socket",
        ),
        (
            Behaviour(translated=True, mapping="apdm"),
            "another outside port for every destination (symmetric)",
        ),
    ],
)
def test_the_mapping(behaviour: Behaviour, text: str) -> None:
    assert told(path.of_path(with_path(behaviour=behaviour)), "Mapping") == [text]


@pytest.mark.parametrize(
    ("hairpin", "text"),
    [
        (Hairpin(), "not known"),
        (Hairpin(note="nothing was sent"), "not known. Nothing was sent."),
        (Hairpin(udp=True), "leads back in (hairpin)"),
        (Hairpin(udp=False, note="it may be a firewall"), "leads nowhere (no hairpin)"),
    ],
)
def test_the_own_address_from_inside(hairpin: Hairpin, text: str) -> None:
    assert told(path.of_path(with_path(hairpin=hairpin)), "Own address from inside") == [text]


def test_what_the_scatter_of_ports_tells() -> None:
    rows = list(path.of_path(with_path(scatter=PATH.scatter)))
    assert told(iter(rows), "Ports outside") == ["get another number than inside"]
    assert told(iter(rows), "Rewritten on the way") == [
        "addresses inside packets, to 89.160.20.112"
    ]
    unknown = path.of_path(with_path(scatter=Scatter(note="nobody answered")))
    assert told(unknown, "Ports outside") == ["not known. Nobody answered."]


def test_the_first_routers_are_told_with_the_kind_of_their_address() -> None:
    (text,) = told(path.of_path(with_path(trail=PATH.trail)), "First routers")
    assert text == (
        "1: 192.168.1.1 (private); 2: 100.64.0.1 (inside a provider's NAT); "
        "3: 62.155.240.9 (public)"
    )
    hops = (Hop(distance=1, address=GATEWAY),)
    assert told(path.of_path(with_path(trail=Trail(hops=hops))), "First routers") == [
        "1: 192.168.1.1 (private)"
    ]
    nobody = path.of_path(with_path(trail=Trail(note="nobody complained")))
    assert told(nobody, "First routers") == ["none told. Nobody complained."]


@pytest.mark.parametrize(
    ("ice", "label", "text"),
    [
        (IceView(available=False, note="aiortc is missing"), "WebRTC", "Aiortc is missing."),
        (IceView(available=False), "WebRTC", "not installed"),
        (IceView(), "WebRTC sees", "no outside address"),
        (IceView(note="no server"), "WebRTC channel", "not tried. No server."),
        (IceView(data_channel=False), "WebRTC channel", "did not open"),
    ],
)
def test_the_second_opinion(ice: IceView, label: str, text: str) -> None:
    assert told(path.of_path(plain_home(ice=ice)), label) == [text]


# ---- witnesses and IPv6 --------------------------------------------------------------------------


def test_witnesses_are_told_with_their_protocol_and_through_the_vpn_apart() -> None:
    rows = list(witnesses.of_witnesses(full_home()))
    assert told(iter(rows), "one.example STUN")[0] == "81.2.69.142, 18 ms, by stun.one.example:3478"
    assert told(iter(rows), "five.example HTTPS") == [
        "no address. https://ip.five.example/ answered with a web page."
    ]
    assert [row.label for row in rows if row.under] == ["one.example STUN"]
    assert plain(witnesses.of_witnesses(bare_home())) == ["Nobody outside was asked."]


def test_addresses_that_every_machine_has_are_left_out() -> None:
    labels = [row.label for row in witnesses.of_ipv6(right_home())]
    assert labels == ["Fit, chosen", "Default route"]


def test_many_addresses_are_counted() -> None:
    many = tuple(
        Candidate(held=Held(address=one.held.address + n, prefix=64, device="eth0"), kept=False,
                  reason="it is temporary")
        for n in range(20)
        for one in IPV6.candidates[:1]
    )  # fmt: skip
    home6 = plain_home(ipv6=replace(IPV6, candidates=many, note=""))
    assert plain(witnesses.of_ipv6(home6)) == ["and 12 more"]


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (IPV6, "through fe80::3a10:d5ff:fe12:3456"),
        (replace(IPV6, gateway=""), "yes"),
        (replace(IPV6, gateway="", has_route=False), "none"),
    ],
)
def test_the_default_route_of_ipv6(view: object, text: str) -> None:
    assert told(witnesses.of_ipv6(plain_home(ipv6=view)), "Default route") == [text]


# ---- DNS -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (serves(str(PUBLIC)), "81.2.69.142, TTL 60 s, authoritative (192.0.2.1:53, under 1 ms)"),
        (NXDOMAIN, "no such name, authoritative (192.0.2.1:53, under 1 ms)"),
        (NODATA, "no such record, authoritative (192.0.2.1:53, under 1 ms)"),
        (LAME, "no answer of use (192.0.2.1:53, under 1 ms). Ns answered REFUSED."),
        (SILENT, "no answer of use (192.0.2.1:53, under 1 ms). Ns did not answer within 2.5 s."),
    ],
)
def test_what_a_name_server_said(answer: object, text: str) -> None:
    evidence = plain_home(records=(record(answer),))  # type: ignore[arg-type]  # one of the answers
    assert told(dns.of_dns(evidence), "ns1.example.com") == [text]


def test_what_stands_around_a_record() -> None:
    rows = list(dns.of_dns(full_home()))
    assert told(iter(rows), "home.example.com A") == ["in the zone example.com"]
    assert told(iter(rows), "Public resolver") == [
        "1.1.1.1:53 shows 81.2.69.142, for 30 s more",
        "9.9.9.9:53 shows 89.160.20.112, which is old; fresh from 03:00:44 UTC",
        "https://dns.example.net/dns-query/a1b2c3 tells nothing. It is silent.",
    ]
    assert told(iter(rows), "DNSSEC") == ["not signed"] * 3
    assert told(iter(rows), "Port 53, DNS on its way") == ["SOMETHING TAKES IT OVER"]
    clear = full_home(port53=Port53(trials=PORT53.trials[:1]))
    assert told(dns.of_dns(clear), "Port 53, DNS on its way") == [
        "no sign that anything takes it over"
    ]


def test_a_zone_that_was_not_found_has_its_reason() -> None:
    exam = record()
    lost = replace(exam.exam.view, zone="", problem="the walk to the zone failed")
    evidence = plain_home(records=(replace(exam, exam=replace(exam.exam, view=lost)),))
    rows = list(dns.of_dns(evidence))
    assert rows[0].text == "in a zone that is not known"
    assert plain(iter(rows)) == ["The walk to the zone failed."]


def test_no_names_at_all() -> None:
    assert plain(dns.of_dns(plain_home())) == ["No name is configured."]
    assert plain(dns.of_dns(plain_home(configured=True))) == ["No name could be examined."]


# ---- services and signals ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "the credentials cannot be proved without an update."),
        (
            {"proof": Refused(cause=Cause.CREDENTIALS, text="the key is wrong")},
            "not accepted. The key is wrong.",
        ),
        ({"proof": Unconfirmed(text="nobody answered")}, "not known. Nobody answered."),
        (
            {"locked": Cause.CREDENTIALS, "locked_text": "the server refused the key"},
            "stopped, and not asked now. The server refused the key.",
        ),
        (
            {"locked_until": AT.timestamp() + 60, "locked_text": "it asked for patience."},
            "not asked now. It waits until 03:01:00 UTC: it asked for patience.",
        ),
        (
            {"locked_until": float("inf"), "locked_text": "x"},
            "the credentials cannot be proved without an update.",
        ),
    ],
)
def test_an_account(changes: dict[str, object], text: str) -> None:
    exam = account(**changes)  # type: ignore[arg-type]  # the test names real fields
    evidence = plain_home(accounts=(exam,))
    assert told(services.of_accounts(evidence), "household") == [f"DNS UPDATE (RFC 2136): {text}"]


# ---- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOMES)
def test_what_stands_alone_is_a_whole_sentence_and_nothing_is_empty(name: str) -> None:
    for section in sections(HOMES[name]()):
        assert section.rows
        for row in section.rows:
            assert row.text
            assert row.label or row.text.endswith(".")


def test_rows_with_and_without_a_label_are_told_apart() -> None:
    rows = (Row("a", "1"), Row("b", "2"), Row("", "3"), Row("c", "4"))
    assert Section(1, "x", rows).runs == ((True, rows[:2]), (False, rows[2:3]), (True, rows[3:]))
