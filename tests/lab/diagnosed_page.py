"""docs/diagnosed.md, made of what was said in the lab. Only what every run says alike is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tests.lab.expected import Expected
from tests.lab.situations import Situation

_HEAD = """# What diagnose says

Every row is a home that the tests build of network namespaces and real servers (tests/lab), and
what was said in it. That test run writes this page; nothing in it is typed by hand.

`upstun diagnose` is the command as installed. "Like netcheck" asks as `tailscale netcheck` does and
has the words that it prints; "upnpc -s" is the real tool. `upstun diagnose --explain WORD` explains
a word, and [findings.md](findings.md) lists them all. The first word is the verdict on IPv4.
"""

_TITLES = {
    "access": "The line",
    "router": "The router",
    "path": "The way out and in",
    "witnesses": "Witnesses that are wrong",
    "ipv6": "IPv6",
    "dns": "DNS, at which the other two do not look",
}


class Told(NamedTuple):
    """What three tools said of one home."""

    document: Any
    netcheck: Any = None
    upnpc: Any = None


def page(
    situations: Sequence[Situation], expected: Mapping[str, Expected], told: Mapping[str, Told]
) -> str:
    """The whole page."""
    lines = [_HEAD]
    for topic, title in _TITLES.items():
        others = topic != "dns"
        lines += [
            f"## {title}",
            "",
            "| the truth | upstun diagnose | exit |" + " like netcheck | upnpc -s |" * others,
            "|---|---|---|" + "---|---|" * others,
        ]
        for situation in situations:
            if situation.topic == topic:
                lines.append(_row(situation, expected[situation.name], told[situation.name]))
        lines.append("")
    return "\n".join(lines)


def _row(situation: Situation, expected: Expected, told: Told) -> str:
    asked = f" (`{' '.join(expected.arguments)}`)" if expected.arguments else ""
    cells = [
        f"{situation.title}{asked}",
        ", ".join(_codes(told.document)),
        str(told.document["exit"]),
    ]
    if told.netcheck is not None:
        cells += ["; ".join(_netcheck(told.netcheck)), _upnpc(told.upnpc)]
    return f"| {' | '.join(cells)} |"


def _codes(document: Any) -> Iterator[str]:
    """The verdict, then whatever else was wrong, then what DNS is worth where that is the topic."""
    verdict = document["summary"]["ipv4"]["verdict"]
    six = document["summary"]["ipv6"]["verdict"]
    yield f"**`{verdict}`**"
    codes = [one["code"] for one in document["findings"] if one["severity"] != "info"]
    codes += [one["code"] for one in document["findings"] if one["code"] in _WORTH_TELLING]
    codes += [six] if six != "v6_absent" else []
    yield from (f"`{code}`" for code in dict.fromkeys(codes) if code != verdict)


_WORTH_TELLING = {"port_reached", "dns_wildcard", "router_upnp_off", "router_natpmp_off"}


def _netcheck(said: Any) -> Iterator[str]:
    yield f"UDP: {_word(said['UDP'])}"
    yield f"IPv4: {said['GlobalV4'].rpartition(':')[0] or 'no'}"
    if said["IPv6"]:
        yield "IPv6: yes"
    yield f"MappingVariesByDestIP: {_word(said['MappingVariesByDestIP'])}"
    ports = [
        name for name, key in (("UPnP", "UPnP"), ("NAT-PMP", "PMP"), ("PCP", "PCP")) if said[key]
    ]
    yield f"PortMapping: {', '.join(ports) or 'none'}"
    if said["CaptivePortal"]:
        yield "CaptivePortal: yes"


def _word(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[value]


def _upnpc(said: Any) -> str:
    parts = [said["igd"].replace("_", " "), said["status"], said["external_ip"]]
    told = ", ".join(part for part in parts if part)
    return told or said["failure"] or "nothing"
