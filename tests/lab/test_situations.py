"""The table of situations: each can be arranged, and this is what netcheck would say of it.

Most of them look the same to such a tool. What makes each of them real is proved in `test_ground*`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.lab.asking import netcheck
from tests.lab.lab import Lab
from tests.lab.places import HOME6_NET, LINE6, RECORD, VPN_EXIT, WAN
from tests.lab.plan import Plan
from tests.lab.situations import SITUATIONS, Situation

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

PLAIN = {
    "UDP": True,
    "IPv4": WAN,
    "IPv6": "",
    "Varies": False,
    "Ports": "UPnP PMP PCP",
    "Captive": False,
}
UPNP_ALONE = {"Ports": "UPnP"}
SILENT = {"Ports": ""}
NO_UDP = {"UDP": False, "IPv4": "", "Varies": None}
OWN_IPV6 = {"IPv6": HOME6_NET}
LOOKS_LIKE: Mapping[str, Mapping[str, Any]] = {
    "direct": SILENT,
    "cgnat": UPNP_ALONE,
    "cgnat_silent": SILENT,
    "double_nat": UPNP_ALONE,
    "double_nat_silent": SILENT,
    "nat_1to1": UPNP_ALONE,
    "nat_1to1_forwarded": UPNP_ALONE,
    "ds_lite": OWN_IPV6,
    "ds_lite_said": {**OWN_IPV6, **UPNP_ALONE},
    "two_lines": {"Varies": True, "IPv4": None},
    "wan_down": {**NO_UDP, "Captive": None},
    "wan_down_0000": {**NO_UDP, "Captive": None, **UPNP_ALONE},
    "captive_portal": {**NO_UDP, "Captive": True, **SILENT},
    "router_silent": SILENT,
    "upnp_off": {"Ports": "PMP PCP"},
    "natpmp_off": UPNP_ALONE,
    "router_stale": UPNP_ALONE,
    "foreign_igd": UPNP_ALONE,
    "media_server": UPNP_ALONE,
    "udp_blocked": NO_UDP,
    "udp_blocked_silent": {**NO_UDP, **SILENT},
    "symmetric": {"Varies": True},
    "vpn": {"IPv4": VPN_EXIT},
    "vpn_silent": {"IPv4": VPN_EXIT, **SILENT},
    "stun_lies_silent": SILENT,
    "ipv6_stable": OWN_IPV6,
    "ipv6_open": {**OWN_IPV6, "Ports": "UPnP"},  # its router says nothing of a firewall
    "ipv6_temporary": OWN_IPV6,
    "ipv6_nat66": {"IPv6": LINE6[0]},
}
"""Where netcheck sees anything else than a plain home."""


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_a_situation_is_arranged_and_looks_like_this_to_netcheck(
    arrange: Arrange, situation: Situation
) -> None:
    lab = arrange(situation.plan)
    report = netcheck(lab)
    seen = {
        "UDP": report["UDP"],
        "IPv4": report["GlobalV4"].rpartition(":")[0],
        "IPv6": re.sub(r"^\[(.*)\]:\d+$", r"\1", report["GlobalV6"]),
        "Varies": report["MappingVariesByDestIP"],
        "Ports": " ".join(name for name in ("UPnP", "PMP", "PCP") if report[name]),
        "Captive": report["CaptivePortal"],
    }
    expected = {**PLAIN, **LOOKS_LIKE.get(situation.name, {})}
    if expected["IPv6"] == HOME6_NET:
        assert seen["IPv6"].startswith(HOME6_NET)
        expected["IPv6"] = seen["IPv6"]
    if expected["IPv4"] is None:  # either line
        expected["IPv4"] = seen["IPv4"]
    assert seen == expected


def test_every_situation_has_a_name_of_its_own_and_a_title_of_one_line() -> None:
    names = [situation.name for situation in SITUATIONS]
    assert len(names) == len(set(names))
    assert set(LOOKS_LIKE) <= set(names)
    for situation in SITUATIONS:
        assert re.fullmatch(r"[a-z0-9_]+", situation.name)
        assert 10 < len(situation.title) < 100
        assert not situation.title.endswith(".")
        assert situation.notes == "" or situation.notes.endswith(".")


def test_a_situation_s_configuration_is_one_that_is_valid(arrange: Arrange) -> None:
    lab = arrange(Plan())
    different = {repr(situation.config): situation for situation in SITUATIONS}
    for situation in different.values():
        lab.config(**situation.config)
        checked = lab.upstun("check")
        assert checked.status == 0, (situation.name, checked.stdout, checked.stderr)
        name = situation.config.get("[record]", {}).get("name", RECORD)
        assert f'name = "{name}"' in lab.config_path.read_text()
