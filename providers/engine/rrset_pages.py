"""Whole RRsets in the way that many REST APIs have: each has a page, by its name and type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from providers.engine.api import Api
from providers.engine.rrsets import Change, Done, Look, Shown
from providers.engine.shape import addresses, number
from providers.engine.wire import Job, Method, RRset
from providers.engine.zones import Zone

Path = Sequence[str]


def plainly(values: str, ttl: str) -> Callable[[RRset, Any], Shown]:
    """How most pages show an RRset: a list of addresses under one key, its TTL under another."""

    def shown(_: RRset, page: Any) -> Shown:
        return Shown(values=addresses(page.get(values), values), ttl=number(page, ttl), raw=page)

    return shown


def page_look(
    api: Api,
    at: Callable[[Job, Zone, RRset], Path],
    shown: Callable[[RRset, Any], Shown | None],
) -> Callable[[Job, Zone, RRset], Look]:
    """Reading an RRset: GET its page, of which `shown` makes what it means; none where none is."""

    def held(job: Job, zone: Zone, rrset: RRset) -> Look:
        page = yield from api.ask(job, "GET", at(job, zone, rrset), absent=True)
        return None if page is None else shown(rrset, page)

    return held


def page_set(
    api: Api,
    at: Callable[[Job, Zone, Change], Path],
    body: Callable[[Zone, Change], object],
    *,
    make: Method = "PUT",
    change: Method = "PUT",
) -> Callable[[Job, Zone, Sequence[Change]], Done]:
    """Setting an RRset: `change` its page to the whole of a `body`, `make` it, or DELETE it.

    What makes a page in a way of its own may not be repeated; everything else may.
    """

    def replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
        (one,) = changes
        path = at(job, zone, one)
        if not one.values:
            return api.ask(job, "DELETE", path)
        method, again = (change, True) if one.old else (make, make == change)
        return api.ask(job, method, path, json=body(zone, one), idempotent=again)

    return replace
