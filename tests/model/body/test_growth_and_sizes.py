"""Laws of the body: the published medians, sums that must close, measurements that win."""

import numpy as np
import pytest

from rheobase.evidence.chain_parameters import chain_parameters, norms
from rheobase.evidence.load import TAGS, sources
from rheobase.model.body.child import BodyMeasure, Child, Condition, Quantity, Sex
from rheobase.model.body.layers import cylinder
from rheobase.model.body.size import Sizes, sizes_of
from rheobase.stimulus.pads import Segment, Side

# body.md 1.2: age in years, height M/F in cm, mass M/F in kg
TABLE = (
    (0.33, 63.8, 62.0, 7.0, 6.4),
    (3.0, 96.1, 95.1, 14.3, 13.9),
    (6.0, 116.0, 115.1, 20.5, 20.2),
    (10.0, 137.8, 138.6, 31.2, 31.9),
    (14.0, 163.2, 159.8, 51.0, 49.4),
    (18.0, 176.1, 163.1, 67.2, 56.2),
)
EVERYBODY = np.arange(256)


def child(age_months: float, **more: object) -> Child:
    given = {"sex": Sex.MALE, "condition": Condition.TYPICAL, "gmfcs": None, **more}
    return Child(age_months=age_months, **given)


def bodies(one: Child, seed: int = 1) -> Sizes:
    return sizes_of(one, Side.LEFT, norms(), 256, seed)


@pytest.mark.parametrize("row", TABLE)
def test_medians_of_height_and_mass_are_the_published_ones(row: tuple[float, ...]) -> None:
    years, tall_m, tall_f, heavy_m, heavy_f = row
    curves = norms().curves
    for sex, tall, heavy in ((Sex.MALE, tall_m, heavy_m), (Sex.FEMALE, tall_f, heavy_f)):
        assert curves["height"].at(12 * years, sex) == pytest.approx(tall, rel=0.005)
        assert curves["mass"].at(12 * years, sex) == pytest.approx(heavy, rel=0.005)


@pytest.mark.parametrize("key", ["height", "mass", "thigh_girth", "foot_share", "hip_girth"])
def test_growth_between_the_ages_of_the_table_is_calm(key: str) -> None:
    for sex in Sex:
        ages = np.arange(4.0, 217.0)
        curve = norms().curves[key]
        steps = np.diff(np.log([curve.at(float(a), sex) for a in ages]))
        assert np.abs(np.diff(steps[24:])).max() < 0.01
        if key in ("height", "mass"):
            assert steps.min() > -0.0005


def test_the_infant_medians_between_the_knots_agree_with_sitting_height_and_stature() -> None:
    # independent of the fit: Dutch sitting height over stature at 10 years is 0.540 (M)
    leg = norms().curves["leg_share"].at(120, Sex.MALE)
    assert 1.0 - 0.540 - leg == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("age_months", [4, 9, 30, 72, 132, 216])
def test_the_segments_of_every_twin_add_up_to_its_stature(age_months: float) -> None:
    one = bodies(child(age_months))
    stack = (Segment.HEAD, Segment.NECK, Segment.CHEST, Segment.ABDOMEN, Segment.PELVIS)
    total = sum(one.length_mm[s] for s in (*stack, Segment.THIGH, Segment.SHANK))
    np.testing.assert_allclose(total + one.ankle_height_mm, 1000 * one.height_m, rtol=1e-12)


@pytest.mark.parametrize("age_months", [4, 9, 30, 72, 132, 216])
def test_the_segments_of_every_twin_weigh_what_the_twin_weighs(age_months: float) -> None:
    one = bodies(child(age_months))
    limbs = sum(v for k, v in one.segment_kg.items() if k != "trunk")
    np.testing.assert_allclose(2 * limbs + one.segment_kg["trunk"], one.mass_kg, rtol=1e-12)
    assert (one.segment_kg["trunk"] > 0.4 * one.mass_kg).all()


def test_the_leg_of_an_infant_weighs_the_published_fraction() -> None:
    one = bodies(child(4))
    for part, share in (("thigh", 0.068), ("shank", 0.033), ("foot", 0.015)):
        assert np.median(one.segment_kg[part] / one.mass_kg) == pytest.approx(share, rel=0.1)


def test_the_moment_of_inertia_of_the_lower_leg_grows_with_the_fifth_power_of_height() -> None:
    sizes = [bodies(child(12.0 * years)) for years in range(5, 19)]
    height = [np.median(s.height_m) for s in sizes]
    inertia = [np.median(s.segment_kg["shank"] * s.length_mm[Segment.SHANK] ** 2) for s in sizes]
    power = np.polyfit(np.log(height), np.log(inertia), 1)[0]
    assert 4.4 < power < 5.6


def test_a_measured_girth_replaces_the_norm_and_shrinks_its_spread() -> None:
    tape = BodyMeasure(quantity=Quantity.CALF_GIRTH_MM, side=Side.LEFT, value=210.0, error=3.0)
    free, held = bodies(child(72)), bodies(child(72, measures=(tape,)))
    assert np.median(held.girth_mm[Segment.SHANK]) == pytest.approx(210, abs=1.5)
    assert held.girth_mm[Segment.SHANK].std() < 0.3 * free.girth_mm[Segment.SHANK].std()
    np.testing.assert_array_equal(held.height_m, free.height_m)  # nothing else moves


def test_a_tall_child_has_longer_legs_than_the_norm() -> None:
    tall = BodyMeasure(quantity=Quantity.HEIGHT_CM, side=None, value=126.0, error=0.5)
    more = bodies(child(72, measures=(tall,))).length_mm[Segment.SHANK]
    assert np.median(more) > 1.05 * np.median(bodies(child(72)).length_mm[Segment.SHANK])


def test_the_same_seed_gives_the_same_bodies() -> None:
    np.testing.assert_array_equal(bodies(child(72), 5).mass_kg, bodies(child(72), 5).mass_kg)
    assert (bodies(child(72), 5).mass_kg != bodies(child(72), 6).mass_kg).any()


@pytest.mark.parametrize("age_months", [4, 9, 30, 72, 132, 216])
@pytest.mark.parametrize(
    "segment",
    [Segment.THIGH, Segment.SHANK, Segment.UPPER_ARM, Segment.FOREARM, Segment.HAND, Segment.FOOT],
)
def test_layers_of_a_limb_lie_inside_each_other(age_months: float, segment: Segment) -> None:
    limb = cylinder(bodies(child(age_months)), norms(), segment, EVERYBODY)
    radii = (0, limb.marrow_mm, limb.bone_mm, limb.muscle_mm, limb.fat_mm, limb.skin_mm)
    assert all(np.diff(radii) > 0.3)
    assert limb.muscle_mm - limb.bone_mm > 2.0


def test_fat_over_the_thigh_of_preschool_children_agrees_with_ultrasound() -> None:
    # Kelso 2018: 5.3 +/- 2.0 mm in boys of 3 to 5 years, mean of standard sites
    fat = bodies(child(48)).fat_mm
    assert 3.3 < np.median(fat[Segment.THIGH]) < 7.3


def test_every_number_about_bodies_and_the_chain_names_a_source_and_a_known_tag() -> None:
    known = set(sources())
    chain = chain_parameters()
    for one in (*norms().curves.values(), *norms().facts.values(), *chain.facts.values()):
        assert one.tag in TAGS
        assert one.source in known, one
