"""The names under which other dynamic-DNS clients know the services: pure text.

Whoever comes from ddclient, inadyn, ddns-updater, ddns-go or NewFuture/DDNS writes what stood in
the old configuration, and should be told the id that is meant. A name that says the same in another
spelling needs no row: `no-ip.com`, `default@dynu.com` and `Name.com` find theirs by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_MEANT: Mapping[str, str] = {
    "afraid": "freedns",
    "alidns": "aliyun",
    "aws": "route53",
    "callback": "webhook",
    "custom": "webhook",
    "domaindiscount24": "dd24",
    "dyndns": "dyn",
    "dyndns1": "dyndns2",
    "dyndnshe": "he",
    "freednsafraid": "freedns",
    "gcp": "google",
    "googleclouddns": "google",
    "hetznercloud": "hetzner",
    "hurricaneelectric": "he",
    "huaweicloud": "huawei",
    "huaweidns": "huawei",
    "keysystems": "dd24",
    "nsone": "ns1",
    "opendns": "dnsomatic",
    "ovhcloud": "ovh",
    "qcloud": "tencent",
    "regfishde": "regfish",
    "tencentcloud": "tencent",
    "zeit": "vercel",
    "zoneedit1": "zoneedit",
}
_ENDING = re.compile(r"\.(com|net|org|info|de|fr|io|eu|cn|cloud|cc|no|nl|me)$")


def meant_by(written: str, ids: Iterable[str]) -> str:
    """The id that another client's name stands for; empty where it says nothing."""
    bare = written.lower().rpartition("@")[2].removeprefix("www.")
    known = {_plain(name): name for name in ids}
    for word in (_plain(bare), _plain(_ENDING.sub("", bare))):
        found = known.get(word) or _MEANT.get(word, "")
        if found in known.values():
            return found
    return ""


def _plain(name: str) -> str:
    """The letters and digits of a name: clients differ in what they put between them."""
    return re.sub(r"[^a-z0-9]", "", name)
