"""What macOS prints, in the words of its own ifconfig and netstat."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.ipv6.darwin import read_ifconfig, read_netstat6
from discovery.ipv6.routes import DefaultRoute
from discovery.ipv6.view import Held

IFCONFIG = """\
lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
\toptions=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
\tinet 127.0.0.1 netmask 0xff000000
\tinet6 ::1 prefixlen 128 pltime infty vltime infty
\tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x1 pltime infty vltime infty
\tnd6 options=201<PERFORMNUD,DAD>
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\toptions=6460<TSO4,TSO6,CHANNEL_IO,PARTIAL_CSUM,ZEROINVERT_CSUM>
\tether f0:18:98:12:34:56
\tinet6 fe80::1c5a:7bff:fe12:3456%en0 prefixlen 64 secured scopeid 0xb pltime infty vltime infty
\tinet 192.168.1.10 netmask 0xffffff00 broadcast 192.168.1.255
\tinet6 2a02:8071:1:0:424:837a:870:6095 prefixlen 64 autoconf secured pltime 3600 vltime 7200
\tinet6 2a02:8071:1:0:edf7:1b86:b5fc:9085 prefixlen 64 deprecated autoconf temporary pltime 0 \
vltime 7200
\tinet6 2a02:8071:1::8c1e prefixlen 64 dynamic pltime 1800 vltime 3600
\tinet6 2a02:8071:1::5 prefixlen 64 tentative pltime infty vltime infty
\tinet6 2a02:8071:1::6 prefixlen 64 duplicated pltime infty vltime infty
\tinet6 2a02:8071:1:0:3c1d::7 prefixlen 64 clat46 pltime infty vltime infty
\tnd6 options=201<PERFORMNUD,DAD>
\tmedia: autoselect
\tstatus: active
utun4: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1420
\tinet6 2a02:8071:9::2 --> 2a02:8071:9::1 prefixlen 128 pltime infty vltime infty
"""


def test_every_word_that_decides_is_read() -> None:
    found = {str(one.address): one for one in read_ifconfig(IFCONFIG)}
    assert found["2a02:8071:1:0:424:837a:870:6095"] == Held(
        address=IPv6Address("2a02:8071:1:0:424:837a:870:6095"),
        prefix=64,
        device="en0",
        stable=True,
        preferred_s=3600,
        valid_s=7200,
    )
    temporary = found["2a02:8071:1:0:edf7:1b86:b5fc:9085"]
    assert (temporary.temporary, temporary.deprecated, temporary.stable) == (True, True, False)
    assert temporary.preferred_s == 0
    leased = found["2a02:8071:1::8c1e"]
    assert (leased.leased, leased.permanent, leased.stable) == (True, False, False)
    by_hand = found["2a02:8071:1::5"]
    assert (by_hand.permanent, by_hand.tentative, by_hand.valid_s) == (True, True, None)
    assert found["2a02:8071:1::6"].duplicated
    assert found["2a02:8071:9::2"].device == "utun4"
    assert found["2a02:8071:9::2"].prefix == 128


def test_loopback_and_link_local_addresses_are_there_without_their_zone() -> None:
    found = [(one.device, str(one.address)) for one in read_ifconfig(IFCONFIG)]
    assert found[:3] == [
        ("lo0", "::1"),
        ("lo0", "fe80::1"),
        ("en0", "fe80::1c5a:7bff:fe12:3456"),
    ]


def test_the_address_of_the_ipv4_translator_is_left_out() -> None:
    assert "2a02:8071:1:0:3c1d::7" not in {str(one.address) for one in read_ifconfig(IFCONFIG)}


def test_lifetimes_that_are_not_printed_are_not_known() -> None:
    (one,) = read_ifconfig("en0: flags=1<UP> mtu 1500\n\tinet6 2a02::1 prefixlen 64 autoconf\n")
    assert (one.preferred_s, one.valid_s) == (None, None)


@pytest.mark.parametrize(
    "line",
    [
        "\tinet6",
        "\tinet6 2a02::1",
        "\tinet6 2a02::1 prefixlen",
        "\tinet6 2a02::1 prefixlen many",
        "\tinet6 nonsense prefixlen 64",
        "\tinet6 2a02::1 prefixlen 64 pltime soon",
        "\tinet6 2a02::1 prefixlen 64 pltime",
    ],
)
def test_a_line_that_is_not_understood_is_passed_over(line: str) -> None:
    assert read_ifconfig(f"{line}\n") == ()
    assert len(read_ifconfig(f"{line}\n{IFCONFIG}")) == len(read_ifconfig(IFCONFIG))


NETSTAT = """\
Routing tables

Internet6:
Destination                             Gateway                         Flags         Netif Expire
default                                 fe80::1%en0                     UGcg            en0
default                                 fe80::%utun0                    UGcIg         utun0
default                                 link#24                         UCg           utun4
::1                                     ::1                             UHL             lo0
2a02:8071:1::/64                        link#11                         UC              en0
fe80::%en0/64                           link#11                         UCI             en0
"""

OLD_NETSTAT = """\
Destination                   Gateway             Flags    Refs   Use   Netif Expire
default                       fe80::1%en1         UGc         9     0     en1
"""


def test_default_routes_are_read_without_those_of_apples_own_services() -> None:
    assert read_netstat6(NETSTAT) == (
        DefaultRoute(device="en0", gateway="fe80::1", metric=4),
        DefaultRoute(device="utun4", gateway="", metric=6),
    )


def test_the_older_layout_is_understood() -> None:
    (route,) = read_netstat6(OLD_NETSTAT)
    assert (route.device, route.gateway) == ("en1", "fe80::1")


def test_a_torn_line_is_passed_over() -> None:
    assert read_netstat6("default\ndefault fe80::1%en0\n") == ()


@given(st.text(alphabet="inet6 default:%flags=\t\nprefixln0", max_size=200))
def test_noise_never_breaks_the_readers(text: str) -> None:
    read_ifconfig(text)
    read_netstat6(text)
