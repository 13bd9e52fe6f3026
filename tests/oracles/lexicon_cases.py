"""The vendors for whom dns-lexicon is a second opinion. To add one: a row in `CASES`.

dns-lexicon was written by other people from the same vendors' pages. Where it ends in the same zone
as upstun at the same fake, both read the page alike.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from providers.aliyun import ALIYUN
from providers.cloudns import CLOUDNS
from providers.desec import DESEC
from providers.digitalocean import DIGITALOCEAN
from providers.dnspod import DNSPOD
from providers.dynu_api import DYNU_API
from providers.easydns import EASYDNS
from providers.engine.spec import Provider
from providers.gandi import GANDI
from providers.godaddy import GODADDY
from providers.google import GOOGLE
from providers.hetzner import HETZNER
from providers.ionos import IONOS
from providers.luadns import LUADNS
from providers.namecom import NAMECOM
from providers.namesilo import NAMESILO
from providers.netcup import NETCUP
from providers.njalla import NJALLA
from providers.ns1 import NS1
from providers.ovh import OVH
from providers.porkbun import PORKBUN
from providers.scaleway import SCALEWAY
from providers.vercel import VERCEL
from providers.vultr import VULTR
from tests.support.provider_fakes.aliyun import Aliyun
from tests.support.provider_fakes.cloudns import ClouDns
from tests.support.provider_fakes.desec import DeSec
from tests.support.provider_fakes.digitalocean import DigitalOcean
from tests.support.provider_fakes.dnspod import DnsPod
from tests.support.provider_fakes.dynu_api import DynuApi
from tests.support.provider_fakes.easydns import EasyDns
from tests.support.provider_fakes.gandi import Gandi
from tests.support.provider_fakes.godaddy import GoDaddy
from tests.support.provider_fakes.google import Google, account
from tests.support.provider_fakes.hetzner import Hetzner
from tests.support.provider_fakes.ionos import Ionos
from tests.support.provider_fakes.luadns import LuaDns
from tests.support.provider_fakes.namecom import NameCom
from tests.support.provider_fakes.namesilo import NameSilo
from tests.support.provider_fakes.netcup import Netcup
from tests.support.provider_fakes.njalla import Njalla
from tests.support.provider_fakes.ns1 import Ns1
from tests.support.provider_fakes.ovh import Ovh
from tests.support.provider_fakes.porkbun import Porkbun
from tests.support.provider_fakes.scaleway import Scaleway
from tests.support.provider_fakes.vendor import Vendor
from tests.support.provider_fakes.vercel import Vercel
from tests.support.provider_fakes.vultr import Vultr


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`module` is lexicon's name of the vendor, `options` what it is given besides name and zone.

    `tolerated` are beginnings of violations that are lexicon's own business: what it says that no
    page of the vendor describes. `replaces`: it changes no record by id, but creates and deletes.
    `forgets_ttl`: it changes a record without saying its TTL. `apex` is what it calls the zone's
    own name, where that is not the name of the zone.
    """

    provider: Provider
    fake: type[Vendor]
    module: str
    options: Callable[[Vendor], dict[str, Any]]
    tolerated: tuple[str, ...] = ()
    replaces: bool = False
    forgets_ttl: bool = False
    apex: str | None = None
    no_apex: bool = False  # it does not know how this vendor keeps the addresses of the apex
    host: str = ""  # where the vendor serves under several names: the one that lexicon calls


def token(fake: Vendor) -> dict[str, Any]:
    return {"auth_token": fake.token}


CASES = (
    Case(
        provider=DIGITALOCEAN,
        fake=DigitalOcean,
        module="digitalocean",
        options=token,
        apex="@",
    ),
    Case(
        provider=GANDI,
        fake=Gandi,
        module="gandi",
        options=lambda fake: {"auth_token": fake.token, "api_protocol": "rest"},
        tolerated=("PUT /domains/example.test/records/",),  # says name and type once more
        forgets_ttl=True,
        apex="@",
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
        apex="@",
    ),
    Case(
        provider=PORKBUN,
        fake=Porkbun,
        module="porkbun",
        options=lambda _: {"auth_key": Porkbun.token, "auth_secret": Porkbun.secret},
    ),
    Case(
        provider=CLOUDNS,
        fake=ClouDns,
        module="cloudns",
        options=lambda _: {"auth_id": ClouDns.auth_id, "auth_password": ClouDns.token},
    ),
    Case(
        provider=NAMECOM,
        fake=NameCom,
        module="namecom",
        options=lambda _: {"auth_username": NameCom.user, "auth_token": NameCom.token},
    ),
    Case(
        provider=NAMESILO,
        fake=NameSilo,
        module="namesilo",
        options=token,
    ),
    Case(provider=VULTR, fake=Vultr, module="vultr", options=token, apex=""),
    Case(
        provider=NETCUP,
        fake=Netcup,
        module="netcup",
        options=lambda _: {
            "auth_customer_id": Netcup.customer,
            "auth_api_key": Netcup.token,
            "auth_api_password": Netcup.password,
        },
        apex="@",
    ),
    Case(
        provider=SCALEWAY,
        fake=Scaleway,
        module="scaleway",
        options=lambda _: {"auth_secret_key": Scaleway.token},
        tolerated=("'home.example.test' with its zone",),
        apex="",
    ),
    Case(
        provider=NJALLA,
        fake=Njalla,
        module="njalla",
        options=token,
        tolerated=("'home.example.test' with its zone",),  # Njalla cuts full names by itself
        apex="@",
    ),
    Case(
        provider=ALIYUN,
        fake=Aliyun,
        module="aliyun",
        options=lambda fake: {"auth_key_id": Aliyun.key_id, "auth_secret": fake.token},
        # It writes the offset and the Z, and names the domain where an id says everything.
        tolerated=("timestamp ", "GET /: query: nobody asked for DomainName"),
        apex="@",
    ),
    Case(
        provider=IONOS,
        fake=Ionos,
        module="ionos",
        options=lambda fake: {"api_key": fake.token},
    ),
    Case(
        provider=DESEC,
        fake=DeSec,
        module="desec",
        options=token,
        # What the description does not know: a slash too many, and a TTL that is text.
        tolerated=("GET /api/v1/domains/", "POST /api/v1/domains/", "PATCH /api/v1/domains/"),
        apex="@",
    ),
    Case(
        provider=VERCEL,
        fake=Vercel,
        module="vercel",
        options=token,
        tolerated=("POST /v2/domains/example.test/records: a body that is not declared",),
    ),
    Case(
        provider=NS1,
        fake=Ns1,
        module="nsone",
        options=token,
    ),
    Case(
        provider=EASYDNS,
        fake=EasyDns,
        module="easydns",
        options=lambda _: {"auth_username": EasyDns.token, "auth_token": EasyDns.key},
        apex="@",
    ),
    Case(
        provider=GOOGLE,
        fake=Google,
        module="googleclouddns",
        options=lambda _: {
            "auth_service_account_info": "base64::"
            + b64encode(json.dumps(account("ours")).encode()).decode()
        },
        host="content.googleapis.com",
    ),
    Case(
        provider=GODADDY,
        fake=GoDaddy,
        module="godaddy",
        options=lambda _: {"auth_key": GoDaddy.token, "auth_secret": GoDaddy.secret},
        # It sends back the name and type that it read, which stand in the path.
        tolerated=("PUT /domains/example.test/records/A/",),
        apex="@",
    ),
    Case(
        provider=OVH,
        fake=Ovh,
        module="ovh",
        options=lambda fake: {
            "auth_entrypoint": "ovh-eu",
            "auth_application_key": Ovh.app_key,
            "auth_application_secret": fake.token,
            "auth_consumer_key": Ovh.consumer,
        },
        forgets_ttl=True,
    ),
    Case(
        provider=DYNU_API,
        fake=DynuApi,
        module="dynu",
        options=token,
        forgets_ttl=True,
        no_apex=True,
    ),
    Case(
        provider=DNSPOD,
        fake=DnsPod,
        module="dnspod",
        options=lambda fake: {"auth_username": DnsPod.token_id, "auth_token": fake.token},
        tolerated=("User-Agent",),
        apex="@",
    ),
)
