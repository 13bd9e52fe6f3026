"""Each part of an examination in a few words, for the moment when it is done. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agent.diagnosis.evidence import AccountExam, RecordExam
from agent.diagnosis.facts import listed, sightings
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import Port53
from discovery.observation import Observation, Seen
from discovery.path.view import PathView
from discovery.router.view import RouterView
from discovery.signals.view import Signal
from discovery.webrtc.view import IceView
from providers.engine.outcome import Changed, Refused, Unchanged


def of_router(view: RouterView) -> str:
    """Which address the router names, over what."""
    words = {"UPnP": view.upnp, "NAT-PMP": view.natpmp, "PCP": view.pcp}
    naming = [name for name, said in words.items() if isinstance(said, Seen)]
    named = {said.address for said in words.values() if isinstance(said, Seen)}
    if naming:
        return f"says {listed(named)} ({listed(naming)})"
    reported = [said.reported for said in words.values() if said and not isinstance(said, Seen)]
    private = [address for address in reported if address is not None]
    return f"says {private[0]}, which is not public" if private else "names no address"


def of_witnesses(said: Sequence[Observation]) -> str:
    """What those outside name."""
    seen = sightings(said)
    named = listed(dict.fromkeys(one.address for one in seen))
    return f"{len(seen)} of {len(said)} answer" + (f": {named}" if named else "")


def of_path(view: PathView) -> str:
    """Translated or not, and how many ports were proved."""
    words = {True: "your packets are translated (NAT)", False: "no NAT on the way out"}
    known = view.behaviour.translated
    first = "the NAT could not be tested" if known is None else words[known]
    reached = [f"{one.transport.upper()} {one.port} {one.grade}" for one in view.reaches]
    return "; ".join([first, *reached])


def of_ipv6(view: Ipv6View, said: Sequence[Observation]) -> str:
    """The address that would be published, and whether the outside sees it."""
    if view.chosen is None:
        return "no lasting address" if view.candidates else "none here"
    seen = any(one.address == view.chosen for one in sightings(said))
    return f"{view.chosen}" + (", seen from outside" if seen else "")


def of_ice(view: IceView) -> str:
    """What the gather found, and whether the data channel opened."""
    if not view.available:
        return "not installed"
    outside = [str(one.address) for one in view.candidates if one.kind == "srflx"]
    opened = {True: "opened", False: "did not open", None: "not tried"}[view.data_channel]
    return f"{listed(outside) or 'no outside address'}; data channel {opened}"


def of_port53(view: Port53) -> str:
    """Whether any trial shows an interception."""
    if view.intercepted:
        return "yes: something answers in the servers' place"
    clear = sum(trial.intercepted is False for trial in view.trials)
    return f"no sign of it ({clear} of {len(view.trials)} tests)"


def of_records(exams: Sequence[RecordExam]) -> str:
    """How many names could be read."""
    read = sum(exam.agreement.live is not None for exam in exams)
    return f"{read} of {len(exams)} could be read at their name servers"


def of_accounts(exams: Sequence[AccountExam]) -> str:
    """How many accounts are accepted."""
    accepted = sum(isinstance(exam.proof, Changed | Unchanged) for exam in exams)
    refused = sum(isinstance(exam.proof, Refused) for exam in exams)
    return f"{accepted} accepted, {refused} refused, {len(exams) - accepted - refused} not proved"


def of_signals(signals: Sequence[Signal]) -> str:
    """How many signals were proved."""
    return f"{sum(one.works is True for one in signals)} of {len(signals)} work"
