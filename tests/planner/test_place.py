"""Pads on a child's own body: the rules of fit hold for every muscle at every age."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.evidence.doses import band_of
from rheobase.evidence.muscles import muscles
from rheobase.evidence.pads import belly_share, fit_rules, pad_sizes
from rheobase.model.body.child import BodyMeasure, Child, Condition, Quantity, Sex
from rheobase.planner.case import Target
from rheobase.planner.place import NoPlace, Wanted, gap_mm, misfits, place, place_all, skin_of
from rheobase.safety import montage_violations
from rheobase.safety.skin_map import touch
from rheobase.stimulus import Montage, Pad, Place, Segment, Side

ages = st.sampled_from([4.5, 9.0, 14.0, 30.0, 48.0, 76.0, 110.0, 150.0, 210.0])
names = st.sampled_from(sorted(muscles()))


def child(age_months, **measures):
    taken = tuple(
        BodyMeasure(quantity=Quantity(k), side=None, value=v, error=1.0)
        for k, v in measures.items()
    )
    return Child(
        age_months=age_months,
        sex=Sex.FEMALE,
        condition=Condition.SPASTIC_BILATERAL,
        gmfcs=2,
        measures=taken,
    )


def put(age_months, muscle, cleared=frozenset(), **measures):
    wanted = Wanted(slot="A", target=Target(muscle=muscle, side=Side.LEFT))
    return place(child(age_months, **measures), wanted, band_of(age_months), cleared)


@given(ages, names)
@settings(deadline=None, max_examples=80)
def test_pads_keep_their_distance_lie_on_no_forbidden_site_and_wrap_at_most_a_third(age, name):
    found = put(age, name)
    if isinstance(found, NoPlace):
        assert found.why
        return
    segment = muscles()[name].segment
    skin = skin_of(child(age), segment, Side.LEFT)
    assert gap_mm(found.montage, skin) >= fit_rules().gap_min_mm.number
    assert not montage_violations(found.montage, age, frozenset())
    assert not misfits(child(age), Target(muscle=name, side=Side.LEFT), found.montage)


@given(ages, names)
@settings(deadline=None, max_examples=80)
def test_a_pad_covers_at_most_three_fifths_of_the_belly_or_the_page_says_so(age, name):
    found = put(age, name)
    if isinstance(found, NoPlace):
        return
    girth = skin_of(child(age), muscles()[name].segment, Side.LEFT).girth_mm
    covered = found.montage.active.width_mm / (belly_share(name) * girth)
    assert covered <= fit_rules().belly_share_max.number or found.warnings


def test_every_muscle_of_the_catalogue_has_a_belly():
    assert all(0.05 <= belly_share(name) <= 0.5 for name in muscles())


def test_no_pad_is_larger_than_its_age_allows():
    for age in (9.0, 30.0, 76.0, 150.0):
        for name in muscles():
            found = put(age, name)
            if not isinstance(found, NoPlace):
                assert found.montage.active.height_mm <= band_of(age).pads_mm.most


def test_an_older_child_gets_no_smaller_pads():
    sizes = [put(age, "tibialis_anterior").montage.active.width_mm for age in (9, 48, 110, 200)]
    assert sizes == sorted(sizes)


def test_a_measured_thin_leg_gets_smaller_pads():
    usual = put(150.0, "tibialis_anterior").montage.active.width_mm
    thin = put(150.0, "tibialis_anterior", calf_girth_mm=200.0).montage.active.width_mm
    assert thin < usual


def test_the_front_of_the_chest_gets_no_pads_even_with_clearance():
    cleared = frozenset({"clearance: back of the chest", "clearance: infant trunk"})
    assert isinstance(put(150.0, "serratus_anterior", cleared), NoPlace)


def test_the_back_of_the_chest_gets_pads_only_with_clearance():
    assert isinstance(put(150.0, "erector_spinae_thoracic"), NoPlace)
    cleared = frozenset({"clearance: back of the chest"})
    assert not isinstance(put(150.0, "erector_spinae_thoracic", cleared), NoPlace)


def test_the_place_says_that_it_is_a_search_window_of_adults():
    (where, _) = put(76.0, "tibialis_anterior").reasons
    assert "adult" in where.why
    assert "1 to 3 Hz" in where.why


def test_a_pad_that_wraps_more_than_a_third_of_the_leg_is_called_a_misfit():
    at = [Place(segment=Segment.SHANK, side=Side.LEFT, u=u, phi_deg=35.0) for u in (0.3, 0.7)]
    wide = [Pad(place=p, width_mm=120.0, height_mm=40.0, round=False) for p in at]
    target = Target(muscle="tibialis_anterior", side=Side.LEFT)
    (first, _) = misfits(child(76.0), target, Montage(active=wide[0], other=wide[1]))
    assert "smaller pad" in first


@pytest.mark.parametrize("size", pad_sizes(), ids=lambda s: s.name)
def test_round_pads_have_one_diameter(size):
    assert not size.round or size.width_mm == size.height_mm


def test_pads_of_two_units_beside_the_spine_do_not_touch_and_are_alike():
    both = tuple(
        Wanted(slot=slot, target=Target(muscle="erector_spinae_lumbar", side=side))
        for slot, side in (("A", Side.LEFT), ("B", Side.RIGHT))
    )
    found = place_all(child(135.0), both, band_of(135.0), frozenset())
    left, right = (one.montage.active for one in found.values())
    assert not touch(left, right, 135.0)
    assert left.width_mm == right.width_mm
