"""One whole errand against a fake service: provider, driver and sender, nothing pretended."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

from agent.wiring import moment
from providers.engine.drive import drive
from providers.engine.outcome import Outcome, Refused
from providers.engine.sender import Sender
from providers.engine.spec import Provider
from providers.engine.wire import Job, RRset, Text

WALL = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def job(name: str, *addresses: str, **settings: Text | int | bool) -> Job:
    """A job that sets one name to these addresses, each in the RRset of its family."""
    rrsets = tuple(
        RRset(
            name=name,
            rtype="A" if ip_address(address).version == 4 else "AAAA",
            values=frozenset({ip_address(address)}),
        )
        for address in addresses
    )
    return Job(zone="", rrsets=rrsets, settings=settings)


async def errand(provider: Provider, work: Job, limit: float = 10.0) -> Outcome:
    """Do the job with a sender of its own, without pauses between repetitions."""
    sender = Sender(user_agent="upstun/0", moment=moment)
    try:
        return await drive(
            provider.update(work),
            sender,
            limit=limit,
            title=provider.title,
            wall=lambda: WALL,
            pauses=(0.0, 0.0),
        )
    finally:
        await sender.aclose()


def kind(outcome: Outcome) -> str:
    """A word for the end of an errand: the cause of a refusal, or the name of anything else."""
    return outcome.cause if isinstance(outcome, Refused) else type(outcome).__name__.lower()


BAD_WEATHER = {
    "429 in seconds": ("rate_limited", 120.0),
    "429 until a date": ("rate_limited", 120.0),
    "429 reset in seconds": ("rate_limited", 120.0),
    "429 reset at unix time": ("rate_limited", 120.0),
    "429 structured": ("rate_limited", 120.0),
    "429 without a word": ("rate_limited", None),
    "500": ("transient", None),
    "502": ("unconfirmed", None),
    "503": ("transient", None),
    "503 for an hour": ("transient", 3600.0),
    "504": ("unconfirmed", None),
    "401": ("credentials", None),
    "403 long ago": ("credentials", None),
    "404": ("not_found", None),
    "cut": ("unconfirmed", None),
    "hang": ("unconfirmed", None),
    "hang in the body": ("unconfirmed", None),
    "silent close": ("unconfirmed", None),
    "lost reply": ("unconfirmed", None),
    "flood": ("unconfirmed", None),
    "not http": ("unconfirmed", None),
    "redirect": ("confused", None),
    "echo everything": ("rejected", None),
}
"""What an update that must not be repeated ends in, for each mischief of `service.MISCHIEFS`."""
