from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from discovery.observation import IgdEvidence, Why
from discovery.router.description import Facts
from discovery.router.igd import read_igd
from discovery.router.igd_list import Candidate, chosen, list_igds, worth_a_name
from discovery.router.ssdp import Advert, Harvest, Rejected
from discovery.router.upnp import UpnpMethod
from discovery.router.view import Igd

GATEWAY = IPv4Address("192.168.1.1")
IGD = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
HERE = "http://192.168.1.1:5000/rootDesc.xml"
UP: dict[str, object] = {
    "control_url": "http://192.168.1.1:5000/ctl",
    "status": "Connected",
    "uptime": 7,
}


def candidate(location: str = HERE, /, **report: object) -> Candidate:
    observation = read_igd(UpnpMethod(), report, location=location)
    return Candidate(location=location, host="192.168.1.1", observation=observation)


GOOD = candidate(address="81.2.69.142", **UP)
MUTE = candidate("http://192.168.1.1/mute", address="", **UP)
SHY = candidate("http://192.168.1.1/shy", error="address", **UP)
ODD = candidate("http://192.168.1.1/odd", address="not-an-ip", **UP)
MEDIA = candidate(
    "http://192.168.1.1/media", error="not_igd", control_url="http://192.168.1.1:5000"
)
HUGE = candidate("http://192.168.1.1/huge", error="oversized")
AWAY = candidate("http://192.168.1.1/away", error="foreign", control_url="http://198.51.100.7/c")
GONE = candidate("http://192.168.1.1/gone", error="description")


def advert(host: str, path: str = "/", *, st: str = IGD, responder: str = "") -> Advert:
    return Advert(
        location=f"http://{host}{path}",
        host=IPv4Address(host),
        responder=IPv4Address(responder or host),
        st=st,
        server="Fake/1\x1b[2J",
    )


def listed(
    *adverts: Advert,
    asked: tuple[Candidate, ...] = (),
    given: bool = False,
    names: Mapping[str, Facts] | None = None,
) -> tuple[Igd, ...]:
    harvest = Harvest(adverts=adverts)
    return list_igds(harvest, asked, gateway=GATEWAY, given=given, names=names or {})


@pytest.mark.parametrize(
    ("one", "is_router"),
    [(GOOD, True), (MUTE, True), (SHY, True), (ODD, True)]
    + [(one, False) for one in (MEDIA, HUGE, AWAY, GONE)],
)
def test_a_router_is_one_that_speaks_for_itself_whatever_it_says(
    one: Candidate, is_router: bool
) -> None:
    assert one.is_router is is_router
    (igd,) = listed(asked=(one,))
    assert igd.accepted is is_router
    assert bool(igd.reason) is not is_router


@pytest.mark.parametrize(
    ("asked", "best"),
    [
        ((MEDIA, MUTE, GOOD), GOOD),
        ((MEDIA, MUTE), MUTE),
        ((MEDIA, SHY), SHY),
        ((SHY, MUTE), MUTE),
        ((GOOD, replace(GOOD, location="http://192.168.1.1/again")), GOOD),
        ((), None),
    ],
)
def test_the_description_that_says_most_is_chosen(
    asked: tuple[Candidate, ...], best: Candidate | None
) -> None:
    assert chosen(asked) is best


def test_the_believed_router_is_shown_with_all_that_it_told() -> None:
    one = replace(GOOD, facts=Facts(name="Box", vendor="AVM", model="7590"))
    (igd,) = listed(replace(advert("192.168.1.1"), location=HERE), asked=(one,))
    assert igd == Igd(
        location=HERE,
        host="192.168.1.1",
        accepted=True,
        name="Box",
        vendor="AVM",
        model="7590",
        server="Fake/1[2J",
        status="Connected",
        uptime_s=7,
        wan="81.2.69.142",
    )


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (MEDIA, "describes no internet connection"),
        (HUGE, "far more than any router description needs"),
        (AWAY, "another machine"),
        (GONE, "gave no UPnP description"),
        (MUTE, "another of its descriptions said more"),
    ],
)
def test_what_was_asked_and_not_believed_says_why(one: Candidate, why: str) -> None:
    igds = listed(asked=(GOOD, one))
    assert [igd.accepted for igd in igds] == [True, False]
    assert why in igds[1].reason


@pytest.mark.parametrize(
    ("one", "claims", "why"),
    [
        (advert("192.168.1.7"), True, "gateway is 192.168.1.1, so it was not asked"),
        (advert("192.168.1.7", st="upnp:rootdevice"), False, "not as a router"),
        (advert("192.168.1.1", "/fourth"), True, "more descriptions than are asked"),
    ],
)
def test_what_was_not_asked_says_why(one: Advert, claims: bool, why: str) -> None:
    igd = listed(one, asked=(GOOD,))[1]
    assert (igd.accepted, igd.claims_router, igd.wan) == (False, claims, "")
    assert why in igd.reason


def test_a_stranger_is_listed_once_with_its_name() -> None:
    igds = listed(
        advert("192.168.1.7"),
        advert("192.168.1.7", "/other"),
        names={"http://192.168.1.7/": Facts(name="Archer", vendor="TP-Link", model="C7")},
    )
    assert [(igd.host, igd.name, igd.vendor, igd.model) for igd in igds] == [
        ("192.168.1.7", "Archer", "TP-Link", "C7")
    ]


def test_a_description_is_the_same_however_its_url_is_written() -> None:
    one = replace(GOOD, location="http://192.168.1.1:80/")
    assert len(listed(advert("192.168.1.1", "/#top"), asked=(one,))) == 1


def test_beside_a_configured_description_the_others_of_that_router_are_no_strangers() -> None:
    one = replace(GOOD, host="192.168.1.254", location="http://192.168.1.254:5000/")
    igds = listed(advert("192.168.1.254"), advert("192.168.1.1"), asked=(one,), given=True)
    assert [igd.accepted for igd in igds] == [True, False, False]
    assert all("the configuration names another" in igd.reason for igd in igds[1:])


def test_a_configured_location_that_leads_nowhere_is_listed_without_it() -> None:
    nowhere = replace(GONE, location="", host="")
    igds = listed(advert("192.168.1.1"), asked=(nowhere,), given=True)
    assert [igd.location for igd in igds] == ["", "http://192.168.1.1/"]


def test_what_could_not_be_believed_at_all_comes_last_with_its_reason() -> None:
    harvest = Harvest(
        adverts=(advert("192.168.1.7"),),
        rejected=(
            Rejected(responder="10.0.0.9", why=Why.SPOOFED, detail="10.0.0.9 is elsewhere"),
            Rejected(
                responder="192.168.1.9", why=Why.FOREIGN, detail="lied", is_gateway_device=True
            ),
        ),
    )
    igds = list_igds(harvest, (), gateway=GATEWAY, given=False, names={})
    assert [(igd.host, igd.reason, igd.claims_router) for igd in igds[1:]] == [
        ("10.0.0.9", "10.0.0.9 is elsewhere", False),
        ("192.168.1.9", "lied", True),
    ]


@pytest.mark.parametrize(
    ("one", "worth"),
    [
        pytest.param(advert("192.168.1.7"), True, id="claims to be a router"),
        pytest.param(advert("192.168.1.7", st="upnp:rootdevice"), False, id="a television"),
        pytest.param(advert("192.168.1.1"), False, id="the gateway"),
        pytest.param(advert("192.168.1.10"), False, id="this machine"),
        pytest.param(advert("192.168.1.7", responder="192.168.1.8"), False, id="for a third"),
    ],
)
def test_only_a_strangers_own_description_is_worth_a_look_for_its_name(
    one: Advert, worth: bool
) -> None:
    found = worth_a_name(Harvest(adverts=(one,)), GATEWAY, IPv4Address("192.168.1.10"))
    assert found == ({one.location: one.host} if worth else {})


def test_four_strangers_at_most_are_looked_at_and_each_once() -> None:
    adverts = [advert(f"192.168.1.{n}", f"/{k}") for n in range(20, 40) for k in range(3)]
    found = worth_a_name(Harvest(adverts=tuple(adverts)), GATEWAY, None)
    assert list(found) == [f"http://192.168.1.{n}/0" for n in range(20, 24)]


def test_evidence_is_empty_where_nothing_was_told() -> None:
    cut_off = replace(GOOD, observation=replace(GONE.observation, evidence=None))
    assert cut_off.evidence == IgdEvidence(location=HERE)
    assert not cut_off.is_router
