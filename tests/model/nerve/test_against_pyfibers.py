"""PyFibers itself, run beside our kernel: a second oracle of the exact fibre."""

import sys
from pathlib import Path

import pytest

from rheobase.model.nerve.mrg_geometry import sized
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.thresholds import thresholds_ma

pytestmark = pytest.mark.oracle
N_NODES = 21


@pytest.fixture(scope="module")
def pyfibers_fibre():
    sys.path.insert(0, str(Path(__file__).parents[3] / "validation/mrg_pyfibers"))
    try:
        import pyfibers_fibre

        yield pyfibers_fibre.PyFibersFibre
    finally:
        del sys.path[0]


@pytest.mark.parametrize(
    ("diameter_um", "tabulated", "shape"),
    [(10.0, True, Shape.CATHODIC), (7.9, False, Shape.BIPHASIC), (12.8, True, Shape.ANODIC)],
)
def test_a_threshold_of_ours_is_that_of_pyfibers(
    model, sizes, pyfibers_fibre, diameter_um, tabulated, shape
):
    fibre = sized(sizes, diameter_um)
    field = point_field(
        model,
        fibre,
        N_NODES,
        distance_mm=2.0,
        offset_mm=0.2,
        sigma_s_m=0.3,
        over_node=N_NODES // 2,
    )
    shot = pulse(shape, 150.0, dt_us=5.0)
    ours = thresholds_ma(model, fibre, field, shot)[0]
    theirs = pyfibers_fibre(diameter_um, N_NODES, tabulated=tabulated).threshold_ma(
        field[0], shot, low_ma=0.9 * ours, high_ma=1.25 * ours, stop_ms=2.0
    )
    assert ours == pytest.approx(theirs, rel=1e-3)
