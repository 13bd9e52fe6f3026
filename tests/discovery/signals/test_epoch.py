from __future__ import annotations

import pytest

from discovery.signals.epoch import Epoch, natpmp_lost, pcp_lost


def epoch(router: int, received: float) -> Epoch:
    return Epoch(router=router, received=received)


def test_the_first_answer_tells_no_loss() -> None:
    assert not natpmp_lost(None, epoch(0, 0))
    assert not pcp_lost(None, epoch(0, 0))


@pytest.mark.parametrize(
    ("router", "received", "lost"),
    [
        pytest.param(1080, 180, False, id="both clocks went on alike"),
        pytest.param(1070, 180, False, id="an eighth slower"),
        pytest.param(1068, 180, False, id="an eighth and two seconds slower"),
        pytest.param(1067, 180, True, id="slower than that"),
        pytest.param(998, 100, False, id="two seconds back at once"),
        pytest.param(997, 100, True, id="three seconds back"),
        pytest.param(0, 100.1, True, id="begins anew"),
        pytest.param(90_000, 180, False, id="runs away, which NAT-PMP allows"),
    ],
)
def test_a_nat_pmp_clock_that_lags_means_a_loss(router: int, received: float, lost: bool) -> None:
    assert natpmp_lost(epoch(1000, 100), epoch(router, received)) is lost


@pytest.mark.parametrize(
    ("router", "received", "lost"),
    [
        pytest.param(1160, 260, False, id="both clocks went on alike"),
        pytest.param(999, 100, False, id="one second back"),
        pytest.param(998, 100, True, id="two seconds back"),
        pytest.param(1148, 260, False, id="a sixteenth and two seconds slower"),
        pytest.param(1147, 260, True, id="slower than that"),
        pytest.param(1172, 260, False, id="a sixteenth and two seconds faster"),
        pytest.param(1173, 260, True, id="faster than that"),
        pytest.param(9000, 101, True, id="we were asleep"),
        pytest.param(0, 100.1, True, id="begins anew"),
    ],
)
def test_pcp_clocks_that_part_mean_a_loss(router: int, received: float, lost: bool) -> None:
    assert pcp_lost(epoch(1000, 100), epoch(router, received)) is lost
