"""`[[record]]`: the names to keep right, and whether the rest of the file can do so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, cast

from agent.config.domain import inside, record_name, zone_name
from agent.config.duration import seconds_of
from agent.config.form import Form, Misfit, choice, did_you_mean, flag, text
from agent.config.network import family_or_host_part
from agent.config.problem import clipped
from agent.config.table import Table
from agent.values import Account, Discovery, Record, RRsetKey
from providers.engine.spec import Provider
from providers.engine.wire import RType

_STANDARD_TTL = 60
_LONGEST_TTL = 86400
_FAMILY_KEYS: tuple[tuple[RType, Literal["ipv4", "ipv6"]], ...] = (("A", "ipv4"), ("AAAA", "ipv6"))
KEEP = "keep"


def _read_ttl(value: object) -> int | None:
    if value == KEEP:
        return None
    seconds = seconds_of(value)
    if seconds != int(seconds) or not 1 <= seconds <= _LONGEST_TTL:
        raise Misfit
    return int(seconds)


_TTL: Form[int | None] = Form(
    expected=f'whole seconds from 1 to {_LONGEST_TTL}, a duration such as "5m", or "{KEEP}"',
    read=_read_ttl,
)


def read_records(
    tables: Sequence[Table], accounts: Mapping[str, Account | None], discovery: Discovery
) -> tuple[Record, ...]:
    """All records that could be read. What is wrong between them and the rest is noted."""
    records = []
    first: dict[RRsetKey, int] = {}
    for number, table in enumerate(tables, 1):
        record = _record(table, accounts, discovery)
        if record is None:
            continue
        records.append(record)
        for rtype in _rtypes(record):
            earlier = first.setdefault((record.name, rtype), number)
            if earlier != number:
                table.complain(
                    "name",
                    "each name once for each address family",
                    f"{rtype} of {clipped(record.name)} in [[record]] {earlier} too",
                    "delete one of the two",
                )
    return tuple(records)


def _record(
    table: Table, accounts: Mapping[str, Account | None], discovery: Discovery
) -> Record | None:
    name = table.need("name", record_name, record_name.expected)
    account_name, account = _account(table, accounts)
    ipv4 = table.get("ipv4", flag, True)
    ipv6 = table.get("ipv6", family_or_host_part, False)
    zone = table.get("zone", zone_name, "")
    verify = table.get("verify", choice("dns", "api"), "dns")
    ttl = table.get("ttl", _TTL, _STANDARD_TTL)
    table.finish()
    if name is None:
        return None
    record = Record(
        name=name,
        account=account_name,
        ipv4=ipv4,
        ipv6=ipv6,
        ttl=ttl,
        zone=zone,
        verify=cast("Literal['dns', 'api']", verify),
    )
    _check_families(table, record, account, discovery)
    _warn_of_limits(table, record, account, discovery)
    return _fitted(table, record, account) if account else record


def _account(table: Table, accounts: Mapping[str, Account | None]) -> tuple[str, Account | None]:
    written = table.need("account", text, "the name of an [account.NAME]")
    if written is None:
        return "", None
    if written not in accounts:
        guess = did_you_mean(written, accounts)
        expected = "the name of an [account.NAME] of this file"
        table.complain("account", expected, f'"{clipped(written)}"', guess)
    return written, accounts.get(written)


def _check_families(
    table: Table, record: Record, account: Account | None, discovery: Discovery
) -> None:
    if not _rtypes(record):
        key = "ipv6" if "ipv6" in table and "ipv4" not in table else "ipv4"
        hint = "set one to true, or delete this record"
        table.complain(key, "at least one of ipv4 and ipv6", "both false", hint)
    for rtype, key in _FAMILY_KEYS:
        wanted = getattr(record, key)
        if not wanted:
            continue
        found = ("true" if wanted is True else f'"{wanted}"') if key in table else "true (default)"
        if account and rtype not in account.provider.families:
            unable = f"{account.provider.id} keeps no {rtype} records"
            table.complain(key, "false", found, unable)
        if not getattr(discovery, key):
            table.complain(key, "false", found, f"[discovery] {key} names nobody to ask")


def _warn_of_limits(
    table: Table, record: Record, account: Account | None, discovery: Discovery
) -> None:
    """What is allowed, but will not do all that one may hope for."""
    if record.ipv6 and (hint := _unable_to_tell(discovery)):
        table.warn("ipv6", "false", "true" if record.ipv6 is True else f'"{record.ipv6}"', hint)
    if record.verify == "api" and account and account.provider.read is None:
        hint = f"{account.provider.id} cannot tell what it holds, so its word is taken once"
        table.warn("verify", '"dns"', '"api"', hint)


def _unable_to_tell(discovery: Discovery) -> str:
    """Why the IPv6 address will never be known well enough to be published; empty if it may be."""
    if discovery.ipv6 and "interface" not in discovery.ipv6:
        return (
            '[discovery] ipv6 leaves out "interface", and nobody else knows which address lasts; '
            "the AAAA record is left alone"
        )
    if discovery.ipv6 == ("interface",) and discovery.confirm != "never":
        return (
            "[discovery] ipv6 names nobody outside who could confirm a new address; "
            'add "stun", or set confirm = "never"'
        )
    return ""


def _fitted(table: Table, record: Record, account: Account) -> Record:
    """The record with what its account adds: the zone, and the lowest TTL that is accepted."""
    zone = record.zone or _zone_of(account)
    if zone and not inside(record.name, zone):
        if record.zone:
            table.complain("zone", f"a zone around {clipped(record.name)}", f'"{clipped(zone)}"')
        else:
            around = f"a name inside {clipped(zone)}, the zone of its account"
            table.complain("name", around, f'"{clipped(record.name)}"')
    return replace(record, zone=zone, ttl=_accepted_ttl(table, record.ttl, account.provider))


def _accepted_ttl(table: Table, ttl: int | None, provider: Provider) -> int | None:
    lowest = provider.ttl_min
    if ttl is None or lowest is None or ttl >= lowest:
        return ttl
    if "ttl" in table:
        hint = f"{lowest} is used instead"
        table.warn("ttl", f"at least {lowest} seconds for {provider.id}", str(ttl), hint)
    return lowest


def _zone_of(account: Account) -> str:
    zone = account.settings.get("zone", "")
    return zone if isinstance(zone, str) else ""


def _rtypes(record: Record) -> tuple[RType, ...]:
    return tuple(rtype for rtype, key in _FAMILY_KEYS if getattr(record, key))
