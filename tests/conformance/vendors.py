"""The vendors' APIs on trial, each against its fake. To add one: a row here."""

from __future__ import annotations

from providers.cloudns import CLOUDNS
from providers.digitalocean import DIGITALOCEAN
from providers.gandi import GANDI
from providers.hetzner import HETZNER
from providers.linode import LINODE
from providers.luadns import LUADNS
from providers.namecom import NAMECOM
from providers.namesilo import NAMESILO
from providers.porkbun import PORKBUN
from providers.scaleway import SCALEWAY
from providers.vultr import VULTR
from tests.conformance.bench import Bench
from tests.conformance.vendor_bench import VendorBench
from tests.support.provider_fakes.cloudns import ClouDns
from tests.support.provider_fakes.digitalocean import DigitalOcean
from tests.support.provider_fakes.gandi import Gandi
from tests.support.provider_fakes.hetzner import Hetzner
from tests.support.provider_fakes.linode import Linode
from tests.support.provider_fakes.luadns import LuaDns
from tests.support.provider_fakes.namecom import NameCom
from tests.support.provider_fakes.namesilo import NameSilo
from tests.support.provider_fakes.porkbun import Porkbun
from tests.support.provider_fakes.scaleway import Scaleway
from tests.support.provider_fakes.vultr import Vultr

VENDORS: tuple[Bench, ...] = (
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
)
