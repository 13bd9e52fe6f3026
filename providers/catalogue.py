"""Every DNS service that is supported: an explicit list, nothing is scanned or guessed."""

from __future__ import annotations

from functools import cache

from providers.aliyun import ALIYUN
from providers.azure import AZURE
from providers.bunny import BUNNY
from providers.cloudflare import CLOUDFLARE
from providers.cloudns import CLOUDNS
from providers.desec import DESEC
from providers.digitalocean import DIGITALOCEAN
from providers.dnsimple import DNSIMPLE
from providers.dnspod import DNSPOD
from providers.duckdns import DUCKDNS
from providers.dyndns2 import DYNDNS2
from providers.dynu_api import DYNU_API
from providers.dynv6_api import DYNV6_API
from providers.easydns import EASYDNS
from providers.engine.spec import Provider
from providers.external_dns import EXTERNAL_DNS
from providers.freedns import FREEDNS
from providers.gandi import GANDI
from providers.godaddy import GODADDY
from providers.google import GOOGLE
from providers.hetzner import HETZNER
from providers.huawei import HUAWEI
from providers.infomaniak import INFOMANIAK
from providers.inwx_api import INWX_API
from providers.ionos import IONOS
from providers.linode import LINODE
from providers.loopia import LOOPIA
from providers.luadns import LUADNS
from providers.namecheap import NAMECHEAP
from providers.namecom import NAMECOM
from providers.namesilo import NAMESILO
from providers.netcup import NETCUP
from providers.netlify import NETLIFY
from providers.njalla import NJALLA
from providers.ns1 import NS1
from providers.ovh import OVH
from providers.porkbun import PORKBUN
from providers.powerdns import POWERDNS
from providers.rfc2136 import RFC2136
from providers.route53 import ROUTE53
from providers.scaleway import SCALEWAY
from providers.technitium import TECHNITIUM
from providers.tellers import TELLERS
from providers.tencent import TENCENT
from providers.vercel import VERCEL
from providers.vultr import VULTR
from providers.webhook import WEBHOOK

CATALOGUE: tuple[Provider, ...] = (
    ALIYUN,
    AZURE,
    BUNNY,
    CLOUDFLARE,
    CLOUDNS,
    DESEC,
    DIGITALOCEAN,
    DNSIMPLE,
    DNSPOD,
    DUCKDNS,
    *DYNDNS2,
    DYNU_API,
    DYNV6_API,
    EASYDNS,
    EXTERNAL_DNS,
    FREEDNS,
    GANDI,
    GODADDY,
    GOOGLE,
    HETZNER,
    HUAWEI,
    INFOMANIAK,
    INWX_API,
    IONOS,
    LINODE,
    LOOPIA,
    LUADNS,
    NAMECHEAP,
    NAMECOM,
    NAMESILO,
    NETCUP,
    NETLIFY,
    NJALLA,
    NS1,
    OVH,
    PORKBUN,
    POWERDNS,
    RFC2136,
    ROUTE53,
    SCALEWAY,
    TECHNITIUM,
    *TELLERS,
    TENCENT,
    VERCEL,
    VULTR,
    WEBHOOK,
)

_BY_ID = {provider.id: provider for provider in CATALOGUE}


def by_id(name: str) -> Provider | None:
    """The provider that configurations call `name`; None for an unknown one.

    Behind `lexicon:` are those of dns-lexicon. Raises NotOffered for one that cannot be had.
    """
    bridge, _, module = name.partition(":")
    return _bridged(module) if bridge == "lexicon" else _BY_ID.get(name)


@cache
def _bridged(module: str) -> Provider:
    """The same value every time, made for those who have such an account."""
    from providers.engine.lexicon_offer import offer  # noqa: PLC0415  asks a process for 0.3 s
    from providers.lexicon import bridge  # noqa: PLC0415

    found = offer(module)
    return bridge(module, fields=found.fields, either=found.either, about=found.about)
