from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from discovery.signals.gena_description import EventService, event_services
from tests.discovery.router.fake_igd import exhibit

HOST = IPv4Address("192.168.1.1")
HERE = "http://192.168.1.1:5000/rootDesc.xml"
IP = "urn:schemas-upnp-org:service:WANIPConnection:1"
PPP = "urn:schemas-upnp-org:service:WANPPPConnection:1"


def described(event: str, kind: str = IP, before: str = "") -> str:
    return (
        f"<root>{before}<service><serviceType>{kind}</serviceType><controlURL>/ctl</controlURL>"
        f"<eventSubURL>{event}</eventSubURL></service></root>"
    )


def found(text: str) -> list[tuple[int, str]]:
    return [(one.port, one.path) for one in event_services(text, HERE, HOST)]


@pytest.mark.parametrize(
    ("event", "port", "path"),
    [
        ("/evt/IPConn", 5000, "/evt/IPConn"),
        ("evt/IPConn", 5000, "/evt/IPConn"),
        ("http://192.168.1.1/evt", 80, "/evt"),
        ("http://192.168.1.1:49000/evt?a=b", 49000, "/evt?a=b"),
        ("http://192.168.1.1:49000", 49000, "/"),
    ],
)
def test_an_event_url_is_a_port_and_a_path_on_the_router(event: str, port: int, path: str) -> None:
    assert event_services(described(event), HERE, HOST) == (
        EventService(kind=IP, port=port, path=path),
    )


def test_a_base_moves_it() -> None:
    base = "<URLBase>http://192.168.1.1:2869/</URLBase>"
    assert found(described("/evt", before=base)) == [(2869, "/evt")]


def test_both_connections_of_a_dsl_router_are_found_and_no_third() -> None:
    text = described("/ip") + described("/ppp", PPP) + described("/more")
    assert found(text) == [(5000, "/ip"), (5000, "/ppp")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(described(""), id="no event URL"),
        pytest.param(described("/evt", "urn:schemas-upnp-org:service:Layer3Forwarding:1"), id="?"),
        pytest.param(described("http://198.51.100.7/evt"), id="on the internet"),
        pytest.param(described("http://192.168.1.9:5000/evt"), id="on a neighbour"),
        pytest.param(described("http://192.168.1.1@198.51.100.7/evt"), id="in disguise"),
        pytest.param(described("https://192.168.1.1/evt"), id="https"),
        pytest.param(described("http://192.168.1.1:0/evt"), id="port 0"),
        pytest.param(described("http://192.168.1.1:65536/evt"), id="port 65536"),
        pytest.param(described("http://192.168.1.1:/evt"), id="an empty port"),
        pytest.param(described("/evt HTTP/1.1\r\nX: y"), id="a second line"),
        pytest.param(described("/ä"), id="no ASCII"),
        pytest.param(described("/" + "a" * 500), id="endless"),
        pytest.param("<service>" * 100_000, id="a hundred thousand open tags"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_leads_elsewhere_or_nowhere_is_no_service(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "name",
    ["description_media_server", "description_login_page", "description_cut_in_the_middle"],
)
def test_what_describes_no_connection_has_no_events(name: str) -> None:
    assert found(exhibit(name).decode()) == []
