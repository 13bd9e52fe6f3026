"""What `upstun diagnose` can be asked for: a port, a masked report, a page, any home at all."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.lab.conftest import Arrange
from tests.lab.home import Ran, installed
from tests.lab.lab import Lab
from tests.lab.packet import Packet, connections, updates
from tests.lab.places import (
    FORWARDED,
    HOME6,
    HOME6_NET,
    LINE6,
    PRIMARY,
    RECORD,
    SECONDARY,
    SHARED_GATEWAY,
    SHARED_WAN,
    STUN_NAMES,
    VPN_EXIT,
    WAN,
    WAN_GATEWAY,
    ZONE,
)
from tests.lab.plan import Nat, Plan
from tests.lab.situations import SITUATIONS
from tests.support.namespaces import Inside

pytestmark = pytest.mark.lab

COLUMNS = 79
BY_NAME = {one.name: one for one in SITUATIONS}
WRONG_KEY = {"key_secret": base64.b64encode(bytes(32)).decode()}
TSIG = bytes((0, 250, 0, 255))  # TYPE and CLASS of a TSIG record (RFC 8945 §4.2)


def situated(arrange: Arrange, name: str) -> Lab:
    """The lab, arranged and configured for a situation."""
    situation = BY_NAME[name]
    lab = arrange(situation.plan)
    lab.config(**situation.config)
    return lab


def finding(document: Any, code: str) -> Any:
    """The only finding with that code."""
    (found,) = [one for one in document["findings"] if one["code"] == code]
    return found


# ---- a port that is asked about -------------------------------------------------------------


@contextmanager
def a_program_on(lab: Lab, port: str) -> Iterator[None]:
    """Somebody in the home who uses a port: "udp/51820", "tcp/443"."""
    transport, _, number = port.partition("/")
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    home = Inside(lab.topology.home)
    try:
        with home.make(lambda: socket.socket(socket.AF_INET, kind)) as program:
            program.bind(("", int(number)))
            if kind == socket.SOCK_STREAM:
                program.listen()  # the system accepts for it
            yield
    finally:
        home.close()


@pytest.mark.parametrize(
    ("nat", "port", "in_use", "code", "confidence", "because"),
    [
        pytest.param(
            *("plain", f"udp/{FORWARDED}", False, "port_not_reached", "proved"),
            "A stranger's packet was sent to UDP port 51820 and did not arrive",
            id="UDP, and no forward",
        ),
        pytest.param(
            *("plain", f"udp/{FORWARDED}", True, "port_unproved", "guess"),
            "A program on this machine uses UDP port 51820; it must be stopped",
            id="UDP, and a program uses it",
        ),
        pytest.param(
            *("plain", "tcp/443", False, "port_unproved", "guess"),
            "No program on this machine accepts connections at TCP port 443",
            id="TCP, and no program",
        ),
        pytest.param(
            *("plain", "tcp/443", True, "port_unproved", "guess"),
            "was not accepted, which says nothing of callers from outside",
            id="TCP, and no way back in",
        ),
        pytest.param(
            *("dmz", "tcp/443", True, "port_unproved", "likely"),
            "was accepted, by this machine or by the router's own pages",
            id="TCP, and a way back in",
        ),
        pytest.param(
            *("dmz", "tcp/443", False, "port_unproved", "guess"),
            "No program on this machine accepts connections at TCP port 443",
            id="TCP, a way back in, and no program",
        ),
    ],
)
def test_a_port_is_reached_or_not_or_nobody_can_tell(
    arrange: Arrange,
    *,
    nat: Nat,
    port: str,
    in_use: bool,
    code: str,
    confidence: str,
    because: str,
) -> None:
    lab = arrange(Plan(nat=nat, record="right"))
    lab.config()
    if in_use:
        with a_program_on(lab, port):
            ran = lab.upstun("diagnose", "--json", "--port", port)
    else:
        ran = lab.upstun("diagnose", "--json", "--port", port)
    told = finding(ran.json, code)
    assert (told["subject"], told["confidence"]) == (port, confidence)
    assert because in told["fact"]
    assert ran.json["summary"]["ipv4"]["verdict"] == "single_nat"
    assert ran.json["exit"] == ran.status == 0  # a status is about DNS and the address


# ---- a report to show to others ---------------------------------------------------------------

OF_EVERY_HOME = (WAN, WAN_GATEWAY, RECORD, ZONE, PRIMARY, SECONDARY, *STUN_NAMES)
OF_IPV6 = (HOME6, HOME6_NET, "ff:fe00:10", "fe80:", *LINE6)


@pytest.mark.parametrize(
    ("name", "of_this_home"),
    [
        ("single_nat", ()),
        ("cgnat", (SHARED_WAN, SHARED_GATEWAY)),
        ("ipv6_stable", OF_IPV6),
        ("vpn", (VPN_EXIT,)),
    ],
)
def test_a_masked_report_tells_nobody_whose_home_it_is(
    arrange: Arrange, tmp_path: Path, name: str, of_this_home: Iterable[str]
) -> None:
    lab = situated(arrange, name)
    text = lab.upstun("diagnose", "--redact", "--html", "page.html").stdout
    document = lab.upstun("diagnose", "--redact", "--json")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert document.json["redacted"] is True
    for form in (text, document.stdout, page):
        assert "[your-IPv4]" in form
        assert [word for word in (*OF_EVERY_HOME, *of_this_home) if word in form] == []
    assert max(map(len, text.splitlines())) <= COLUMNS


# ---- text and page ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["direct", "ds_lite", "captive_portal", "router_stale", "ipv6_temporary", "dns_intercepted"],
)
def test_the_text_fits_a_terminal(arrange: Arrange, name: str) -> None:
    said = situated(arrange, name).upstun("diagnose").stdout
    assert [line for line in said.splitlines() if len(line) > COLUMNS] == []
    assert said.startswith("Can people reach you?")
    assert "\x1b" not in said, "colours where nobody can see them"


class Outline(HTMLParser):
    """The elements of a page that are open, and those that were; fails where they do not nest."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "wbr", "col"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.elsewhere: list[str] = []  # what a browser would have to fetch
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        sources = (value for key, value in attrs if key in {"src", "href"} and value)
        self.elsewhere += (value for value in sources if not value.startswith(("#", "data:")))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def test_the_page_is_whole_and_stands_alone(arrange: Arrange, tmp_path: Path) -> None:
    ran = situated(arrange, "cgnat").upstun("diagnose", "--html", "page.html")
    assert ran.status == 4
    assert "the page is in page.html" in ran.stderr
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    outline = Outline(page)
    assert (outline.open, outline.elsewhere) == ([], [])
    assert {"title", "h1", "svg"} <= outline.seen
    assert WAN in page
    assert RECORD in page


# ---- an account that is in trouble ----------------------------------------------------------


def signed(packets: Iterable[Packet]) -> int:
    """How many DNS messages with a signature left the home: its credentials, put to the proof."""
    return sum(packet.kind == "dns" and TSIG in packet.payload for packet in packets)


def diagnosed(lab: Lab) -> Ran:
    """The examination's document; whatever it finds, it changes nothing."""
    ran = lab.upstun("diagnose", "--json")
    assert updates(ran.left) == 0
    assert ran.json["exit"] == ran.status
    return ran


def test_an_account_that_is_locked_is_not_asked_again(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config(account__home=WRONG_KEY)
    first = diagnosed(lab)
    assert finding(first.json, "account_rejected")["subject"] == "home"
    assert (first.status, signed(first.left)) == (8, 1)
    assert lab.upstun("once").status == 8
    second = diagnosed(lab)
    assert finding(second.json, "account_locked")["subject"] == "home"
    assert (second.status, signed(second.left)) == (8, 0)
    assert "account_rejected" not in {one["code"] for one in second.json["findings"]}
    lab.config()
    mended = diagnosed(lab)
    assert mended.status == 1, "the record is the stale one"
    assert signed(mended.left) > 0


# ---- nothing configured ---------------------------------------------------------------------


def test_a_home_without_a_configuration_is_examined_too(arrange: Arrange) -> None:
    lab = arrange(Plan())
    ran = lab.home(*installed(), "diagnose", "--json")
    document = ran.json
    assert (ran.status, document["configured"], document["dns"]) == (0, False, [])
    assert document["summary"]["ipv4"]["address"] == WAN
    assert document["summary"]["ipv4"]["verdict"] == "single_nat"
    # The public servers that are asked by default are not in the lab: nothing may be made of that.
    assert {one["code"] for one in document["findings"]} <= {"single_nat", "v6_absent"}
    assert connections(ran.left, PRIMARY) == updates(ran.left) == 0
