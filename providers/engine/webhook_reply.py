"""What the answer to a webhook means, by the patterns of its settings. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

from providers.engine.errors import excerpt, is_html, refusal, text_of
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.webhook_call import TITLE, refuse
from providers.engine.wire import Job, Response

_MOST_BODY = 65_536  # characters of an answer that a pattern is tried on
_MOST_PATTERN = 500
_SWELLS = re.compile(r"\([^()]*[*+}][^()]*\)[*+{]")  # a repeated repetition may take for ever
Pattern = re.Pattern[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The statuses of success, with `x` for any digit, and the patterns of the three kinds."""

    statuses: tuple[str, ...]
    failure: Pattern
    unchanged: Pattern
    success: Pattern

    @classmethod
    def of(cls, job: Job) -> Self:
        """Read the settings. Raises Stop for a pattern that cannot be used."""
        return cls(
            statuses=tuple(job.text("statuses", "2xx").lower().replace(",", " ").split()),
            failure=_pattern(job, "failure"),
            unchanged=_pattern(job, "unchanged"),
            success=_pattern(job, "success"),
        )

    def read(self, response: Response) -> Outcome:
        """The first that holds: a status of no success, `failure`, `unchanged`, `success`."""
        status = str(response.status)
        if not any(fnmatchcase(status, one.replace("x", "?")) for one in self.statuses):
            by_status = refusal(TITLE, response)
            return by_status or _unsure(response, "with a status that is not among `statuses`")
        said = text_of(response)[:_MOST_BODY]
        if self.failure and self.failure.search(said):
            return _unsure(response, "what `failure` describes; see what it says")
        if self.unchanged and self.unchanged.search(said):
            return Unchanged()
        if self.success and not self.success.search(said):
            return _unsure(response, "what `success` does not describe; see what it says")
        # A page is what hotels and error handlers answer to everything.
        if not self.success and is_html(response):
            return _unsure(response, "a page for people; describe a good answer by `success`")
        return Changed()


def _pattern(job: Job, key: str) -> Pattern:
    text = job.text(key)
    if not text:
        return None
    if len(text) > _MOST_PATTERN or _SWELLS.search(text):
        raise refuse(f"{key} is longer than {_MOST_PATTERN} characters, or repeats a repetition")
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as reason:
        raise refuse(f"{key} is no regular expression ({reason.msg})") from None


def _unsure(response: Response, what: str) -> Refused:
    said = excerpt(response.body) or "nothing"
    return Refused(cause=Cause.CONFUSED, text=f"{TITLE} answered {what} ({said})")
