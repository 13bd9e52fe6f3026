"""What a router's UPnP answers mean. Pure: the worker's report in, an observation out."""

from __future__ import annotations

from ipaddress import ip_address

from discovery.address import publishable
from discovery.observation import (
    Address,
    Family,
    IgdEvidence,
    Method,
    Observation,
    Why,
    judge,
    missed,
)
from discovery.router.upnp_process import Report

# ConnectionStatus of WANIPConnection:1 §2.2.4 and WANPPPConnection:1 that mean "no line". Other
# words are no evidence: some routers say "Up", some nothing at all, while they are connected.
_DOWN = frozenset(
    {
        *("unconfigured", "connecting", "authenticating"),
        *("pendingdisconnect", "disconnecting", "disconnected"),
    }
)

_MENU = "on a FRITZ!Box: Home Network > Network, “Transmit status information over UPnP”"

# The worker's word for what went wrong -> the reason, and what follows the witness's name.
_FAILURES: dict[str, tuple[Why, str]] = {
    "library": (Why.UNSUPPORTED, "was not asked: the miniupnpc library does not load here"),
    "no_process": (Why.UNSUPPORTED, "was not asked: no helper process can be started here"),
    "timeout": (Why.SILENT, "did not finish its UPnP answers in time, so they were cut off"),
    "description": (
        Why.REFUSED,
        f"gave no UPnP description; UPnP may be switched off or have moved ({_MENU})",
    ),
    "oversized": (Why.OVERSIZED, "sent far more than any router description needs"),
    "verbose": (Why.OVERSIZED, "made the UPnP helper say more than any answer needs"),
    "crashed": (Why.MALFORMED, "sent something that the UPnP library could not survive"),
    "not_igd": (
        Why.MALFORMED,
        "describes no internet connection: it is no router, or a login page stands in the way",
    ),
    "address": (Why.REFUSED, "refused to tell its external address over UPnP"),
}


def read_igd(method: Method, report: Report, *, location: str) -> Observation:
    """Judge what the worker brought home.

    =====================  ============================  ==========================================
    ConnectionStatus       NewExternalIPAddress          observation
    =====================  ============================  ==========================================
    (control URL elsewhere than the description)         FOREIGN, and nothing was posted to it
    (no WAN service: a media server)                     MALFORMED
    (too much, too slow, cut, crashed)                   OVERSIZED, SILENT, REFUSED, MALFORMED
    one of `_DOWN`         anything or a SOAP fault      DOWN: an address shown would be yesterday's
    any other              SOAP fault                    REFUSED
    any other              empty                         NO_ADDRESS: how miniupnpd behaves in CGNAT
    any other              0.0.0.0                       NO_ADDRESS: as seen while reconnecting
    any other              no IP address                 MALFORMED
    any other              an IPv6 address               WRONG_FAMILY
    any other              private, 100.64/10, reserved  NOT_PUBLIC, with `reported`
    any other              public IPv4                   Seen
    =====================  ============================  ==========================================
    """
    evidence = _evidence(report, location)
    error = str(report.get("error", ""))
    reported = _address(evidence.reported)

    def no(why: Why, rest: str, named: Address | None = None) -> Observation:
        sentence = f"{method.witness} {rest}"
        return missed(method, Family.V4, why, sentence, reported=named, evidence=evidence)

    if error == "foreign":
        return no(
            Why.FOREIGN,
            f"sends UPnP questions on to {evidence.control_url}, which is another machine; "
            "nothing was asked there",
        )
    if evidence.status.lower() in _DOWN:
        named = None if reported is None or publishable(reported) else reported
        return no(Why.DOWN, f"says that its internet line is {evidence.status}", named)
    if error:
        return no(*_FAILURES.get(error, _FAILURES["crashed"]))
    if not evidence.reported:
        return no(
            Why.NO_ADDRESS,
            "is there but will not say its external address; that is usual where the internet "
            "provider shares one address among customers (CGNAT), or behind a second router",
        )
    if reported is None:
        return no(Why.MALFORMED, f"named “{evidence.reported}”, which is no IP address")
    return judge(method, Family.V4, reported, evidence)


def _evidence(report: Report, location: str) -> IgdEvidence:
    uptime = report.get("uptime")
    return IgdEvidence(
        location=location,
        control_url=_text(report, "control_url", 200),
        status=_text(report, "status"),
        connection_type=_text(report, "connection_type"),
        uptime_s=uptime if isinstance(uptime, int) else None,
        last_error=_text(report, "last_error"),
        reported=_text(report, "address"),
    )


def _text(report: Report, key: str, most: int = 64) -> str:
    """A router's text, fit to be shown: no control characters, no novel."""
    value = report.get(key, "")
    return printable(value, most) if isinstance(value, str) else ""


def printable(text: str, most: int = 64) -> str:
    """`text` without what could forge a line or move a terminal's cursor, cut to `most`."""
    return "".join(c for c in text if c.isprintable()).strip()[:most]


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
