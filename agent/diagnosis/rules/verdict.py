"""What the verdict on the IPv4 address means for the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from agent.decide.exit_status import HELD_BY, Exit
from agent.diagnosis.confidence import confidence
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import owner_of
from agent.diagnosis.finding import Confidence, Finding, Severity
from agent.diagnosis.phrases import sentence
from agent.values import Code, Disputed, OutOfReach, Settled, Verdict
from discovery.observation import Family


class _Meaning(NamedTuple):
    severity: Severity
    confidence: Confidence
    consequence: str
    fix: str = ""


_FORWARD = "Forward the ports that you need, in the router, to this machine."
_ASK_PROVIDER = (
    "Ask your provider for a public IPv4 address (words that help: “dual stack”, “no CGNAT”), "
    "or let people come in by IPv6 or through a relay or tunnel to a rented server."
)

_UNTOLD = "The world sees you by it; whether people can come in by it is not known."

_MEANINGS: Mapping[Code, _Meaning] = {
    "direct": _Meaning(
        "info", "proved", "People can reach you as far as this machine's firewall lets them."
    ),
    "single_nat": _Meaning(
        "info",
        "proved",
        "People can reach you by it on ports that the router forwards, unless your provider blocks "
        "them.",
    ),
    "router_only": _Meaning(
        "warn",
        "likely",
        "A new address is believed late, because nobody outside confirms it.",
        "Let this machine reach STUN servers (UDP port 3478) or web services (TCP port 443).",
    ),
    "stun_agrees": _Meaning("info", "likely", _UNTOLD),
    "http_agrees": _Meaning("info", "likely", _UNTOLD),
    "one_witness": _Meaning(
        "warn",
        "guess",
        "A new address is not published on one witness's word.",
        "Switch on UPnP or NAT-PMP in the router, or name more STUN servers under "
        "[discovery.stun].",
    ),
    "vpn_active": _Meaning(
        "warn",
        "proved",
        "DNS is kept at your home's address. But answers to people who come in may leave through "
        "the VPN and get lost.",
        "If people cannot reach you, keep the service out of the VPN, or switch the VPN off here.",
    ),
    "multi_wan": _Meaning(
        "warn",
        "likely",
        "People come in by the line whose address is published; that line must forward the ports.",
        "If another line is meant, let the router send this machine's traffic by that one.",
    ),
    "upstream_nat": _Meaning(
        "error",
        "likely",
        "Nothing is published until router and world agree.",
        "Restart the router if it has just reconnected. If it has two lines, or a VPN of its own, "
        "set prefer_outside = true under [discovery].",
    ),
    "double_nat": _Meaning(
        "warn",
        "proved",
        "If both routers are yours, a port must be forwarded twice. If the outer one is your "
        "provider's, nobody can reach you; from inside the two look the same.",
        "Put the outer router (the one at the wall) into bridge mode, or forward each port on "
        "both. If you have one router only, ask your provider for a public IPv4 address.",
    ),
    "nat_1to1": _Meaning("info", "proved", "People can reach you on ports that are forwarded."),
    "shared_ipv4": _Meaning(
        "warn",
        "likely",
        "Only ports of your share can be forwarded; the usual ones (80, 443) are hardly among "
        "them.",
        "Forward a port of your share, as the router lists it, or ask your provider for an "
        "address of your own.",
    ),
    "cgnat": _Meaning("error", "proved", "Forwarding ports does not help.", _ASK_PROVIDER),
    "cgnat_likely": _Meaning(
        "error", "likely", "Then forwarding ports does not help.", _ASK_PROVIDER
    ),
    "ds_lite": _Meaning("error", "proved", "Forwarding ports does not help.", _ASK_PROVIDER),
    "nat64": _Meaning("error", "proved", "Nobody can reach you on IPv4; IPv6 is the way in."),
    "witnesses_disagree": _Meaning(
        "error",
        "proved",
        "Nothing is published until they agree.",
        "Look below who says what: a VPN, a second line, or a witness that is wrong.",
    ),
    "liar": _Meaning(
        "error",
        "likely",
        "Nothing is published, for no witness can be believed.",
        "Name other servers under [discovery.stun]; a login page may also stand in the way.",
    ),
    "wan_down": _Meaning(
        "error",
        "proved",
        "Nobody can reach you by IPv4, and nothing is changed in DNS.",
        "Wait, or look at the router's lamps and its cable to the wall; then call the provider.",
    ),
    "captive": _Meaning(
        "error",
        "likely",
        "Nothing outside can be asked until somebody has logged in.",
        "Open any page in a browser on this machine and log in.",
    ),
    "offline": _Meaning(
        "error",
        "proved",
        "Nothing can be asked or changed.",
        "Look at this machine's cable or Wi-Fi, then at the router.",
    ),
    "no_address": _Meaning(
        "error",
        "proved",
        "Nothing can be compared or published.",
        "A firewall may block everything that was tried; the witnesses below say why each failed.",
    ),
    "unsupported": _Meaning("warn", "proved", "It is not published."),
}


_BY_KIND: Mapping[tuple[Code, type[Verdict]], _Meaning] = {
    ("upstream_nat", Settled): _Meaning(
        "warn",
        "likely",
        "The world's word is published, because prefer_outside is set; people come in by the line "
        "that it belongs to.",
    ),
    ("multi_wan", Disputed): _Meaning(
        "error",
        "likely",
        "Nothing is published, because nobody here says which line is meant.",
        "Switch UPnP or NAT-PMP on in the router, so that it names its main line; or let the "
        "router send this machine's traffic by one line alone.",
    ),
    ("double_nat", OutOfReach): _Meaning(
        "warn",
        "proved",
        "If both routers are yours, a port must be forwarded twice. If the outer one is your "
        "provider's, nobody can reach you; from inside the two look the same, so nothing is "
        "published.",
        "Put the outer router (the one at the wall) into bridge mode. If both are yours and "
        'forward the ports, set unreachable = "publish" under [discovery]. If you have one router '
        "only, ask your provider for a public IPv4 address.",
    ),
}
"""Where the same situation means something else, because of what is published in it."""

_OWN_AFTER_ALL = _Meaning(
    "error",
    "guess",
    "But packets show that your router itself has the address, so it may be yours alone.",
    'If people can reach a forwarded port, set unreachable = "publish" under [discovery].',
)
"""Routers refuse to say for other reasons too: some while the line of their UPnP is not in use."""

_ADVISED: frozenset[Code] = frozenset({"cgnat", "ds_lite", "double_nat"})

_SHARED: frozenset[Code] = frozenset({"cgnat", "cgnat_likely", "ds_lite"})
"""Nobody can reach the home by such an address, also where the user publishes it."""


def of_verdict(evidence: Evidence) -> Iterator[Finding]:
    """The one finding that names the situation of the home's IPv4 address."""
    verdict = evidence.verdicts.get(Family.V4)
    if verdict is None:
        return
    meaning = _meaning(evidence, verdict)
    yield Finding(
        code=verdict.code,
        severity=meaning.severity,
        confidence=_confidence(evidence, meaning),
        fact=_fact(evidence, verdict),
        consequence=meaning.consequence,
        fix=meaning.fix,
        exit=_exit(verdict),
    )


def _fact(evidence: Evidence, verdict: Verdict) -> str:
    """The verdict's own sentence; of many who named nothing, not the reason of each.

    The advice that a round gives along with some is told as consequence and fix here.
    """
    asked = [one for one in evidence.witnesses if one.family is Family.V4]
    if verdict.code == "no_address" and len(asked) > 1:
        return f"Nobody could tell the public address: of {len(asked)} who were asked, none did."
    first = verdict.because.partition(". ")[0]
    return sentence(first if verdict.code in _ADVISED else verdict.because)


def _meaning(evidence: Evidence, verdict: Verdict) -> _Meaning:
    owner = owner_of(evidence, getattr(verdict, "address", None))
    if verdict.code == "cgnat_likely" and owner is not None and owner.owner == "router":
        return _OWN_AFTER_ALL
    return _BY_KIND.get((verdict.code, type(verdict))) or _MEANINGS[verdict.code]


def _confidence(evidence: Evidence, meaning: _Meaning) -> Confidence:
    """How sure the address is; where none is named, how sure the situation.

    Where a tunnel is the only way out nobody could be asked past it: what the world sees may be the
    tunnel's end. A dial-up line (PPPoE) on this machine looks the same.
    """
    only_tunnel = evidence.around.default_is_tunnel and evidence.around.gateway is None
    if meaning is _OWN_AFTER_ALL or only_tunnel:
        return "guess"
    return confidence(evidence, Family.V4) or meaning.confidence


def _exit(verdict: Verdict) -> Exit:
    """A settled address is healthy, unless nobody can reach it: publishing it is another matter."""
    if isinstance(verdict, Settled) and verdict.code not in _SHARED:
        return Exit.HEALTHY
    return HELD_BY[verdict.code]
