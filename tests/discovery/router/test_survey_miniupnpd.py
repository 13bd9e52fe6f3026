"""The survey against a real miniupnpd, in network namespaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.discovery.router.miniupnpd_home import WAN, Home
from tests.support.namespaces import cable
from tests.support.tools import need, need_root

pytestmark = pytest.mark.lab

LOOK = """
import asyncio, dataclasses, json
from discovery.interface import surroundings
from discovery.router.survey import survey_router

view = asyncio.run(survey_router(surroundings()))
print(json.dumps(dataclasses.asdict(view), default=str))
"""


@pytest.fixture(autouse=True)
def _root() -> None:
    need_root()


def words(home: Home) -> dict[str, str]:
    """What each protocol said of the address: the address, or why there is none."""
    view = home.inside(LOOK)
    told = {}
    for protocol in ("upnp", "natpmp", "pcp"):
        said = view[protocol]
        told[protocol] = said.get("address") or said["why"]
    return told


def test_a_real_router_is_told_whole(tmp_path: Path) -> None:
    need("upnpc")
    with Home(tmp_path) as home:
        home.computer.ip("address", "add", "192.168.1.11/24", "dev", "eth0")
        for host, port, protocol in (
            ("192.168.1.10", "8080", "TCP"),
            ("192.168.1.10", "51820", "UDP"),
            ("192.168.1.11", "2222", "TCP"),
        ):
            mapping = ("-e", "a test", "-a", host, port, port, protocol, "3600")
            home.computer.run("upnpc", "-u", "http://192.168.1.1:5000/rootDesc.xml", *mapping)
        view = home.inside(LOOK)
    (igd,) = view["igds"]
    assert (igd["accepted"], igd["wan"], igd["status"]) == (True, WAN, "Connected")
    assert igd["vendor"]
    assert "MiniUPnPd" in igd["server"]
    for protocol in ("upnp", "natpmp", "pcp"):
        assert view[protocol]["address"] == WAN
    mappings = view["mappings"]
    assert sorted((one["protocol"], one["external_port"], one["host"]) for one in mappings) == [
        ("tcp", 8080, "192.168.1.10"),
        ("udp", 51820, "192.168.1.10"),
    ]
    assert {one["description"] for one in mappings} == {"a test"}
    assert all(0 < one["lease_s"] <= 3600 for one in mappings)
    assert (view["others"], view["mappings_note"]) == (1, "")
    assert view["firewall6"] == {"enabled": True, "pinholes_allowed": True}
    assert view["epoch_s"] is not None


def test_a_router_without_mappings_has_an_empty_list_and_is_left_so(tmp_path: Path) -> None:
    with Home(tmp_path) as home:
        view = home.inside(LOOK)
        assert home.has_no_mapping()
        assert "added mapping UDP" in home.daemon.log, "the short mapping of the PCP question"
    assert (view["mappings"], view["others"], view["mappings_note"]) == ([], 0, "")


def test_with_nat_pmp_off_upnp_speaks(tmp_path: Path) -> None:
    with Home(tmp_path, natpmp="no") as home:
        assert words(home) == {"upnp": WAN, "natpmp": "refused", "pcp": "refused"}


def test_with_upnp_off_nat_pmp_and_pcp_speak(tmp_path: Path) -> None:
    with Home(tmp_path, upnp="no") as home:
        assert words(home) == {"upnp": "silent", "natpmp": WAN, "pcp": WAN}


def test_behind_carrier_grade_nat_no_protocol_names_an_address(tmp_path: Path) -> None:
    with Home(tmp_path) as home:
        home.wan("100.64.0.5")
        view = home.inside(LOOK)
    assert view["upnp"]["why"] == "no_address"
    assert view["natpmp"]["why"] == "no_address"
    assert view["pcp"]["why"] == "refused"
    assert view["pcp"]["evidence"]["result"] == 8, "so miniupnpd says it"
    (igd,) = view["igds"]
    assert (igd["accepted"], igd["wan"], igd["status"]) == (True, "", "Connected")


def test_a_line_that_is_down_is_told_by_all_three(tmp_path: Path) -> None:
    with Home(tmp_path) as home:
        home.wan("")
        assert words(home) == {"upnp": "down", "natpmp": "no_address", "pcp": "no_address"}


def test_a_second_router_in_the_home_is_named_and_not_believed(tmp_path: Path) -> None:
    with Home(tmp_path) as home:
        home.second_router("192.168.1.7")
        view = home.inside(LOOK)
        believed, stranger = view["igds"]
        assert (view["upnp"]["address"], believed["host"]) == (WAN, "192.168.1.1")
        assert (stranger["host"], stranger["accepted"]) == ("192.168.1.7", False)
        assert (stranger["claims_router"], stranger["wan"]) == (True, "")
        assert stranger["name"].endswith("router")
        assert "gateway is 192.168.1.1" in stranger["reason"]


def test_with_the_gateways_upnp_off_a_second_router_is_no_substitute(tmp_path: Path) -> None:
    with Home(tmp_path, upnp="no") as home:
        home.second_router("192.168.1.7")
        view = home.inside(LOOK)
    assert view["upnp"]["why"] == "foreign"
    assert [one["accepted"] for one in view["igds"]] == [False]
    assert view["mappings"] is None


def test_the_word_of_a_router_is_heard_beside_a_tunnel(tmp_path: Path) -> None:
    with Home(tmp_path) as home:
        cable(home.computer, "wg0", home.isp, "vpn")
        home.computer.ip("address", "add", "10.2.0.2/24", "dev", "wg0")
        home.computer.ip("route", "add", "default", "dev", "wg0", "metric", "1")
        assert words(home) == {"upnp": WAN, "natpmp": WAN, "pcp": WAN}
