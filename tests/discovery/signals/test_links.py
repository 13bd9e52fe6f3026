from __future__ import annotations

import pytest

from discovery.signals.kernel_socket import KernelSocket
from discovery.signals.links import links
from discovery.signals.source import Unavailable
from discovery.signals.windows import IpHelper


@pytest.mark.parametrize(
    ("platform", "kind"), [("linux", KernelSocket), ("darwin", KernelSocket), ("win32", IpHelper)]
)
def test_each_system_has_its_own_way_under_one_name(platform: str, kind: type) -> None:
    source = links(lambda _: None, platform=platform)
    assert isinstance(source, kind)
    assert source.name == "netlink"


def test_a_system_without_one_says_so() -> None:
    with pytest.raises(Unavailable, match=r"this system \(plan9\)"):
        links(lambda _: None, platform="plan9")
