"""The vendors for whom dns-lexicon is a second opinion. To add one: a row in `CASES`.

dns-lexicon was written by other people from the same vendors' pages. Where it ends in the same zone
as upstun at the same fake, both read the page alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from providers.digitalocean import DIGITALOCEAN
from providers.engine.spec import Provider
from providers.gandi import GANDI
from providers.hetzner import HETZNER
from providers.luadns import LUADNS
from tests.support.provider_fakes.digitalocean import DigitalOcean
from tests.support.provider_fakes.gandi import Gandi
from tests.support.provider_fakes.hetzner import Hetzner
from tests.support.provider_fakes.luadns import LuaDns
from tests.support.provider_fakes.vendor import Vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`module` is lexicon's name of the vendor, `options` what it is given besides name and zone.

    `tolerated` are beginnings of violations that are lexicon's own business: what it says that no
    page of the vendor describes. `replaces`: it changes no record by id, but creates and deletes.
    """

    provider: Provider
    fake: type[Vendor]
    module: str
    options: Callable[[Vendor], dict[str, Any]]
    tolerated: tuple[str, ...] = ()
    replaces: bool = False
    host: str = ""  # where the vendor serves under several names: the one that lexicon calls


def token(fake: Vendor) -> dict[str, Any]:
    return {"auth_token": fake.token}


CASES = (
    Case(
        provider=DIGITALOCEAN,
        fake=DigitalOcean,
        module="digitalocean",
        options=token,
        tolerated=("an empty name",),  # of the apex, which the description calls "@"
    ),
    Case(
        provider=GANDI,
        fake=Gandi,
        module="gandi",
        options=lambda fake: {"auth_token": fake.token, "api_protocol": "rest"},
        replaces=True,
    ),
    Case(
        provider=LUADNS,
        fake=LuaDns,
        module="luadns",
        options=lambda _: {"auth_username": LuaDns.email, "auth_token": LuaDns.token},
    ),
    Case(
        provider=HETZNER,
        fake=Hetzner,
        module="hetzner",
        options=token,
        tolerated=("POST /v1/zones/71/rrsets/home/A/actions/add_records: Path not found",),
    ),
)
