"""Each part of an examination in a few words, for the moment when it is done. Pure.

A fragment in lower case without a dot; what is not known is not told as "no".
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.diagnosis.evidence import AccountExam, RecordExam
from agent.diagnosis.facts import listed, sightings
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import Port53
from discovery.observation import Missed, Observation, Seen
from discovery.path.view import Grade, PathView
from discovery.router.view import RouterView
from discovery.signals.view import Signal
from discovery.webrtc.view import IceView
from providers.engine.outcome import Changed, Refused, Unchanged

_GRADES: dict[Grade, str] = {
    "proved": "is reached",
    "likely": "is probably reached",
    "refuted": "is not reached",
    "unknown": "is not proved",
}


def of_router(view: RouterView) -> str:
    """Which address the router names, over what."""
    words = {"UPnP": view.upnp, "NAT-PMP": view.natpmp, "PCP": view.pcp}
    naming = [name for name, said in words.items() if isinstance(said, Seen)]
    named = {said.address for said in words.values() if isinstance(said, Seen)}
    if naming:
        return f"names {listed(named)} ({listed(naming)})"
    missed = [said for said in words.values() if isinstance(said, Missed)]
    inner = [said.reported for said in missed if said.reported is not None]
    if inner:
        return f"names {inner[0]}, which is not public"
    return "names no address" if missed else "was not asked"


def of_witnesses(said: Sequence[Observation]) -> str:
    """What those outside name."""
    if not said:
        return "nobody was asked"
    seen = sightings(said)
    named = listed(dict.fromkeys(one.address for one in seen))
    return f"{len(seen)} of {len(said)} answer" + (f": {named}" if named else "")


def of_path(view: PathView) -> str:
    """Translated or not, and how many ports were proved."""
    words: dict[bool | None, str] = {
        True: "a NAT stands on it",
        False: "no NAT stands on it",
        None: "whether a NAT stands on it is not known",
    }
    first = words[view.behaviour.translated]
    reached = [f"{one.transport.upper()} {one.port} {_GRADES[one.grade]}" for one in view.reaches]
    return "; ".join([first, *reached])


def of_ipv6(view: Ipv6View, said: Sequence[Observation]) -> str:
    """The address that would be published, and whether the outside sees it."""
    if not view.supported:
        return "not known on this system"
    if view.chosen is None:
        return "no address that lasts" if view.candidates else "none here"
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
        return "something answers in the servers' place"
    if all(trial.intercepted is None for trial in view.trials):
        return "not known"
    clear = sum(trial.intercepted is False for trial in view.trials)
    return f"no sign that it is taken over ({clear} of {len(view.trials)} tests)"


def of_records(exams: Sequence[RecordExam]) -> str:
    """How many names could be read."""
    if not exams:
        return "no name is configured"
    read = sum(exam.agreement.live is not None for exam in exams)
    return f"{read} of {len(exams)} could be read at their name servers"


def of_accounts(exams: Sequence[AccountExam]) -> str:
    """How many accounts are accepted."""
    if not exams:
        return "no account is configured"
    accepted = sum(isinstance(exam.proof, Changed | Unchanged) for exam in exams)
    refused = sum(isinstance(exam.proof, Refused) for exam in exams)
    return f"{accepted} accepted, {refused} refused, {len(exams) - accepted - refused} not proved"


def of_signals(signals: Sequence[Signal]) -> str:
    """How many signals of a new address were proved."""
    tried = [one for one in signals if one.name != "clock" and not one.left_out]
    if not tried:
        return "none was tried"
    return f"{sum(one.works is True for one in tried)} of {len(tried)} proved to work"
