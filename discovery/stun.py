"""The STUN witness: a server outside says from which address a packet of ours arrived (RFC 8489).

This module stays light. aioice, which unpacks the answer, is imported when the first question is
asked: it costs 0.13 s and 18 MiB, and a home whose router answers may never need it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from discovery.egress import Egress
from discovery.hosts import operator_of
from discovery.observation import (
    Address,
    Family,
    Flaw,
    Observation,
    Source,
    Why,
    flawed,
    judge,
    missed,
)
from discovery.stun_address import parse_server
from discovery.stun_lookup import SrvLookup
from discovery.stun_timing import Timing

_TRANSACTION_ID = 12  # bytes (RFC 8489 §5)


def _random_id() -> bytes:
    return os.urandom(_TRANSACTION_ID)


class StunMethod:
    """One STUN server, asked over UDP, and over TCP where UDP brings nothing.

    `server` is written as in the configuration (`discovery.stun_address.parse_server`); the
    constructor raises ValueError with that function's sentence for a mistake, and for an
    `auto:` server without `srv`. `bind` and `device` choose the link (`discovery.egress`).
    """

    source: Source = "stun"

    def __init__(
        self,
        server: str,
        *,
        bind: Address | None = None,
        device: str = "",
        srv: SrvLookup | None = None,
        timing: Timing | None = None,
        new_id: Callable[[], bytes] = _random_id,
    ) -> None:
        """Remember whom to ask; nothing is looked up or opened yet."""
        parsed = parse_server(server)
        if isinstance(parsed, str):
            raise ValueError(parsed)  # noqa: TRY004 - the text is the problem, not a wrong type
        if parsed.discover and srv is None:
            raise ValueError(f"{server!r} needs SRV records, and nothing here looks them up.")
        self.witness = str(parsed)
        self.operator = operator_of(parsed.host)
        self._server = parsed
        self._srv = srv
        self._egress = Egress(bind=bind, device=device)
        self._timing = timing or Timing()
        self._new_id = new_id

    async def observe(self, family: Family) -> Observation:
        """Ask once, from a new source port. Never raises for network trouble.

        The operator of an `auto:` server is that of the host which its SRV record led to.
        """
        try:
            from discovery import stun_paths, stun_query  # noqa: PLC0415 - see the module's text
        except ImportError as fault:
            sentence = f"{self.witness} cannot be asked: the library {fault.name} is missing"
            return missed(self, family, Why.UNSUPPORTED, sentence)
        path = stun_paths.Path(
            family=family, egress=self._egress, timing=self._timing, new_id=self._new_id
        )
        reply = await stun_query.ask(self._server, path, self._srv)
        if isinstance(reply, Flaw):
            return flawed(self, family, reply)
        observation = judge(self, family, reply.binding.address, reply.evidence)
        return replace(observation, operator=operator_of(reply.host))
