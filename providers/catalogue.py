"""Every DNS service that is supported: an explicit list, nothing is scanned or guessed."""

from __future__ import annotations

from providers.duckdns import DUCKDNS
from providers.dyndns2 import DYNDNS2
from providers.engine.spec import Provider

CATALOGUE: tuple[Provider, ...] = (DUCKDNS, *DYNDNS2)

_BY_ID = {provider.id: provider for provider in CATALOGUE}


def by_id(name: str) -> Provider | None:
    """The provider that configurations call `name`; None for an unknown one."""
    return _BY_ID.get(name)
