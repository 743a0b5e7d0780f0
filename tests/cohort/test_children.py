"""Who the virtual children are depends on their number and the seed, on nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cohort.conftest import SMALL, aged

from rheobase.cohort import drawn
from rheobase.cohort.bodies import DRAWN
from rheobase.cohort.children import drawn_plain
from rheobase.model.body.child import Condition, Quantity, Sex
from rheobase.model.body.size import sizes_of
from rheobase.stimulus.pads import Side

PEOPLE = SMALL.population


@settings(deadline=None)
@given(st.integers(0, 4), st.integers(0, 2**32 - 1), st.integers(5, 10**6))
def test_more_children_keep_those_that_were_there(number, seed, children):
    few = replace(PEOPLE, seed=seed)
    many = replace(few, children=children)
    assert drawn_plain(few, number) == drawn_plain(many, number)


def test_a_child_is_the_branch_that_its_number_spawns(parameters):
    branches = np.random.SeedSequence(PEOPLE.seed).spawn(3)
    seeds = [int(branch.spawn(3)[2].generate_state(1)[0]) for branch in branches]
    assert [drawn(PEOPLE, k, parameters.norms).twins_seed for k in range(3)] == seeds


@settings(deadline=None)
@given(st.integers(0, 10**6 - 1))
def test_every_child_is_one_of_the_population(number):
    child, _, _ = drawn_plain(replace(PEOPLE, children=10**6), number)
    assert PEOPLE.from_months <= child.age_months <= PEOPLE.to_months
    assert child.sex in PEOPLE.sexes
    assert (child.condition, child.gmfcs) in [(g.condition, g.gmfcs) for g in PEOPLE.groups]


def test_groups_come_by_their_shares_and_sexes_evenly():
    children = [drawn_plain(PEOPLE, k)[0] for k in range(3000)]
    spastic = np.mean([c.condition is Condition.SPASTIC_BILATERAL for c in children])
    girls = np.mean([c.sex is Sex.FEMALE for c in children])
    assert spastic == pytest.approx(2.0 / 3.0, abs=0.03)  # 3.5 standard errors
    assert girls == pytest.approx(0.5, abs=0.03)


def test_two_seeds_are_two_cohorts():
    other = replace(PEOPLE, seed=PEOPLE.seed + 1)
    assert all(drawn_plain(PEOPLE, k) != drawn_plain(other, k) for k in range(20))


def test_measured_heights_have_the_median_and_spread_of_the_norm(parameters):
    people = replace(aged(SMALL, 75.0).population, sexes=(Sex.FEMALE,), groups=PEOPLE.groups[:1])
    children = [drawn(people, k, parameters.norms).child for k in range(400)]
    heights_cm = np.array([c.measured(Quantity.HEIGHT_CM).value for c in children])
    curve = parameters.norms.curves["height"]
    assert np.median(heights_cm) == pytest.approx(curve.at(75.0, Sex.FEMALE), rel=0.01)
    assert np.std(np.log(heights_cm)) == pytest.approx(curve.spread, rel=0.15)


@pytest.mark.parametrize("quantity", sorted(DRAWN), ids=str)
def test_a_body_that_was_measured_is_the_body_that_was_drawn(quantity, parameters):
    """Whatever is read off a body and measured again without error gives that body back."""
    one = replace(PEOPLE.measures[0], quantity=quantity, error=0.0)
    child = drawn(replace(PEOPLE, measures=(one,)), 0, parameters.norms).child
    again = sizes_of(child, Side.LEFT, parameters.norms, 32, 1)
    measured = child.measured(quantity).value
    assert DRAWN[quantity](again, parameters.norms) == pytest.approx(measured, rel=1e-9)
