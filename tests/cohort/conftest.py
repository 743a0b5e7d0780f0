"""A small study of invented children that every test of the room shares."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from rheobase.cohort import Doses, Group, Measured, Placement, Population, Study
from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Condition, Quantity, Sex
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Waveform

SMALL = Study(
    title="five invented children",
    population=Population(
        children=5, seed=7, from_months=30.0, to_months=130.0, sexes=(Sex.FEMALE, Sex.MALE),
        groups=(
            Group(condition=Condition.TYPICAL, share=1.0),
            Group(condition=Condition.SPASTIC_BILATERAL, share=2.0, gmfcs=2),
        ),
        measures=(
            Measured(quantity=Quantity.HEIGHT_CM, error=0.5),
            Measured(quantity=Quantity.CALF_SKINFOLD_MM, error=1.0),
        ),
    ),
    doses=Doses(
        placements=(Placement(name="usual", muscle="tibialis_anterior", side=Side.LEFT),),
        amplitude_ma=(6.0, 14.0), pulse_width_us=(300.0,), frequency_hz=(35.0,),
        waveform=Waveform.SYMMETRIC_BIPHASIC, gap_us=0.0, posture=Posture.SITTING, voluntary=0.0,
        on_s=5.0, off_s=10.0, minutes=10.0,
    ),
    twins=32,
)  # fmt: skip


def aged(study, months):
    """The same study of children of one age."""
    people = replace(study.population, from_months=months, to_months=months)
    return replace(study, population=people)


def padded(study, **placement):
    """The same study with another placement."""
    one = replace(study.doses.placements[0], **placement)
    return replace(study, doses=replace(study.doses, placements=(one,)))


def assert_same(table, other):
    """The same table from another process: one that compiled the kernels itself, and one that found
    them compiled, may round the last bits differently.
    """
    assert table.schema.equals(other.schema, check_metadata=True)
    for name in table.column_names:
        mine, others = table[name], other[name]
        if pa.types.is_floating(mine.type):
            assert mine.is_null().equals(others.is_null()), name
            np.testing.assert_allclose(
                mine.drop_null(), others.drop_null(), rtol=1e-9, atol=1e-12, err_msg=name
            )
        elif name != "neighbours":  # its bands are in neighbour_recruited too
            assert mine.equals(others), name


@pytest.fixture(scope="session")
def parameters():
    return chain_parameters()
