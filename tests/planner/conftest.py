"""The cast of the planner's tests (invented), and a model that answers at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from rheobase.model.response import Band, Basis, Response, Strength
from rheobase.planner.case import Case
from rheobase.planner.files import read_file

CASES = Path(__file__).parents[2] / "examples" / "cases"


def _band(middle):
    return Band(low=0.7 * middle, middle=middle, high=1.5 * middle)


def quick(case, montage, train, task):
    """A stand-in for the chain: threshold 10 mA at 200 us, all fibres at three times that."""
    threshold = 2000.0 / train.pulse_width_us
    axis = tuple(threshold * k / 10.0 for k in range(41))
    recruited = tuple(_band(min(1.0, max(0.0, ma / threshold - 1.0) / 2.0)) for ma in axis)
    one = _band(1.0)
    return Response(
        muscle=task.muscle,
        side=task.side,
        motor_threshold_ma=_band(threshold),
        sensory_threshold_ma=_band(threshold / 2.0),
        amplitude_ma=axis,
        recruited=recruited,
        neighbours={},
        torque_nm=one,
        torque_fraction=one,
        fatigue_left=one,
        movement=None,
        discomfort=one,
        strength=Strength.MEDIUM,
        words_only=case.child.age_months < 24.0,
        basis=(
            Basis(
                what="stand-in",
                source="rheobase_defaults",
                tag="ours:D",
                population="none",
                measured=False,
            ),
        ),
    )


@pytest.fixture
def predictor():
    return quick


@pytest.fixture
def examples():
    return CASES


@pytest.fixture
def mila():
    """Six, spastic diplegia: both gluteus medius in walking."""
    return read_file(Case, CASES / "mila_gluteus_medius_walking.json")


@pytest.fixture
def standing_up():
    """Mila again: three units for sit-to-stand."""
    return read_file(Case, CASES / "mila_sit_to_stand.json")


@pytest.fixture
def jonas():
    """Eleven, unilateral: dorsiflexors, first exposure."""
    return read_file(Case, CASES / "jonas_dorsiflexors.json")


@pytest.fixture
def noor():
    """Nine months: abdomen and back in sitting."""
    return read_file(Case, CASES / "noor_trunk_sitting.json")


@pytest.fixture
def aged():
    """Return a case as it would be for a child of another age, nothing measured."""

    def make(case, age_months):
        child = replace(case.child, age_months=age_months, measures=(), findings=())
        return replace(case, child=child)

    return make
