"""How RRsets that must be pushed are gathered into errands. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from agent.values import Account, Record
from discovery.live_dns.view import RType
from discovery.observation import Address
from providers.engine.spec import Provider
from providers.engine.wire import Job, RRset


class Wanting(Protocol):
    """An RRset that is to be pushed."""

    @property
    def record(self) -> Record:
        """The configured record."""
        ...

    @property
    def rtype(self) -> RType:
        """A or AAAA."""
        ...

    @property
    def wanted(self) -> Address | None:
        """The address that it is to have."""
        ...

    @property
    def zone(self) -> str:
        """The zone's apex; empty when unknown."""
        ...

    @property
    def live(self) -> frozenset[Address] | None:
        """What the primary must hold, for a compare-and-set; None to insist on nothing."""
        ...


W = TypeVar("W", bound=Wanting)


def gather(rows: Iterable[W], provider: Provider) -> tuple[tuple[W, ...], ...]:
    """Group rows of one account into the largest errands that the provider takes at once."""
    groups: dict[tuple[str, str], list[W]] = {}
    for row in rows:
        whole_zone = provider.batch == "zone" and row.zone
        key = ("zone", row.zone) if whole_zone else ("name", row.record.name)
        groups.setdefault(key, []).append(row)
    return tuple(tuple(group) for group in groups.values())


def errand(rows: Iterable[Wanting], account: Account) -> Job:
    """The errand that brings these RRsets of one zone to their wanted addresses."""
    rows = tuple(rows)
    return Job(
        zone=rows[0].zone,
        rrsets=tuple(
            RRset(
                name=row.record.name,
                rtype=row.rtype,
                values=frozenset({row.wanted}),
                ttl=row.record.ttl,
                live=row.live,
            )
            for row in rows
            if row.wanted is not None
        ),
        settings=account.settings,
    )


def lock_name(record: Record) -> str:
    """The name under which a record is locked; another TTL or zone for it lifts the lock."""
    return f"{record.name} ttl={record.ttl} zone={record.zone}"


def trial(account: Account, records: Iterable[Record]) -> Job:
    """An errand for a call that writes nothing: it names the account's records without values."""
    return Job(
        zone="",
        rrsets=tuple(
            RRset(name=record.name, rtype="A", values=frozenset())
            for record in records
            if record.account == account.name
        ),
        settings=account.settings,
    )
