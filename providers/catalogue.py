"""Every DNS service that is supported: an explicit list, nothing is scanned or guessed."""

from __future__ import annotations

from providers.aliyun import ALIYUN
from providers.cloudflare import CLOUDFLARE
from providers.cloudns import CLOUDNS
from providers.digitalocean import DIGITALOCEAN
from providers.dnsimple import DNSIMPLE
from providers.duckdns import DUCKDNS
from providers.dyndns2 import DYNDNS2
from providers.engine.spec import Provider
from providers.gandi import GANDI
from providers.hetzner import HETZNER
from providers.infomaniak import INFOMANIAK
from providers.ionos import IONOS
from providers.linode import LINODE
from providers.luadns import LUADNS
from providers.namecom import NAMECOM
from providers.namesilo import NAMESILO
from providers.netcup import NETCUP
from providers.njalla import NJALLA
from providers.porkbun import PORKBUN
from providers.powerdns import POWERDNS
from providers.rfc2136 import RFC2136
from providers.route53 import ROUTE53
from providers.scaleway import SCALEWAY
from providers.vultr import VULTR

CATALOGUE: tuple[Provider, ...] = (
    ALIYUN,
    CLOUDFLARE,
    CLOUDNS,
    DIGITALOCEAN,
    DNSIMPLE,
    DUCKDNS,
    *DYNDNS2,
    GANDI,
    HETZNER,
    INFOMANIAK,
    IONOS,
    LINODE,
    LUADNS,
    NAMECOM,
    NAMESILO,
    NETCUP,
    NJALLA,
    PORKBUN,
    POWERDNS,
    RFC2136,
    ROUTE53,
    SCALEWAY,
    VULTR,
)

_BY_ID = {provider.id: provider for provider in CATALOGUE}


def by_id(name: str) -> Provider | None:
    """The provider that configurations call `name`; None for an unknown one."""
    return _BY_ID.get(name)
