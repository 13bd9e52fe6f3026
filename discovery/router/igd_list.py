"""Which device is believed to be the router, and why each other one is not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from discovery.observation import IgdEvidence, Missed, Observation, Why
from discovery.router.description import Facts
from discovery.router.igd import printable
from discovery.router.ssdp import Advert, Harvest
from discovery.router.upnp import merit
from discovery.router.view import Igd

_MOST_NAMES = 4
_NOBODY = Facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A description that was asked for the address, what came of it, and what it contains.

    `location` and `host` are empty where the configured URL leads nowhere.
    """

    location: str
    host: str
    observation: Observation
    description: str = ""
    facts: Facts = field(default=_NOBODY)

    @property
    def evidence(self) -> IgdEvidence:
        """What it told besides the address; empty where it told nothing."""
        told = self.observation.evidence
        return told if isinstance(told, IgdEvidence) else IgdEvidence(location=self.location)

    @property
    def is_router(self) -> bool:
        """Whether it is a router that speaks for itself, whatever it says of its address."""
        said = self.observation
        if merit(said) or self.evidence.reported:
            return True
        refused = isinstance(said, Missed) and said.why is Why.REFUSED
        return refused and bool(self.evidence.control_url)


def chosen(candidates: Iterable[Candidate]) -> Candidate | None:
    """The one whose word counts: the first of those that say most; None where there is none."""
    return max(candidates, key=lambda one: (merit(one.observation), one.is_router), default=None)


def worth_a_name(
    harvest: Harvest, gateway: IPv4Address, own: IPv4Address | None
) -> dict[str, IPv4Address]:
    """The descriptions of strangers that claim to be routers, by their place; four at most.

    Only those that lie on the very device that answered: what points to a third machine was
    rejected by the search, and what points to us would be a question to ourselves.
    """
    found: dict[IPv4Address, str] = {}
    for advert in harvest.adverts:
        stranger = advert.host not in {gateway, own} and advert.host == advert.responder
        if stranger and advert.is_gateway_device and len(found) < _MOST_NAMES:
            found.setdefault(advert.host, advert.location)
    return {location: host for host, location in found.items()}


def list_igds(
    harvest: Harvest,
    candidates: Iterable[Candidate],
    *,
    gateway: IPv4Address | None,
    given: bool,
    names: Mapping[str, Facts],
) -> tuple[Igd, ...]:
    """Every device that answered, those first that were asked.

    Then come other descriptions of the router, the rest by device, and last what could not be
    believed at all. `given` says that the configuration named the description that was asked.
    `names` are those of strangers, by the place of their descriptions.
    """
    asked = list(candidates)
    best = chosen(asked)
    adverts = {_place(advert.location): advert for advert in reversed(harvest.adverts)}
    listed = [
        _asked(one, is_best=one is best, advert=adverts.get(_place(one.location))) for one in asked
    ]
    known = {_place(one.location) for one in asked}
    routers = {str(gateway), *(one.host for one in asked)}
    strangers: set[IPv4Address] = set()
    for advert in harvest.adverts:
        is_own = str(advert.host) in routers
        if _place(advert.location) in known or advert.host in strangers:
            continue
        if not is_own:
            strangers.add(advert.host)
        reason = _not_asked(given=given) if is_own else _stranger(advert, gateway)
        listed.append(_unasked(advert, reason, names.get(advert.location, _NOBODY)))
    listed.extend(
        Igd(
            location="",
            host=rejected.responder,
            accepted=False,
            reason=rejected.detail,
            claims_router=rejected.is_gateway_device,
        )
        for rejected in harvest.rejected
    )
    return tuple(listed)


def _asked(one: Candidate, *, is_best: bool, advert: Advert | None) -> Igd:
    evidence, said = one.evidence, one.observation
    accepted = is_best and one.is_router
    reason = ""
    if not accepted and one.is_router:
        reason = "this is the gateway too, but another of its descriptions said more"
    elif not accepted:
        reason = said.detail if isinstance(said, Missed) else ""
    return Igd(
        location=one.location,
        host=one.host,
        accepted=accepted,
        reason=reason,
        name=one.facts.name,
        vendor=one.facts.vendor,
        model=one.facts.model,
        server=printable(advert.server, 200) if advert else "",
        claims_router=advert.is_gateway_device if advert else True,
        status=evidence.status,
        connection_type=evidence.connection_type,
        uptime_s=evidence.uptime_s,
        last_error=evidence.last_error,
        wan=evidence.reported,
    )


def _unasked(advert: Advert, reason: str, who: Facts) -> Igd:
    return Igd(
        location=advert.location,
        host=str(advert.host),
        accepted=False,
        reason=reason,
        name=who.name,
        vendor=who.vendor,
        model=who.model,
        server=printable(advert.server, 200),
        claims_router=advert.is_gateway_device,
    )


def _not_asked(*, given: bool) -> str:
    if given:
        return "the configuration names another description, so this one was not asked"
    return "the gateway has more descriptions than are asked"


def _stranger(advert: Advert, gateway: IPv4Address | None) -> str:
    if advert.is_gateway_device:
        return (
            f"{advert.host} says that it is a router, but this home's gateway is {gateway}, so it "
            "was not asked for an address"
        )
    return f"{advert.host} answered the search, but not as a router, so it was not asked"


def _place(location: str) -> tuple[str, int, str, str]:
    """Where a description lies, however its URL is written."""
    parts = urlsplit(location)
    return parts.hostname or "", parts.port or 80, parts.path or "/", parts.query
