"""What the path explains is no trouble of its own."""

from __future__ import annotations

import pytest

from discovery.observation import Address
from discovery.path.view import Mapped, PathView, Scatter
from discovery.webrtc.view import IceCandidate, IceView
from tests.support.sightings import LOCAL, OTHER, PUBLIC, STUN, THIRD, seen
from tests.support.troubled_homes import judged

DIFFERS = "WebRTC applications are seen as another address."
TURNS = Scatter(
    mapped=tuple(
        Mapped(local_port=40000, address=address, port=40000, server="stun.one.example:3478")
        for address in (PUBLIC, OTHER)
    )
)


def ice(*addresses: Address) -> IceView:
    """A gather that found this machine's own address, and these outside."""
    inner = IceCandidate(kind="host", address=LOCAL, port=40000)
    outer = (IceCandidate(kind="srflx", address=one, port=40000) for one in addresses)
    return IceView(candidates=(inner, *outer))


@pytest.mark.parametrize(
    ("view", "known", "told"),
    [
        pytest.param(ice(OTHER), {}, DIFFERS, id="nothing explains it"),
        pytest.param(
            ice(OTHER), {"through_vpn": (seen(STUN[0], OTHER),)}, "", id="the VPN's other end"
        ),
        pytest.param(
            ice(OTHER),
            {"through_vpn": (seen(STUN[0], THIRD),)},
            DIFFERS,
            id="not what the VPN leads to",
        ),
        pytest.param(
            ice(OTHER, THIRD),
            {"through_vpn": (seen(STUN[0], OTHER),)},
            DIFFERS,
            id="the VPN's other end, and one more",
        ),
        pytest.param(
            ice(OTHER), {"path": PathView(scatter=TURNS)}, "", id="the other of two lines"
        ),
        pytest.param(ice(), {}, DIFFERS, id="it saw nothing"),
        pytest.param(None, {}, DIFFERS, id="there is no such stack"),
    ],
)
def test_the_webrtc_stack_may_see_what_is_known_already(
    view: IceView | None, known: dict[str, object], told: str
) -> None:
    assert judged(ice=view, ice_differs=DIFFERS, **known).ice_differs == told
