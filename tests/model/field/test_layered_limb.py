"""A limb of one's own: round and rectangular pads, several pairs, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.model.field.layered_limb import LayeredLimb, LimbLayer, LimbPad, potentials_along

Z = np.linspace(40.0, 260.0, 45)
LAYERS = tuple(
    LimbLayer(outer_radius_mm=r, radial_s_m=across, axial_s_m=along)
    for r, across, along in ((10.0, 0.02, 0.02), (36.0, 0.1, 0.4), (40.0, 0.03, 0.03))
)


def pad(z_mm: float, share: float, angle: float = 0.0, disc: bool = False) -> LimbPad:
    return LimbPad(
        centre_z_mm=z_mm, angle_deg=angle, height_mm=30.0, width_mm=30.0, current_share=share,
        round=disc,
    )  # fmt: skip


def limb(*pads: LimbPad) -> LayeredLimb:
    return LayeredLimb(length_mm=300.0, layers=LAYERS, pads=pads)


def volts(one: LayeredLimb, angle_deg: float = 0.0) -> np.ndarray:
    return potentials_along(one, radius_mm=28.0, angle_deg=angle_deg, z_mm=Z)


def test_two_pairs_are_the_sum_of_each_pair() -> None:
    first = (pad(110, -1.0), pad(190, 1.0))
    second = (pad(110, -1.0, 180.0), pad(190, 1.0, 180.0))
    both = tuple(replace(p, current_share=0.5 * p.current_share) for p in first + second)
    together = 0.5 * (volts(limb(*first)) + volts(limb(*second)))
    np.testing.assert_allclose(volts(limb(*both)), together, rtol=1e-9, atol=1e-12)


def test_a_limb_turned_with_its_pads_is_the_same_limb() -> None:
    turned = limb(pad(110, -1.0, 75.0), pad(190, 1.0, 75.0))
    straight = volts(limb(pad(110, -1.0), pad(190, 1.0)))
    np.testing.assert_allclose(volts(turned, 75.0), straight, rtol=1e-9)


def test_a_disc_and_a_square_of_the_same_area_are_alike_at_depth() -> None:
    side = 30.0 * np.sqrt(np.pi) / 2.0
    square = [replace(pad(z, s), width_mm=side, height_mm=side) for z, s in ((110, -1), (190, 1))]
    disc = limb(pad(110, -1.0, disc=True), pad(190, 1.0, disc=True))
    np.testing.assert_allclose(
        volts(disc), volts(limb(*square)), atol=0.01 * abs(volts(disc)).max()
    )


@pytest.mark.parametrize(
    ("two", "says"),
    [
        (pad(135, 1.0), "overlap by 5 mm"),
        (pad(120, 1.0, 350.0), "overlap"),  # the short way round
        (pad(138, 1.0, disc=True), "overlap by 2 mm"),
        (pad(290, 1.0), "onto the limb"),
        (replace(pad(190, 1.0), width_mm=84.0), "more than a third"),
        (pad(190, 0.5), "add up to zero"),
    ],
)
def test_pads_the_model_has_no_business_with_are_refused(two: LimbPad, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        limb(pad(110, -1.0), two)


def test_pads_that_only_touch_are_allowed() -> None:
    assert np.isfinite(volts(limb(pad(110, -1.0), pad(140, 1.0)))).all()
