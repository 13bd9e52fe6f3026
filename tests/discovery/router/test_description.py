from __future__ import annotations

import pytest

from discovery.router.description import (
    WAN_CONNECTIONS,
    Facts,
    Service,
    element,
    facts,
    number,
    services,
    truth,
    words,
)
from tests.discovery.router.fake_igd import exhibit

IP = "urn:schemas-upnp-org:service:WANIPConnection:1"
PPP = "urn:schemas-upnp-org:service:WANPPPConnection:1"
HERE = "http://192.168.1.1:5000/rootDesc.xml"


def wan(text: str) -> list[Service]:
    return services(text, HERE, WAN_CONNECTIONS)


def test_both_services_of_a_dsl_router_are_found_in_order() -> None:
    assert wan(exhibit("description_dead_ip_service_first").decode()) == [
        Service(kind=IP, control_url="http://192.168.1.1:5000/ctl/IPConn"),
        Service(kind=PPP, control_url="http://192.168.1.1:5000/ctl/PPPConn"),
    ]


def test_a_service_is_found_by_its_name_whatever_its_version() -> None:
    text = exhibit("description_with_ipv6_firewall").decode()
    assert wan(text)[0].kind.endswith("WANIPConnection:2")
    assert services(text, HERE, ("WANIPv6FirewallControl",)) == [
        Service(
            kind="urn:schemas-upnp-org:service:WANIPv6FirewallControl:1",
            control_url="http://192.168.1.1:5000/ctl/IP6FCtl",
        )
    ]


def test_a_base_and_an_absolute_url_move_the_service() -> None:
    text = exhibit("description_base_on_the_internet").decode()
    assert wan(text)[0].control_url == "http://198.51.100.7/ctl/IPConn"
    text = exhibit("description_control_url_on_the_internet").decode()
    assert wan(text)[0].control_url == "http://198.51.100.7:80/ctl/IPConn"


@pytest.mark.parametrize(
    "name",
    ["description_media_server", "description_login_page", "description_cut_in_the_middle"],
)
def test_what_describes_no_connection_has_no_service(name: str) -> None:
    assert wan(exhibit(name).decode()) == []


@pytest.mark.parametrize("kind", [f"{IP}\r\nX: y", f'{IP}"', IP[:-1], f"{IP}00", f" {IP} x"])
def test_a_service_type_that_would_not_fit_into_a_header_is_no_service(kind: str) -> None:
    text = exhibit("description_healthy").decode().replace(IP, kind)
    assert wan(text) == []


def test_a_hundred_thousand_open_tags_are_read_in_one_pass() -> None:
    assert wan("<service>" * 100_000) == []
    assert wan("<service><serviceType>" * 50_000) == []
    assert wan("<service><serviceType " * 50_000) == []
    assert element("<a " * 100_000, "a") == ""
    assert element("<a>" + "x" * 300_000, "a") == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<a> b </a>", "b"),
        ('<a dt:dt="ui2">b</a>', "b"),
        ("<ab>c</ab><a>b</a>", "b"),
        ("<a></a>", ""),
        ("<a>b", ""),
        ("<a><c/></a>", ""),
        ("<A>b</A>", ""),
        ("", ""),
    ],
)
def test_an_element_is_its_text_or_nothing(text: str, found: str) -> None:
    assert element(text, "a") == found


def test_the_root_device_names_itself_before_the_devices_inside_it() -> None:
    assert facts(exhibit("description_with_ipv6_firewall").decode()) == Facts(
        name="Home & garden", vendor="Example Networks", model="Router 7"
    )
    assert facts(exhibit("description_login_page").decode()) == Facts()


def test_a_name_can_neither_move_the_cursor_nor_fill_the_screen() -> None:
    assert words("<a>&#27;[31mrouter&#10;\u202e</a>", "a") == "[31mrouter"
    assert words(f"<a>{'x' * 5000}</a>", "a") == "x" * 64


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("65535", 65535),
        ("65536", None),
        ("-1", None),
        ("", None),
        ("8080x", None),
        ("\uff18\uff10", None),
        ("9" * 5000, None),
    ],
)
def test_a_number_is_within_its_bounds_or_none(text: str, value: int | None) -> None:
    assert number(text, 0xFFFF) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("True", True), ("yes", True), ("0", False), ("FALSE", False), ("2", None)],
)
def test_a_boolean_is_one_of_the_spellings_or_none(text: str, value: bool | None) -> None:
    assert truth(text) is value
