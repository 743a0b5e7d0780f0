"""The fast predictor against the exact model, and its laws. Errors over many fields: validation/."""

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence.nerve import polarisation
from rheobase.model.nerve.mrg2002 import centres_mm
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.polarisation import (
    predicted_thresholds_ma,
    prepared,
    thresholds_of,
)
from rheobase.model.nerve.pulse_samples import Phases, rectangular
from rheobase.model.nerve.thresholds import thresholds_ma

SPACING_MM = 1.0
PATH_MM = np.arange(0.0, 240.0 + SPACING_MM / 2, SPACING_MM)


def under_two_discs(z_mm, depth_mm):
    """Potential per mA below a cathode at 90 mm and an anode at 150 mm: rings of small sources."""
    total = 0.0
    for place, sign in ((90.0, -1.0), (150.0, 1.0)):
        for radius in (4.0, 9.0, 14.0):
            for turn in np.arange(0.0, 2.0 * np.pi, np.pi / 4):
                along = z_mm - place - radius * np.cos(turn)
                r = np.sqrt(along**2 / 3.0 + depth_mm**2 + (radius * np.sin(turn)) ** 2)
                total = total + sign / 24.0 * 1000.0 / (2.0 * np.pi * 0.11 * np.sqrt(3.0)) / r
    return total


def predicted(paths, diameters, **changed):
    given = {
        "spacing_mm": SPACING_MM,
        "adult_diameter_um": diameters,
        "internode_scale": 1.0,
        "myelin_scale": 1.0,
        "phases": Phases.BIPHASIC,
        "width_us": 200.0,
    }
    return predicted_thresholds_ma(polarisation(), paths, **{**given, **changed})


def exact(model, sizes, diameter_um, scales, depth_mm, pulse, last_node_mm):
    fibre = immature(fitted(sizes, diameter_um), 1.0, *scales)
    n_nodes = int(last_node_mm / (fibre.internode_um[0] / 1000.0)) + 1
    at_mm = centres_mm(model, fibre, n_nodes)
    at_mm = at_mm - at_mm[:, -1:] + last_node_mm
    return thresholds_ma(model, fibre, under_two_discs(at_mm, depth_mm), pulse)[0]


@pytest.mark.parametrize("phases", list(Phases))
@pytest.mark.parametrize(
    ("diameter_um", "scales"), [(8.5, (1.0, 1.0)), (14.0, (0.8, 0.7)), (10.0, (0.55, 0.6))]
)
def test_a_prediction_lies_within_six_percent(model, sizes, phases, diameter_um, scales):
    depths_mm = np.array([6.0, 14.0])
    paths = np.array([under_two_discs(PATH_MM, d) for d in depths_mm])
    found = predicted(
        paths,
        [diameter_um],
        internode_scale=scales[0],
        myelin_scale=scales[1],
        phases=phases,
        width_us=150.0,
    )
    shot = rectangular(phases, 150.0, dt_us=5.0)
    true = [exact(model, sizes, diameter_um, scales, d, shot, 240.0) for d in depths_mm]
    np.testing.assert_allclose(found[:, 0], true, rtol=0.06)


@pytest.mark.parametrize("terminal_mm", [80.0, 95.5, 112.3])
def test_a_sealed_end_is_predicted_too(model, sizes, terminal_mm):
    path = under_two_discs(PATH_MM, 10.0)[None]
    found = predicted(path, [10.0], internode_scale=0.8, terminal_mm=terminal_mm)
    shot = rectangular(Phases.BIPHASIC, 200.0, dt_us=5.0)
    true = exact(model, sizes, 10.0, (0.8, 1.0), 10.0, shot, terminal_mm)
    assert found[0, 0] == pytest.approx(true, rel=0.06)


@pytest.mark.parametrize("terminal_mm", [86.0, 148.0, 170.0])
@pytest.mark.parametrize("phases", list(Phases))
def test_the_end_of_a_short_immature_fibre_is_predicted_below_either_pad(
    model, sizes, phases, terminal_mm
):
    path = under_two_discs(PATH_MM, 8.0)[None]
    found = predicted(
        path, [9.5], internode_scale=0.5, myelin_scale=0.5, phases=phases, terminal_mm=terminal_mm
    )
    shot = rectangular(phases, 200.0, dt_us=5.0)
    true = exact(model, sizes, 9.5, (0.5, 0.5), 8.0, shot, terminal_mm)
    assert found[0, 0] == pytest.approx(true, rel=0.06)


def test_fibres_prepared_once_give_the_same_in_any_number_of_fields():
    paths = np.array([under_two_discs(PATH_MM, d) for d in (6.0, 9.0, 15.0)])
    size = {"internode_scale": np.array([[0.6], [0.9]]), "myelin_scale": 0.8}
    ready = prepared(
        polarisation(), spacing_mm=SPACING_MM, adult_diameter_um=[[8.0, 12.0], [9.0, 10.0]],
        phases=Phases.BIPHASIC, width_us=200.0, **size,
    )  # fmt: skip
    together = thresholds_of(ready, paths[[0, 1, 2, 0]], np.array([0, 1, 1, 1]), threads=False)
    for row, (path, diameters, scale) in enumerate(
        ((0, [8.0, 12.0], 0.6), (1, [9.0, 10.0], 0.9), (2, [9.0, 10.0], 0.9), (0, [9.0, 10.0], 0.9))
    ):
        alone = predicted(
            paths[path : path + 1], diameters, internode_scale=scale, myelin_scale=0.8
        )
        np.testing.assert_allclose(together[row], alone[0], rtol=1e-9)


def test_predictions_scale_with_the_field():
    path = under_two_discs(PATH_MM, 10.0)[None]
    once, twice = predicted(path, [8.0, 12.0]), predicted(2.0 * path, [8.0, 12.0])
    np.testing.assert_allclose(once, 2.0 * twice, rtol=1e-9)


def test_larger_fibres_and_longer_pulses_need_less():
    path = under_two_discs(PATH_MM, 10.0)[None]
    widths_us = (20.0, 60.0, 130.0, 280.0, 500.0)
    found = np.array([predicted(path, [6.0, 9.0, 12.0, 15.0], width_us=w)[0] for w in widths_us])
    assert np.all(np.diff(found, axis=0) < 0.0)
    assert np.all(np.diff(found, axis=1) < 0.0)


def test_a_finer_path_gives_the_same_answer():
    fine_mm = np.arange(0.0, 240.1, 0.25)
    coarse = predicted(under_two_discs(PATH_MM, 8.0)[None], [7.0, 10.0, 14.0])
    fine = predicted(under_two_discs(fine_mm, 8.0)[None], [7.0, 10.0, 14.0], spacing_mm=0.25)
    np.testing.assert_allclose(coarse, fine, rtol=5e-3)


def test_a_path_turned_round_is_the_same_path():
    path = under_two_discs(PATH_MM, 8.0)[None]
    np.testing.assert_allclose(
        predicted(path, [10.0]), predicted(np.ascontiguousarray(path[:, ::-1]), [10.0]), rtol=1e-6
    )


def test_many_lines_give_what_each_gives_alone():
    paths = np.array([under_two_discs(PATH_MM, d) for d in np.linspace(5.0, 25.0, 70)])
    scales = np.linspace(0.5, 1.0, 70)[:, None]
    together = predicted(paths, [8.0, 11.0], internode_scale=scales)
    for k in (0, 33, 69):
        alone = predicted(paths[k : k + 1], [8.0, 11.0], internode_scale=scales[k])
        np.testing.assert_allclose(together[k], alone[0], rtol=1e-9)


@pytest.mark.parametrize("n_samples", [8, 9, 10, 19, 241])
def test_a_straight_potential_excites_nothing(n_samples):
    assert predicted(0.3 * PATH_MM[None, :n_samples] + 4.0, [10.0])[0, 0] > 1e6


def test_a_pulse_outside_the_calibration_is_refused():
    path = under_two_discs(PATH_MM, 8.0)[None]
    with pytest.raises(BadInput, match="width_us"):
        predicted(path, [10.0], width_us=5.0)
    with pytest.raises(BadInput, match="exact model"):
        predicted(path, [22.0])
    with pytest.raises(BadInput, match="Make the path longer"):
        predicted(path, [10.0], terminal_mm=500.0)
