"""The messages of GENA, UPnP's event notification (UPnP Device Architecture 1.1 §4). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from discovery.signals.heads import Head

PRECONDITION_FAILED = 412

# Granted for less, a subscription costs more than a poll; granted for more (or "infinite"), a
# router that lost it without a word would not be found out for half a day.
_SHORTEST_S, _LONGEST_S = 10, 7200
_USUAL_S = 1800  # what UDA 1.1 §4.1.2 recommends, for routers that do not say

_SID = re.compile(r"[!-~]{1,200}")
_LATEST_SEQ = (1 << 32) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The router will send events under the name `sid`, for `lease_s` seconds."""

    sid: str
    lease_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """It will not; `words` complete "the router …". `lost`: it does not know this subscription."""

    words: str
    lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One NOTIFY; `seq` counts from 0, which is the state at the time of the subscription."""

    sid: str
    seq: int | None


def subscribe(path: str, host: str, callback: str, lease_s: int) -> bytes:
    """Ask for events to be sent to the URL `callback` (§4.1.2)."""
    return _request(
        "SUBSCRIBE", path, host,
        f"CALLBACK: <{callback}>", "NT: upnp:event", f"TIMEOUT: Second-{lease_s}",
    )  # fmt: skip


def renew(path: str, host: str, sid: str, lease_s: int) -> bytes:
    """Ask for more time (§4.1.3)."""
    return _request("SUBSCRIBE", path, host, f"SID: {sid}", f"TIMEOUT: Second-{lease_s}")


def unsubscribe(path: str, host: str, sid: str) -> bytes:
    """Ask for no more events (§4.1.4)."""
    return _request("UNSUBSCRIBE", path, host, f"SID: {sid}")


def _request(method: str, path: str, host: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"HOST: {host}", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("ascii")


def read_grant(head: Head) -> Grant | Refusal:
    """Read the answer to SUBSCRIBE.

    ========================================  ==================================
    answer                                    read as
    ========================================  ==================================
    200 with a SID                            Grant; TIMEOUT cut to two hours
    200, TIMEOUT missing or unreadable        Grant for half an hour
    200, TIMEOUT below 10 s                   Refusal
    200 without a usable SID                  Refusal
    412                                       Refusal, `lost`
    any other status, or no HTTP              Refusal
    ========================================  ==================================
    """
    status = head.status
    if status != 200:  # noqa: PLR2004 - HTTP's "OK"
        words = "answered something that is no HTTP" if status is None else f"answered {status}"
        return Refusal(words=words, lost=status == PRECONDITION_FAILED)
    sid = head.text("SID")
    if not _SID.fullmatch(sid):
        return Refusal(words="granted a subscription without a name")
    lease_s = read_timeout(head.text("TIMEOUT"))
    if lease_s < _SHORTEST_S:
        return Refusal(words=f"grants subscriptions for {lease_s} s only")
    return Grant(sid=sid, lease_s=min(lease_s, _LONGEST_S))


def read_timeout(text: str) -> int:
    """Seconds of a TIMEOUT header: `Second-1800` or `Second-infinite`."""
    found = re.fullmatch(r"second-([0-9]{1,10}|infinite)", text.strip().lower())
    if found is None:
        return _USUAL_S
    return _LONGEST_S if found[1] == "infinite" else int(found[1])


def read_notify(head: Head) -> Event | int:
    """Read the head of a NOTIFY, or give the status to refuse it with (§4.2.1, §4.2.2).

    405 for another method, 400 for missing NT, NTS or SID, 412 for others than those of an event.
    """
    if not re.fullmatch(r"NOTIFY \S+ HTTP/1\.[01]", head.first):
        return 405
    if not all(head.text(name) for name in ("NT", "NTS", "SID")):
        return 400
    if (head.text("NT"), head.text("NTS")) != ("upnp:event", "upnp:propchange"):
        return PRECONDITION_FAILED
    return Event(sid=head.text("SID"), seq=head.number("SEQ"))


def missed_between(last: int | None, now: int | None) -> bool:
    """Whether events between these two SEQ were lost; after the greatest number comes 1."""
    if last is None or now is None:
        return False
    return now not in {last, 1 if last >= _LATEST_SEQ else last + 1}
