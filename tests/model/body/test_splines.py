"""Curves through points agree with an independent library's."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline, PchipInterpolator

from rheobase.model.body.splines import at, shaped_slopes, smooth_slopes

RNG = np.random.default_rng(3)
X = np.cumsum(RNG.uniform(0.1, 1.0, 12))
CURVES = [RNG.standard_normal(12), np.cumsum(RNG.uniform(0.0, 1.0, 12)), np.sin(X)]
BETWEEN = np.linspace(X[0], X[-1], 101)


@pytest.mark.parametrize("y", CURVES)
def test_the_smooth_curve_is_the_cubic_spline_of_an_independent_library(y: np.ndarray) -> None:
    slopes = smooth_slopes(X, y)
    ours = [at(X, y, slopes, here) for here in BETWEEN]
    np.testing.assert_allclose(ours, CubicSpline(X, y)(BETWEEN), atol=1e-10)


@pytest.mark.parametrize("y", CURVES)
@pytest.mark.parametrize("n", [2, 3, 12])
def test_the_shaped_curve_is_the_monotone_one_of_an_independent_library(
    y: np.ndarray, n: int
) -> None:
    x, few = X[:n], y[:n]
    slopes = shaped_slopes(x, few)
    places = np.linspace(x[0], x[-1], 51)
    ours = [at(x, few, slopes, here) for here in places]
    np.testing.assert_allclose(ours, PchipInterpolator(x, few)(places), atol=1e-12)


def test_the_shaped_curve_never_overshoots_its_points() -> None:
    y = np.cumsum(RNG.uniform(0.0, 1.0, 12))
    slopes = shaped_slopes(X, y)
    assert (np.diff([at(X, y, slopes, here) for here in BETWEEN]) >= -1e-12).all()
