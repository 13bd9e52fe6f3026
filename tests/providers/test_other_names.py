"""Names from other clients' configurations lead to the service that is meant."""

from __future__ import annotations

import pytest

from providers.catalogue import by_id, ids
from providers.engine import other_names
from providers.engine.other_names import meant_by

SAID = [
    ("no-ip.com", "noip"),
    ("default@no-ip.com", "noip"),
    ("ipv6@freedns.afraid.org", "freedns"),
    ("afraid", "freedns"),
    ("he.net", "he"),
    ("dyn.dns.he.net", "he"),
    ("default@dynu.com", "dynu"),
    ("default@duckdns.org", "duckdns"),
    ("all-inkl.com", "allinkl"),
    ("selfhost.de", "selfhost"),
    ("name_com", "namecom"),
    ("Name.com", "namecom"),
    ("nsone", "ns1"),
    ("alidns", "aliyun"),
    ("tencentcloud", "tencent"),
    ("huaweidns", "huawei"),
    ("gcp", "google"),
    ("hetznercloud", "hetzner"),
    ("callback", "webhook"),
    ("do.de", "do_de"),
    ("zoneedit1", "zoneedit"),
    ("dd24", "dd24"),
    ("simply.com", "simply"),
    ("inwx.com", ""),  # two faces: its API and its DynDNS
    ("dead-service.example", ""),
    ("", ""),
]


@pytest.mark.parametrize(("written", "meant"), SAID)
def test_a_name_from_elsewhere_is_understood(written: str, meant: str) -> None:
    assert meant_by(written, ids()) == meant


def test_every_name_that_is_meant_exists() -> None:
    for name in other_names._MEANT.values():
        assert by_id(name) is not None, name


def test_what_nobody_supports_here_is_not_suggested() -> None:
    assert meant_by("alidns", ["cloudflare"]) == ""
