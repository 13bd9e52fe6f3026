"""What a provider's file is made of, in one place to import from."""

from __future__ import annotations

from providers.engine.api import Api, Meaning, Query
from providers.engine.errand import Stop
from providers.engine.limits import Pace
from providers.engine.outcome import Cause
from providers.engine.records import Records, Row, Todo, Wish
from providers.engine.rrsets import Change, RRsets, Shown
from providers.engine.spec import Field, Provider, secret, setting
from providers.engine.zones import Zone, zone_asked

__all__ = [
    "Api",
    "Cause",
    "Change",
    "Field",
    "Meaning",
    "Pace",
    "Provider",
    "Query",
    "RRsets",
    "Records",
    "Row",
    "Shown",
    "Stop",
    "Todo",
    "Wish",
    "Zone",
    "secret",
    "setting",
    "zone_asked",
]
