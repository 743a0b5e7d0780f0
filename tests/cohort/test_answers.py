"""A row holds what the chain says, word for word and number for number; what it does not say stays empty."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.cohort.conftest import SMALL, aged, padded

from rheobase.cohort import answers_of, doses_of, drawn, rows_of
from rheobase.cohort.columns import columns_of, table_of
from rheobase.model.chain import respond
from rheobase.model.response import Observation, Seen, Task
from rheobase.model.twins import calibrated, twins_of
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Montage, Pad, Place, Segment, Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

NUMBERS = [c.name for c in columns_of(SMALL) if "_p50" in c.name or c.name.endswith("_p95")]
NUMBERS = [n for n in NUMBERS if n.split("_p50")[0] not in ("height", "mass", "girth", "fat")]


@pytest.fixture(scope="module")
def rows(parameters):
    return rows_of(SMALL, 2, parameters)


def test_the_numbers_are_those_of_the_chain_called_directly(rows, parameters):
    one = drawn(SMALL.population, 2, parameters.norms)
    twins = twins_of(one.child, parameters, n=32, seed=one.twins_seed)
    pads = usual_montage(twins, parameters.muscle("tibialis_anterior"), Side.LEFT)
    for row, amplitude_ma in zip(rows, (6.0, 14.0), strict=True):
        said = respond(
            twins,
            pads,
            Train(waveform=Waveform.SYMMETRIC_BIPHASIC, amplitude_ma=amplitude_ma,
                  pulse_width_us=300.0, frequency_hz=35.0, gap_us=0.0),
            Task(muscle="tibialis_anterior", side=Side.LEFT, posture=Posture.SITTING, voluntary=0.0,
                 on_s=5.0, off_s=10.0, minutes=10.0),
        )  # fmt: skip
        for name, band in (
            ("motor_threshold_{}_ma", said.motor_threshold_ma),
            ("sensory_threshold_{}_ma", said.sensory_threshold_ma),
            ("torque_{}_nm", said.torque_nm),
            ("torque_fraction_{}", said.torque_fraction),
            ("fatigue_left_{}", said.fatigue_left),
            ("angle_{}_deg", said.movement.change_deg),
            ("discomfort_{}", said.discomfort),
        ):
            found = [row[name.format(p)] for p in ("p05", "p50", "p95")]
            assert found == [band.low, band.middle, band.high]
        assert row["strength"] == said.strength.value
        assert row["limiter"] == said.movement.limiter
        curve = [band.middle for band in said.recruited]
        middle = np.interp(amplitude_ma, said.amplitude_ma, curve)
        assert row["recruited_p50"] == pytest.approx(middle, abs=0.03)  # between points of the axis
        assert [one["muscle"] for one in row["neighbours"]] == sorted(said.neighbours)


def test_selectivity_lies_between_its_ends_and_grows_from_nothing(rows):
    for row in rows:
        for p in ("p05", "p50", "p95"):
            assert -1.0 <= row[f"selectivity_{p}"] <= row["recruited_p95"] <= 1.0
    assert rows[1]["recruited_p50"] >= rows[0]["recruited_p50"]


def test_the_same_child_answers_the_same_whoever_came_before(rows, parameters):
    rows_of(SMALL, 0, parameters)
    assert rows_of(SMALL, 2, parameters) == rows


def test_below_two_years_there_are_words_and_no_numbers(parameters):
    infant = aged(SMALL, 12.0)
    for row in rows_of(infant, 0, parameters):
        assert row["words_only"] is True
        assert row["strength"]
        assert row["direction"] == "dorsiflexion"
        assert [name for name in NUMBERS if name in row] == []
        assert "neighbours" not in row


def test_a_calibrated_infant_has_numbers(parameters):
    infant = aged(SMALL, 12.0)
    one = drawn(infant.population, 0, parameters.norms)
    seen = Observation(
        muscle="tibialis_anterior", side=Side.LEFT, seen=Seen.MOTOR_THRESHOLD_MA, amplitude_ma=4.0,
        pulse_width_us=300.0, frequency_hz=2.0, value=4.0, error=1.0,
    )  # fmt: skip
    twins = calibrated(twins_of(one.child, parameters, n=64, seed=1), (seen,))
    for row in answers_of(twins, doses_of(infant.doses)):
        assert row["words_only"] is False
        assert all(math.isfinite(row[name]) for name in NUMBERS)


def test_pads_that_wrap_more_than_a_third_are_a_row_with_the_reason(parameters):
    large = padded(aged(SMALL, 30.0), pad_mm=120.0)
    rows = rows_of(large, 0, parameters)
    assert len(rows) == large.doses.count
    for row in rows:
        assert "wraps more than a third" in row["refused"] or "overlap" in row["refused"]
        assert row["amplitude_ma"] in large.doses.amplitude_ma
        assert row["active_width_mm"] == 120.0
        assert "strength" not in row


def test_pads_on_another_limb_are_a_row_with_the_reason(parameters):
    def pad(u):
        place = Place(segment=Segment.FOREARM, side=Side.LEFT, u=u, phi_deg=0.0)
        return Pad(place=place, width_mm=25.0, height_mm=25.0, round=True)

    elsewhere = padded(SMALL, montage=Montage(active=pad(0.3), other=pad(0.7)))
    assert all("forearm" in row["refused"] for row in rows_of(elsewhere, 0, parameters))


def test_a_body_no_child_has_is_a_row_with_the_reason(parameters):
    """An error larger than what was measured is refused by the child itself."""
    fold = replace(SMALL.population.measures[1], error=90.0)
    odd = replace(SMALL, population=replace(SMALL.population, measures=(fold,)))
    rows = rows_of(odd, 0, parameters)
    assert len(rows) == SMALL.doses.count
    assert all("calf_skinfold_mm" in row["refused"] for row in rows)
    assert all(row["age_months"] >= 30.0 for row in rows)


def test_every_value_has_its_column_and_every_number_its_unit(rows):
    table = table_of(SMALL, rows, {"title": "t"})
    assert table.num_rows == len(rows)
    for field in table.schema:
        unit = (field.metadata or {}).get(b"unit", b"").decode()
        for suffix, said in (("_ma", "mA"), ("_mm", "mm"), ("_hz", "Hz"), ("_nm", "N.m")):
            assert not field.name.endswith(suffix) or unit == said
        assert field.metadata[b"description"]
    assert table["motor_threshold_p50_ma"].null_count == 0


def test_a_value_without_a_column_is_a_defect_not_a_loss(rows):
    with pytest.raises(TypeError, match="surprise"):
        table_of(SMALL, [{**rows[0], "surprise": 1}], {})
