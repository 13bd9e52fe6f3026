"""What in an examination could tell whose home it is. Pure.

Addresses and numbers of devices are found in the text itself (`literals`); here is what only the
evidence knows: names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from ipaddress import IPv4Address, IPv6Address

from agent.diagnosis.evidence import AccountExam, Evidence
from agent.diagnosis.facts import address_of, outside, router_address
from agent.diagnosis.redaction.own_names import WELL_KNOWN, host_in, lineage, own_servers
from discovery.observation import Address, Family
from discovery.router.view import Igd
from providers.engine.wire import Secret

_LEAST_WORD = 3
_EVERYDAY = frozenset(
    {
        *("account", "ddns", "default", "dns", "dyndns", "example", "home", "house", "internet"),
        *("main", "primary", "private", "server", "test", "web"),
    }
)
_ROUTER_WORDS = frozenset(
    {
        *("access", "box", "broadband", "cable", "device", "dsl", "fiber", "gateway", "home"),
        *("hub", "igd", "internet", "lte", "modem", "point", "router", "smart", "station"),
        *("the", "upnp", "wifi", "wireless", "wlan"),
    }
)
_ID_LENGTH, _ID_DIGITS = 6, 3  # "0a1b2c" is a serial number, "igd2desc" is not


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """Everything that is masked by its spelling.

    `hosts` are the configured names. `zones` and `servers` of this home's own choice stand for
    everything below them too, `words` and `ids` for themselves. `secrets` should be nowhere at all.
    """

    home: tuple[Address, ...]
    hosts: tuple[str, ...]
    zones: tuple[str, ...]
    servers: tuple[str, ...]
    words: tuple[tuple[str, str], ...]  # the kind of thing, and its spelling
    ids: tuple[str, ...]
    accounts: tuple[str, ...]
    secrets: tuple[str, ...]


def personal(evidence: Evidence) -> Personal:
    """Collect it."""
    hosts = [one.record.name.rstrip(".").lower() for one in evidence.records]
    apexes = [one.record.zone or one.exam.view.zone for one in evidence.records]
    settings = [item for one in evidence.accounts for item in _settings(one)]
    igds = evidence.router.igds if evidence.router else ()
    words = [("router", igd.name) for igd in igds if igd.name and not _is_model(igd)]
    accounts = [one.account.name for one in evidence.accounts]
    accounts += [one.record.account for one in evidence.records]
    providers = {one.account.provider.id for one in evidence.accounts}
    told = [("account", name) for name in accounts] + [one for one in settings if one[0] != "host"]
    words += [(kind, word) for kind, word in told if not _is_everyday(word, providers)]
    return Personal(
        home=tuple(_home(evidence)),
        hosts=_unique(host for host in hosts if host not in apexes),
        zones=_unique(above for name in [*hosts, *apexes] for above in lineage(name)),
        servers=_unique(
            [*own_servers(evidence), *(host for kind, host in settings if kind == "host")]
        ),
        words=tuple(dict.fromkeys(words)),
        ids=_unique(token for text in strings(evidence) for token in _ids(text)),
        accounts=_unique(accounts),
        secrets=tuple(_secrets(evidence)),
    )


def strings(value: object) -> Iterator[str]:
    """Every text and address in a frozen value, in the order of its fields; never a setting."""
    match value:
        case str():
            yield value
        case IPv4Address() | IPv6Address():
            yield str(value)
        case AccountExam():
            yield value.account.name
            yield from strings((value.proof, value.locked_text))
        case Mapping():
            for part in value.values():
                yield from strings(part)
        case tuple():
            for part in value:
                yield from strings(part)
        case frozenset():
            yield from sorted(text for part in value for text in strings(part))
        case _ if is_dataclass(value):
            for field in fields(value):
                yield from strings(getattr(value, field.name))
        case _:
            pass  # numbers, moments, and nothing


def _home(evidence: Evidence) -> Iterator[Address]:
    """The home's own address in each family, as far as it is known."""
    seen = [one.address for one in outside(evidence)]
    for address in (address_of(evidence, Family.V4), router_address(evidence), *seen):
        if address is not None:
            yield address
            break
    six = address_of(evidence, Family.V6) or evidence.ipv6.chosen
    if six is not None:
        yield six


def _settings(exam: AccountExam) -> Iterator[tuple[str, str]]:
    """The plain settings of an account that are its owner's alone: a host, or another setting."""
    for key, value in exam.account.settings.items():
        field = next((one for one in exam.account.provider.fields if one.key == key), None)
        if not isinstance(value, str) or value == (field.default if field else None):
            continue
        if field and field.kind in ("url", "endpoint"):
            host = host_in(value)
            if host and host not in WELL_KNOWN:
                yield "host", host
        elif not (field and value in field.choices):
            yield "setting", value.rstrip(".")


def _secrets(evidence: Evidence) -> Iterator[str]:
    for exam in evidence.accounts:
        for value in exam.account.settings.values():
            if isinstance(value, Secret):
                yield value.reveal()


def _is_model(igd: Igd) -> bool:
    """Whether a router's friendly name says no more than what it is."""
    known = _ROUTER_WORDS | set(_words(f"{igd.vendor} {igd.model}"))
    return set(_words(igd.name)) <= known


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _is_everyday(name: str, providers: set[str]) -> bool:
    """A word of every report: struck out everywhere, it would only garble the sentences."""
    return len(name) < _LEAST_WORD or name.lower() in _EVERYDAY | providers


def _ids(text: str) -> Iterator[str]:
    """Serial numbers and the like in the path of a device's URL."""
    if "://" not in text:
        return
    _, _, path = text.partition("://")[2].partition("/")
    for token in re.findall(r"[0-9A-Za-z]+", path):
        if len(token) >= _ID_LENGTH and sum(map(str.isdigit, token)) >= _ID_DIGITS:
            yield token


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for item in items if item))
