"""The types of a provider's generators, named by what each finds out."""

from __future__ import annotations

from providers.engine.errand import Asking
from providers.engine.records import Done, Rows
from providers.engine.rrsets import Look
from providers.engine.zones import Found

__all__ = ["Asking", "Done", "Found", "Look", "Rows"]
