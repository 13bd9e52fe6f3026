"""What the router says and does not say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from agent.decide.exit_status import Exit
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import (
    candidates,
    listed,
    owner_of,
    router_address,
    router_igd,
    router_title,
    router_words,
)
from agent.diagnosis.finding import Confidence, Finding
from agent.diagnosis.menus import place
from agent.diagnosis.phrases import noticed, sentence, within
from agent.diagnosis.sooner import router_could_tell
from agent.values import Disputed
from discovery.observation import (
    Family,
    IgdEvidence,
    Missed,
    Observation,
    PmpEvidence,
    Seen,
    Why,
)

State = Literal["works", "off", "lies", "not asked"]

_NONSENSE = frozenset(
    {Why.MALFORMED, Why.OVERSIZED, Why.SPOOFED, Why.FOREIGN, Why.CAPTIVE, Why.WRONG_FAMILY}
)
_OTHERS = frozenset({Why.FOREIGN, Why.SPOOFED})  # somebody else's words, not the router's
_WRONG_VERSION = 1  # RFC 6886 §3.5 and RFC 6887 §7.4
_SPEAKS = frozenset({Why.NOT_PUBLIC, Why.NO_ADDRESS, Why.DOWN})


def state_of(said: Observation | None, evidence: Evidence) -> State:
    """What one of the router's protocols is worth in this home.

    "lies" is bytes that make no sense, or a public address that everybody outside contradicts.
    """
    if said is None:
        return "not asked"
    if isinstance(said, Seen):
        named = candidates(evidence.verdicts.get(Family.V4))
        return "lies" if said.address in named and _outvoted(said, evidence) else "works"
    if _no_router(said) or (said.why in _OTHERS and said.evidence is None):
        return "off"  # what answered the search is a media server, or not the gateway at all
    if said.why in _NONSENSE:
        return "lies"
    if said.why in _SPEAKS:
        return "works"
    if _refuses_politely(said) or _refuses_by_soap(said):
        return "works"
    return "not asked" if said.why in (Why.UNSUPPORTED, Why.NO_ROUTE, Why.BROKEN) else "off"


def _refuses_politely(said: Missed) -> bool:
    """A result code in the protocol itself: it is spoken, though the address is not told.

    miniupnpd behind CGNAT answers a PCP MAP with NO_RESOURCES. A router that knows only the other
    protocol answers with the code for a wrong version, and that is as good as off.
    """
    told = said.evidence
    return isinstance(told, PmpEvidence) and told.result not in (0, _WRONG_VERSION)


def _refuses_by_soap(said: Missed) -> bool:
    """A fault in answer to the question itself ("action not authorized"): UPnP is spoken."""
    told = said.evidence
    return isinstance(told, IgdEvidence) and bool(told.control_url) and said.why is Why.REFUSED


def _no_router(said: Observation | None) -> bool:
    """A description without an internet connection in it: a media server lives on the gateway."""
    told = said.evidence if isinstance(said, Missed) else None
    if said is None or isinstance(said, Seen) or not isinstance(told, IgdEvidence):
        return False
    path = urlsplit(told.control_url).path
    return said.why is Why.MALFORMED and bool(told.control_url) and path in ("", "/")


def _answers_search(evidence: Evidence) -> bool:
    """Whether the home's router answered the search, whatever came of asking it then."""
    router, gateway = evidence.router, str(evidence.around.gateway)
    igds = router.igds if router else ()
    return any(one.accepted or (one.host == gateway and one.claims_router) for one in igds)


def _outvoted(said: Seen, evidence: Evidence) -> bool:
    owner = owner_of(evidence, said.address)
    return owner is not None and owner.owner == "beyond"


def of_protocols(evidence: Evidence) -> Iterator[Finding]:
    """UPnP, NAT-PMP and PCP that are off: the router then tells neither address nor change."""
    router = evidence.router
    verdict = evidence.verdicts.get(Family.V4)
    if router is None or not router.gateway or (verdict and verdict.code == "direct"):
        return  # without a NAT the gateway is the provider's, and need not speak to us
    upnp = state_of(router.upnp, evidence)
    if upnp == "off" and _answers_search(evidence) and not _no_router(router.upnp):
        return  # it is not off, it is slow or broken, as the list of witnesses says
    pmp = {state_of(router.natpmp, evidence), state_of(router.pcp, evidence)}
    if upnp == "off" and pmp == {"off"}:
        yield _silent(evidence)
    elif upnp == "off" and "works" in pmp:
        yield Finding(
            code="router_upnp_off",
            severity="info",
            fact="The router does not answer UPnP; it speaks NAT-PMP or PCP, which is enough.",
        )
    elif upnp == "works" and pmp == {"off"}:
        yield Finding(
            code="router_natpmp_off",
            severity="info",
            fact="The router answers neither NAT-PMP nor PCP; it speaks UPnP, which is enough.",
            consequence=_by_upnp(evidence),
        )


def _by_upnp(evidence: Evidence) -> str:
    """How soon a new address is noticed, where UPnP is what tells it."""
    noticing = evidence.noticing[Family.V4]
    if noticing.by not in ("gena", "upnp_poll"):
        return ""
    return f"“upstun run” notices a new address {noticed(noticing)}."


def _silent(evidence: Evidence) -> Finding:
    where = place("upnp", router_igd(evidence))
    vpn = evidence.around.default_is_tunnel
    soon = within(evidence.noticing[Family.V4].seconds)
    if router_could_tell(evidence):
        soon += "; if the router told of it, that could be a second or less"
    return Finding(
        code="router_silent",
        severity="warn",
        fact=f"The router {router_title(evidence)} answers neither UPnP nor NAT-PMP nor PCP.",
        consequence="Then your address can only be found by asking servers outside. “upstun run” "
        f"notices a new one {soon}.",
        fix=f"Switch UPnP (or NAT-PMP) on in the router: {where}."
        + (" The VPN may also keep this machine from talking to the router." if vpn else ""),
    )


def of_lies(evidence: Evidence) -> Iterator[Finding]:
    """A router that contradicts itself, or whose answers make no sense."""
    words = router_words(evidence)
    named = list(dict.fromkeys(one.address for one in words if isinstance(one, Seen)))
    if len(named) > 1:
        yield Finding(
            code="router_lies",
            severity="warn",
            fact=f"The router contradicts itself: it names {listed(named)}.",
            consequence="It is believed only where the outside agrees.",
            fix="Look again in a minute: the line may just have reconnected. If it stays so, "
            "restart the router, or look for new firmware.",
        )
    for one in words:
        if state_of(one, evidence) == "lies" and isinstance(one, Missed):
            yield Finding(
                code="router_lies",
                severity="warn",
                fact=sentence(one.detail),
                consequence="That answer is not used.",
                fix="Restart the router; look for new firmware.",
                subject=one.source,
            )


def of_stale(evidence: Evidence) -> Iterator[Finding]:
    """The router names one public address, the world sees another (row 7)."""
    verdict = evidence.verdicts.get(Family.V4)
    router = router_address(evidence)
    if verdict is None or verdict.code != "upstream_nat" or router is None:
        return
    owner = owner_of(evidence, router)
    if owner is not None and owner.owner == "router":
        return
    held = isinstance(verdict, Disputed)
    confidence: Confidence = "proved" if owner else "guess"
    fact = (
        f"{router} is not the router's own address any more: packets to it leave the house."
        if owner
        else f"The router's word, {router}, may be an old value."
    )
    yield Finding(
        code="router_stale",
        severity="error" if held else "warn",
        fact=fact,
        consequence="Nothing is published on the router's word while the world sees another "
        "address.",
        fix="Restart the router."
        + (
            " If it happens often, set prefer_outside = true under [discovery]: then two "
            "witnesses outside decide."
            if held
            else ""
        ),
        confidence=confidence,
        exit=Exit.DISPUTED if held else Exit.HEALTHY,
    )


def of_foreign(evidence: Evidence) -> Iterator[Finding]:
    """Devices that claim to be a router and are not the gateway (row 23)."""
    router = evidence.router
    igds = router.igds if router else ()
    around = evidence.around
    own = {str(around.gateway), str(around.local), *(one.host for one in igds if one.accepted)}
    for igd in igds if around.gateway else ():
        if igd.claims_router and igd.host not in own:
            yield Finding(
                code="foreign_igd",
                severity="warn",
                fact=f"{igd.host} ({igd.name or igd.server or 'unnamed'}) claims to be a router, "
                f"but your gateway is {around.gateway}.",
                consequence="It was not asked, and its word is not believed.",
                fix="If it is another address of your router, nothing; if your router is this one "
                "alone, set location under [discovery.upnp]; if you do not know it, find out what "
                "it is.",
                subject=igd.host,
            )


def of_mappings(evidence: Evidence) -> Iterator[Finding]:
    """Ports that the router forwards to this machine."""
    router = evidence.router
    mappings = (router.mappings if router else None) or ()
    ports = [f"{one.protocol.upper()} {one.external_port}" for one in mappings if one.enabled]
    if not ports:
        return
    shown = listed(ports[:8]) + (f" and {len(ports) - 8} more" if len(ports) > 8 else "")  # noqa: PLR2004
    yield Finding(
        code="port_mappings",
        severity="info",
        fact=f"The router forwards {shown} to this machine (its UPnP list).",
        consequence="Ports that were forwarded by hand in the router are not on that list.",
    )
