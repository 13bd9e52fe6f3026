"""Replies in words of a service's own, beside the words that the dyndns2 family shares. Pure.

A pattern is compared with the whole answer as text, spaces collapsed, in any letter case, and with
"HTTP 204" (the status). It may hold `*`; without one it is the whole answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from providers.engine.api import Meaning, fits
from providers.engine.errors import excerpt, text_of
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.waits import told_wait
from providers.engine.wire import Address, Response

WAITS = {Cause.TRANSIENT: 1800.0, Cause.RATE_LIMITED: 600.0, Cause.CONFUSED: 1800.0}
"""Seconds to wait after what passes, where neither service nor table says another number."""

_MOST = 20_000  # characters of an answer that are read: a page for people is longer
_ADDRESS = re.compile(r"[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a service says when it did it, when it was done before, and when it refuses."""

    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: Sequence[Meaning] = ()


def in_own_words(
    title: str, response: Response, words: Words, sent: Collection[Address]
) -> Outcome | None:
    """What the answer means in the service's own words; None where it says none of them.

    A refusal counts whatever the status, a success with a status of success only. An answer that
    names addresses, but not the sent one of their family, leaves it to DNS to tell.
    """
    said = " ".join(text_of(response)[:_MOST].split()).casefold()
    heard = (said, f"http {response.status}")
    for patterns, cause, meaning, *wait in words.refused:
        if fits(patterns, heard):
            shown = excerpt(response.body)
            told = told_wait(response.headers) or (wait[0] if wait else WAITS.get(cause))
            text = f"{title} {meaning}{f' ({shown})' if shown else ''}"
            return Refused(cause=cause, text=text, wait=told)
    if response.status // 100 != 2:  # noqa: PLR2004  the class of success
        return None
    if fits(words.unchanged, heard):
        return _contradiction(title, said, sent) or Unchanged()
    if fits(words.changed, heard):
        return _contradiction(title, said, sent) or Changed()
    return None


def _contradiction(title: str, said: str, sent: Collection[Address]) -> Unconfirmed | None:
    named = set(_addresses(said))
    for wanted in sent:
        others = {str(one) for one in named if one.version == wanted.version}
        if others and wanted not in named:
            text = f"{title} says that it set {', '.join(sorted(others))} instead of {wanted}"
            return Unconfirmed(text=text)
    return None


def _addresses(said: str) -> Iterator[Address]:
    for word in _ADDRESS.findall(said):
        try:
            yield ip_address(word.strip(".") if "." in word else word)
        except ValueError:
            continue  # a time, a version, the end of a sentence
