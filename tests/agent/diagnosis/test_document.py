"""What stands in the document of an examination, and what null means in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from agent.decide.agreement import compare
from agent.diagnosis.document import as_json
from agent.diagnosis.evidence import Evidence
from discovery.ipv6.view import Ipv6View
from discovery.path.view import PathView
from providers.engine.outcome import Cause
from tests.support.evidence import (
    account,
    bare_home,
    cgnat_home,
    full_home,
    healthy,
    plain_home,
    record,
)
from tests.support.evidence_parts import AROUND, AT, IGD, RESOLVERS, TSIG_SECRET
from tests.support.sightings import OTHER, PUBLIC, STUN, seen
from tests.support.views import (
    ALIAS,
    LAME,
    NODATA,
    NXDOMAIN,
    RECURSED,
    SILENT,
    serves,
)


def document(home: Evidence, **changes: object) -> dict[str, Any]:
    return as_json(replace(home, **changes), healthy())  # type: ignore[arg-type]  # real fields


def test_the_head_tells_when_and_how_long() -> None:
    east = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    made = document(plain_home(), at=east, took=1.23456, port=("tcp", 443))
    assert (made["at"], made["took_ms"], made["port"]) == (
        "2026-03-01T03:00:00Z",
        1234.6,
        "tcp/443",
    )


def test_the_summary_has_both_families_and_what_was_reached() -> None:
    summary = document(full_home())["summary"]
    assert summary["ipv4"]["reachable"] == {"udp/51820": "proved", "tcp/443": "likely"}
    assert (summary["ipv4"]["publish"], summary["ipv4"]["confidence"]) == (True, "proved")
    assert summary["ipv6"]["reachable"] == {}  # nothing was tried over IPv6
    held = document(cgnat_home())["summary"]["ipv4"]
    assert (held["address"], held["publish"], held["verdict"]) == (str(PUBLIC), False, "cgnat")
    assert document(plain_home())["summary"]["ipv6"] is None
    unknown = document(bare_home())["summary"]["ipv4"]
    assert (unknown["address"], unknown["confidence"]) == (None, None)


def test_witnesses_are_told_apart() -> None:
    rows = document(full_home())["witnesses"]
    assert [row["kind"] for row in rows] == [
        *("upnp", "natpmp", "pcp", "stun", "stun", "https", "https", "stun", "stun", "doh"),
        *("stun", "stun"),
    ]
    assert [row["authenticated"] for row in rows].count(True) == 2
    assert [row["via"] for row in rows][-2:] == ["eth0", "vpn"]
    captive = rows[6]
    assert (captive["address"], captive["error"]) == (None, "captive")
    assert rows[8]["reported"] == "10.1.2.3"
    assert (rows[3]["port"], rows[3]["answered_by"], rows[3]["rtt_ms"]) == (
        40000,
        "192.0.2.1:3478",
        18.0,
    )


def test_cleartext_is_not_called_https() -> None:
    plain = replace(
        seen(STUN[0], PUBLIC), source="http", witness="http://127.0.0.1:80/", evidence=None
    )
    (row,) = document(plain_home(), witnesses=(plain,))["witnesses"]
    assert (row["kind"], row["authenticated"]) == ("http", False)


def test_what_was_not_measured_is_null_and_never_no() -> None:
    made = document(bare_home())
    path = made["path"]
    for key in ("nat_layers", "hairpin", "port_preserved", "alg", "vpn"):
        assert path[key] is None, key
    assert (path["mapping"], path["filtering"]) == ("unknown", "unknown")
    assert (made["router"], made["ice"], made["port53"]) == (None, None, None)
    assert made["unmeasured"] == {"router": "There is no router to ask."}
    assert document(plain_home())["router"]["mappings"] is None


def test_an_alg_is_seen_by_witnesses_and_by_scattered_sockets() -> None:
    clean = (seen(STUN[0], PUBLIC),)
    spoilt = (seen(STUN[0], PUBLIC, rewritten=str(OTHER)),)
    scattered = full_home().path.scatter
    alg = [
        document(plain_home(), witnesses=witnesses, path=PathView(scatter=scatter))["path"]["alg"]
        for witnesses in ((), clean, spoilt)
        for scatter in (PathView().scatter, replace(scattered, rewritten=()), scattered)
    ]
    assert alg == [None, False, True, False, False, True, True, True, True]


def test_a_vpn_is_told_with_the_addresses_that_it_shows() -> None:
    tunnel = replace(AROUND, default_is_tunnel=True)
    made = document(plain_home(), around=tunnel, through_vpn=(seen(STUN[0], OTHER),) * 2)
    assert made["path"]["vpn"] == {"addresses": [str(OTHER)]}
    assert document(plain_home(), around=tunnel)["path"]["vpn"] == {"addresses": []}


def test_the_routers_protocols_have_a_state_each() -> None:
    router = document(plain_home())["router"]
    states = [router[name]["state"] for name in ("upnp", "natpmp", "pcp")]
    assert states == ["works", "off", "not_asked"]
    assert router["upnp"]["address"] == str(PUBLIC)
    assert router["igds"][0]["location"] == IGD.location


SERVERS = [
    (serves("81.2.69.142", "9.9.9.9"), "present", True, ["9.9.9.9", "81.2.69.142"], 60, None),
    (NXDOMAIN, "nxdomain", True, [], 60, None),
    (NODATA, "nodata", True, [], 60, None),
    (ALIAS, "cname", True, None, None, None),
    (LAME, "lame", False, None, None, "ns answered REFUSED"),
    (RECURSED, "resolver", False, None, None, "ns recursed"),
    (SILENT, "silent", None, None, None, "ns did not answer within 2.5 s"),
]


@pytest.mark.parametrize(("answer", "word", "aa", "values", "ttl", "error"), SERVERS)
def test_a_name_servers_answer(
    answer: Any, word: str, aa: bool | None, values: list[str] | None, ttl: int | None, error: str
) -> None:
    (row,) = document(plain_home(), records=(record(answer),))["dns"]
    (server,) = row["servers"]
    assert (server["ns"], server["ip"], server["port"]) == ("ns1.example.com", "192.0.2.1", 53)
    told = (server["answer"], server["aa"], server["values"], server["ttl"], server["error"])
    assert told == (word, aa, values, ttl, error)


def test_a_record_tells_from_when_it_is_seen() -> None:
    right = record(serves(str(PUBLIC)), resolvers=RESOLVERS)
    (row,) = document(plain_home(took=0.5), records=(right,))["dns"]
    assert (row["verdict"], row["wanted"], row["served"]) == ("dns_ok", str(PUBLIC), True)
    assert (row["everyone_by"], row["after_update_s"]) == ("2026-03-01T03:01:01Z", None)
    fresh, stale, deaf = row["resolvers"]
    assert (fresh["fresh"], fresh["fresh_at"]) == (True, "2026-03-01T03:00:01Z")
    assert (stale["fresh"], stale["fresh_at"]) == (False, "2026-03-01T03:00:42Z")
    assert (deaf["fresh"], deaf["fresh_at"], deaf["values"]) == (None, None, None)
    assert (fresh["ip"], deaf["ip"]) == ("1.1.1.1", None)
    wrong = record(serves(str(OTHER), ttl=600))
    (row,) = document(plain_home(), records=(wrong,))["dns"]
    assert (row["verdict"], row["everyone_by"], row["after_update_s"]) == ("dns_stale", None, 600)


@pytest.mark.parametrize(
    ("target", "ip"),
    [
        ("[2606:4700:4700::1111]:53", "2606:4700:4700::1111"),
        ("2606:4700:4700::1111", "2606:4700:4700::1111"),
        ("9.9.9.9", "9.9.9.9"),
        ("https://dns.quad9.net/dns-query", None),
        ("https://dns.quad9.net:443", None),
    ],
)
def test_a_resolver_has_an_address_unless_it_is_a_url(target: str, ip: str | None) -> None:
    one = replace(RESOLVERS[0], resolver=target)
    (row,) = document(plain_home(), records=(record(SILENT, resolvers=(one,)),))["dns"]
    assert (row["resolvers"][0]["ip"], row["resolvers"][0]["target"]) == (ip, target)


def test_each_family_has_its_own_link() -> None:
    full = full_home()
    rows = document(full, ipv6=replace(full.ipv6, device="wlan0"))["witnesses"]
    assert {row["via"] for row in rows if row["family"] == 6} == {"wlan0"}


LOCKS = [
    (None, None, None),
    (AT.timestamp() + 60, None, "2026-03-01T03:01:00Z"),
    (float("inf"), Cause.CREDENTIALS, None),
    (float("nan"), None, None),
    (1e18, None, None),
]


@pytest.mark.parametrize(("until", "cause", "told"), LOCKS)
def test_an_account_tells_what_holds_it_and_no_setting(
    until: float | None, cause: Cause | None, told: str | None
) -> None:
    made = document(plain_home(), accounts=(account(locked=cause, locked_until=until),))
    (row,) = made["accounts"]
    assert (row["provider"], row["locked"], row["locked_until"]) == ("rfc2136", cause, told)
    assert not {TSIG_SECRET, "johns-key.", "89.160.20.53:53"} & set(map(str, row.values()))
    assert TSIG_SECRET not in json.dumps(made)


def test_a_prefix_for_nat64_is_null_where_there_is_none_and_says_whether_that_is_known() -> None:
    known = Ipv6View(nat64="64:ff9b::/96", nat64_known=True)
    made = [document(plain_home(), ipv6=view)["ipv6"] for view in (known, Ipv6View())]
    assert [(one["nat64"], one["nat64_known"]) for one in made] == [
        ("64:ff9b::/96", True),
        (None, False),
    ]


def test_flags_of_an_address_are_listed_by_name() -> None:
    candidates = document(full_home())["ipv6"]["candidates"]
    assert [one["flags"] for one in candidates] == [["stable"], ["temporary"], []]


def test_the_builders_compare_dns_with_what_is_wanted() -> None:
    one = record(serves(str(OTHER)), wanted=None)
    assert one.agreement == compare(one.exam.view, None)


def test_it_is_told_how_soon_a_new_address_is_noticed_and_by_what() -> None:
    told = as_json(full_home(), healthy())
    assert told["noticed"] == {
        "ipv4": {"in_s": 5.0, "by": "upnp_poll", "latest_s": 5.0},
        "ipv6": {"in_s": 0.005, "by": "netlink", "latest_s": 360.0},
    }
    assert told["noticed_in_s"] == 5.0


def test_a_signal_that_was_not_tried_or_not_heard_says_so() -> None:
    signals = {one["name"]: one for one in as_json(full_home(), healthy())["signals"]}
    told = {name: (one["works"], one["left_out"], one["unheard"]) for name, one in signals.items()}
    assert told["natpmp_poll"] == (None, True, False)
    assert told["gena"] == (False, False, True)
    assert told["clock"] == (True, False, False)
