"""The vendors' APIs on trial, each against its fake. To add one: a row here."""

from __future__ import annotations

from providers.aliyun import ALIYUN
from providers.azure import AZURE
from providers.bunny import BUNNY
from providers.cloudns import CLOUDNS
from providers.desec import DESEC
from providers.digitalocean import DIGITALOCEAN
from providers.dnsimple import DNSIMPLE
from providers.dnspod import DNSPOD
from providers.dynu_api import DYNU_API
from providers.dynv6_api import DYNV6_API
from providers.easydns import EASYDNS
from providers.external_dns import EXTERNAL_DNS
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
from providers.namecom import NAMECOM
from providers.namesilo import NAMESILO
from providers.netcup import NETCUP
from providers.netlify import NETLIFY
from providers.njalla import NJALLA
from providers.ns1 import NS1
from providers.ovh import OVH
from providers.porkbun import PORKBUN
from providers.route53 import ROUTE53
from providers.scaleway import SCALEWAY
from providers.technitium import TECHNITIUM
from providers.tencent import TENCENT
from providers.vercel import VERCEL
from providers.vultr import VULTR
from tests.conformance.bench import Bench
from tests.conformance.vendor_bench import VendorBench
from tests.support.provider_fakes.aliyun import Aliyun
from tests.support.provider_fakes.azure import Azure
from tests.support.provider_fakes.bunny import Bunny
from tests.support.provider_fakes.cloudns import ClouDns
from tests.support.provider_fakes.desec import DeSec
from tests.support.provider_fakes.digitalocean import DigitalOcean
from tests.support.provider_fakes.dnsimple import DnSimple
from tests.support.provider_fakes.dnspod import DnsPod
from tests.support.provider_fakes.dynu_api import DynuApi
from tests.support.provider_fakes.dynv6 import Dynv6
from tests.support.provider_fakes.easydns import EasyDns
from tests.support.provider_fakes.external_dns import Kubernetes
from tests.support.provider_fakes.gandi import Gandi
from tests.support.provider_fakes.godaddy import GoDaddy
from tests.support.provider_fakes.google import Google
from tests.support.provider_fakes.hetzner import Hetzner
from tests.support.provider_fakes.huawei import Huawei
from tests.support.provider_fakes.infomaniak import Infomaniak
from tests.support.provider_fakes.inwx import Inwx
from tests.support.provider_fakes.ionos import Ionos
from tests.support.provider_fakes.linode import Linode
from tests.support.provider_fakes.loopia import Loopia
from tests.support.provider_fakes.luadns import LuaDns
from tests.support.provider_fakes.namecom import NameCom
from tests.support.provider_fakes.namesilo import NameSilo
from tests.support.provider_fakes.netcup import Netcup
from tests.support.provider_fakes.netlify import Netlify
from tests.support.provider_fakes.njalla import Njalla
from tests.support.provider_fakes.ns1 import Ns1
from tests.support.provider_fakes.ovh import Ovh
from tests.support.provider_fakes.porkbun import Porkbun
from tests.support.provider_fakes.route53 import Route53
from tests.support.provider_fakes.scaleway import Scaleway
from tests.support.provider_fakes.technitium import Technitium
from tests.support.provider_fakes.tencent import Tencent
from tests.support.provider_fakes.vercel import Vercel
from tests.support.provider_fakes.vultr import Vultr

VENDORS: tuple[Bench, ...] = (
    VendorBench(DYNV6_API, Dynv6, apex=False),
    VendorBench(DIGITALOCEAN, DigitalOcean),
    VendorBench(GANDI, Gandi, atomic=True),
    VendorBench(LUADNS, LuaDns),
    VendorBench(LINODE, Linode),
    VendorBench(HETZNER, Hetzner, atomic=True),
    VendorBench(PORKBUN, Porkbun),
    VendorBench(CLOUDNS, ClouDns),
    VendorBench(NAMECOM, NameCom),
    VendorBench(VULTR, Vultr),
    VendorBench(NAMESILO, NameSilo),
    VendorBench(SCALEWAY, Scaleway, atomic=True),
    VendorBench(NETCUP, Netcup, atomic=True),
    VendorBench(NJALLA, Njalla),
    VendorBench(ALIYUN, Aliyun),
    VendorBench(INFOMANIAK, Infomaniak),
    VendorBench(DNSIMPLE, DnSimple, atomic=True),
    VendorBench(ROUTE53, Route53, atomic=True),
    VendorBench(IONOS, Ionos),
    VendorBench(BUNNY, Bunny),
    VendorBench(DESEC, DeSec, atomic=True),
    VendorBench(LOOPIA, Loopia),
    VendorBench(VERCEL, Vercel),
    VendorBench(TENCENT, Tencent),
    VendorBench(NETLIFY, Netlify, change=2),
    VendorBench(GOOGLE, Google, atomic=True),
    VendorBench(NS1, Ns1, atomic=True),
    VendorBench(HUAWEI, Huawei, atomic=True),
    VendorBench(INWX_API, Inwx),
    VendorBench(EASYDNS, EasyDns),
    VendorBench(AZURE, Azure, atomic=True),
    VendorBench(GODADDY, GoDaddy, atomic=True),
    VendorBench(OVH, Ovh, first_with_key=2),
    VendorBench(TECHNITIUM, Technitium),
    VendorBench(DYNU_API, DynuApi),
    VendorBench(DNSPOD, DnsPod),
    VendorBench(EXTERNAL_DNS, Kubernetes, atomic=True, no_zone=None),
)
