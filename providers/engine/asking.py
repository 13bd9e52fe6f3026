"""The types in the signatures of a provider's generators, named by what each finds out."""

from __future__ import annotations

from typing import Any

from providers.engine.errand import Asking
from providers.engine.records import Done, Rows
from providers.engine.rrsets import Look
from providers.engine.wire import Job, RRset
from providers.engine.zones import Found

__all__ = ["Answer", "Asking", "Done", "Found", "Job", "Look", "RRset", "Rows"]

Answer = Asking[Any]
"""One call, for the document of its answer; nothing is known of that yet."""
