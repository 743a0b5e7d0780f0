"""The arithmetic of the scales, held against the vectors of the clinical reference (5.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.clinic.assessment import scales
from rheobase.errors import BadInput

LEVELS = st.lists(st.integers(-2, 2), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("levels", "weights", "t"),
    [
        ([-2, -2, -2], [1, 1, 1], 22.61),
        ([-1, -1, -1], [1, 1, 1], 36.31),
        ([0, 0, 0], [1, 1, 1], 50.00),
        ([2, 2, 2], [1, 1, 1], 77.39),
        ([0, 1, -1], [9, 4, 1], 52.658),
        ([1, 1, 0], [6, 2, 3], 59.521),
        ([-1, 0, 2], [3, 1, 2], 52.203),
    ],
)
def test_the_t_score_matches_the_published_vectors(levels, weights, t):
    assert scales.gas_t_score(levels, weights) == pytest.approx(t, abs=0.005)


@pytest.mark.parametrize(
    ("n", "k"), [(1, 10.0), (2, 6.2017), (3, 4.5644), (4, 3.6274), (5, 3.0151), (6, 2.5820)]
)
def test_equal_weights_turn_into_one_multiplier(n, k):
    assert scales.gas_t_score([1] * n, [7] * n) == pytest.approx(50 + k * n, abs=1e-3)


@given(LEVELS)
def test_goals_without_any_weight_count_the_same(levels):
    none = scales.gas_t_score(levels, [0] * len(levels))
    assert none == pytest.approx(scales.gas_t_score(levels, [1] * len(levels)))


@given(LEVELS, st.data())
def test_a_better_level_never_lowers_the_t_score(levels, data):
    weights = data.draw(st.lists(st.integers(0, 9), min_size=len(levels), max_size=len(levels)))
    better = [min(2, level + 1) for level in levels]
    rise = scales.gas_t_score(better, weights) - scales.gas_t_score(levels, weights)
    assert rise >= -1e-9


def test_a_t_score_needs_a_goal():
    with pytest.raises(BadInput, match="Rate the goals"):
        scales.gas_t_score([], [])


def test_a_level_of_three_does_not_exist():
    with pytest.raises(BadInput, match="between -2 and 2"):
        scales.gas_t_score([3], [1])


def test_copm_is_the_mean_over_the_rated_problems():
    assert scales.copm_mean([3, 4, 5]) == 4.0
    with pytest.raises(BadInput, match="between 1 and 10"):
        scales.copm_mean([0])
    with pytest.raises(BadInput, match="rated problems"):
        scales.copm_mean([5] * 6)


def test_ashworth_grades_have_the_published_codes():
    assert [scales.MAS_CODES[g] for g in ("0", "1", "1+", "2", "3", "4")] == [0, 1, 2, 3, 4, 5]


def test_the_dynamic_component_is_full_range_minus_catch():
    assert scales.Tardieu(r1_deg=-12.0, r2_deg=8.0).dynamic_deg == 20.0
    with pytest.raises(BadInput, match="sign of the joint"):
        scales.Tardieu(r1_deg=10.0, r2_deg=5.0)


def test_mrc_grades_between_two_are_half_steps():
    assert [scales.MRC_CODES[g] for g in ("2", "2-3", "3", "4-5", "5")] == [2, 2.5, 3, 4.5, 5]


def test_selective_control_sums_five_joints_to_ten():
    assert scales.scale_total(dict.fromkeys(scales.SCALE_JOINTS, 2)) == 10
    with pytest.raises(BadInput, match="toes is missing"):
        scales.scale_total({"hip": 2, "knee": 2, "ankle": 1, "subtalar": 1})
    with pytest.raises(BadInput, match="0 to 2"):
        scales.scale_total(dict.fromkeys(scales.SCALE_JOINTS, 3))


def test_gmfm_dimensions_are_percents_of_their_maximum():
    full = {"A": 51, "B": 60, "C": 42, "D": 39, "E": 72}
    assert scales.gmfm_total(full) == 100.0
    assert scales.gmfm_percent("D", 13) == pytest.approx(100 / 3)
    assert scales.gmfm_total({"D": 39, "E": 36}) == 75.0  # the goal total
    with pytest.raises(BadInput, match="between 0 and 39"):
        scales.gmfm_percent("D", 40)


def test_flacc_sums_its_five_items():
    calm = {"face": 0, "legs": 1, "activity": 1, "cry": 0, "consolability": 0}
    assert scales.flacc_total(calm) == 2
    with pytest.raises(BadInput, match="all five"):
        scales.flacc_total({"face": 1})


def test_a_change_inside_the_error_is_not_called_a_change():
    small = scales.change(-5.0, 3.0, 13.9)
    assert not small.is_change
    assert small.words == "within measurement error"
    large = scales.change(-5.0, 10.0, 13.9)
    assert large.is_change
    assert large.words == "higher, beyond measurement error"
    unknown = scales.change(0.0, 100.0, None)
    assert not unknown.is_change


def test_several_trials_become_their_mean_but_grades_their_middle():
    assert scales.summary_of([8.0, 10.0, 12.0], ordinal=False) == 10.0
    assert scales.summary_of([1, 2, 5], ordinal=True) == 2.0
    with pytest.raises(BadInput, match="at least one"):
        scales.summary_of([], ordinal=False)
