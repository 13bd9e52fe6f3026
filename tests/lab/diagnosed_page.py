"""docs/diagnosed.md, made of what was said in the lab. Only what every run says alike is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tests.lab.examined import Told
from tests.lab.expected import Expected
from tests.lab.places import SECOND_WAN, WAN
from tests.lab.situations import Situation, Topic

RENEWAL = "UPSTUN_GOLDEN=write pytest tests/lab/test_diagnosed.py"

_HEAD = f"""# What diagnose says

Every row is a home that the tests build of network namespaces and real servers (tests/lab), and
what was said in it. Nothing below is typed by hand; this command writes the page anew:

```
{RENEWAL}
```

- **upstun diagnose** is the command as installed. The word in bold is its verdict on what the table
  is about, and then come all its warnings and troubles. Each word leads to its page, which
  `upstun diagnose --explain WORD` prints too.
- **exit** is its status: 0 where DNS needs nothing, 1 what upstun sets right by itself, 3 what you
  must set right, 4 an address by which nobody can reach you, 5 witnesses that disagree, 6 no way
  out, 7 a fault of DNS itself. The heaviest wins.
- **like netcheck** asks as `tailscale netcheck` does, and has the words that it prints; “unknown”
  is what could not be tried.
- **upnpc -s** is the real tool: what it thinks of the router, and the state and the address that it
  passes on.

The home's public address is {WAN} throughout. An ordinary home is the second row: one router, which
speaks. The notes below a table say how a home is made, and what of it nobody inside can know.
"""


class _Table(NamedTuple):
    """A table's title, and the code that it is about, as a document has it."""

    title: str
    about: str


_TABLES: Mapping[Topic, _Table] = {
    "access": _Table("The line", "ipv4"),
    "router": _Table("The router", "ipv4"),
    "path": _Table("The way out and in", "ipv4"),
    "witnesses": _Table("Witnesses that are wrong", "ipv4"),
    "ipv6": _Table("IPv6", "ipv6"),
    "dns": _Table("DNS, at which the other two do not look", "dns"),
    "machine": _Table("This machine", "ipv4"),
}
_WORTH_TELLING = {"port_reached", "dns_wildcard", "router_upnp_off", "router_natpmp_off"}
_PLAIN = "single_nat"  # the home in which nothing is out of the ordinary


class Row(NamedTuple):
    """One situation, as the page has it; the last two are empty where DNS is what it is about.

    `codes` begin with the verdict on what the table is about, `whole` are those and all verdicts.
    """

    situation: Situation
    asked: str
    codes: tuple[str, ...]
    whole: frozenset[str]
    exit: int
    netcheck: str
    upnpc: str


def page(
    situations: Sequence[Situation], expected: Mapping[str, Expected], told: Mapping[str, Told]
) -> str:
    """The whole page."""
    rows = [_row(one, expected[one.name], told[one.name]) for one in situations]
    plain = next(row for row in rows if row.situation.name == _PLAIN)
    lines = [_HEAD]
    for topic in _TABLES:
        lines += _table(topic, [row for row in rows if row.situation.topic == topic], plain)
    codes = sorted({code for row in rows for code in row.codes})
    lines += [f"[`{code}`]: ../agent/diagnosis/pages/{code}.txt" for code in codes]
    return "\n".join([*lines, ""])


def _row(situation: Situation, expected: Expected, told: Told) -> Row:
    verdicts = _verdicts(told.document)
    worth = [code for code in _codes(told.document) if code not in expected.perhaps]
    six = [verdicts["ipv6"]] if verdicts["ipv6"] != "v6_absent" else []
    return Row(
        situation=situation,
        asked=f" (`{' '.join(expected.arguments)}`)" if expected.arguments else "",
        codes=tuple(dict.fromkeys([verdicts[_TABLES[situation.topic].about], *worth, *six])),
        whole=frozenset([*verdicts.values(), *worth]),
        exit=told.document["exit"],
        netcheck="; ".join(_netcheck(told.netcheck, situation)) if told.netcheck else "",
        upnpc=_upnpc(told.upnpc) if told.upnpc else "",
    )


def _verdicts(document: Any) -> dict[str, str]:
    """The one word on IPv4, on IPv6, and on what DNS says of the home's IPv4 address."""
    record = next(one for one in document["dns"] if one["type"] == "A")
    summary = document["summary"]
    return {
        "ipv4": summary["ipv4"]["verdict"],
        "ipv6": summary["ipv6"]["verdict"],
        "dns": record["verdict"],
    }


def _codes(document: Any) -> Iterator[str]:
    """Whatever was wrong, and then what else is worth telling."""
    findings = document["findings"]
    yield from (one["code"] for one in findings if one["severity"] != "info")
    yield from (one["code"] for one in findings if one["code"] in _WORTH_TELLING)


def _netcheck(said: Any, situation: Situation) -> Iterator[str]:
    address = said["GlobalV4"].rpartition(":")[0] or "no"
    if situation.plan.two_lines and address in (WAN, SECOND_WAN):
        address = f"{WAN} or {SECOND_WAN}"
    yield f"UDP: {_word(said['UDP'])}"
    yield f"IPv4: {address}"
    if said["IPv6"]:
        yield "IPv6: yes"
    yield f"MappingVariesByDestIP: {_word(said['MappingVariesByDestIP'])}"
    names = {"UPnP": "UPnP", "PMP": "NAT-PMP", "PCP": "PCP"}
    ports = [name for key, name in names.items() if said[key]]
    yield f"PortMapping: {', '.join(ports) or 'none'}"
    if said["CaptivePortal"]:
        yield "CaptivePortal: yes"


def _word(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[value]


def _upnpc(said: Any) -> str:
    parts = [said["igd"].replace("_", " "), said["status"], said["external_ip"]]
    return ", ".join(filter(None, parts)) or said["failure"] or "nothing"


def _table(topic: Topic, rows: Sequence[Row], plain: Row) -> Iterator[str]:
    others = topic != "dns"
    yield f"## {_TABLES[topic].title}"
    yield ""
    yield "| the truth | upstun diagnose | exit |" + " like netcheck | upnpc -s |" * others
    yield "|---|---|---|" + "---|---|" * others
    for row in rows:
        first, *rest = (f"[`{code}`]" for code in row.codes)
        cells = [f"{row.situation.title}{row.asked}", ", ".join([f"**{first}**", *rest])]
        cells += [str(row.exit), *((row.netcheck, row.upnpc) if others else ())]
        yield f"| {' | '.join(cells)} |"
    yield ""
    if others and len(rows) > 1:
        yield from (_tally([row for row in rows if row.situation.name != _PLAIN], plain), "")
    notes = [f"- {row.situation.title}: {row.situation.notes}" for row in rows]
    told = [note for row, note in zip(rows, notes, strict=True) if row.situation.notes]
    yield from (*told, *([""] if told else []))


def _tally(rows: Sequence[Row], plain: Row) -> str:
    """How many of the homes look like an ordinary one, to each of the tools."""
    alike = {
        "netcheck": sum(row.netcheck == plain.netcheck for row in rows),
        "upnpc": sum(row.upnpc == plain.upnpc for row in rows),
        "diagnose": sum(row.whole == plain.whole for row in rows),
    }
    said = [f"{tool} {count}" for tool, count in alike.items()]
    return f"Of these {len(rows)}, so many look like an ordinary home: to {', to '.join(said)}."
