"""The clinical tables: every number has a unit, a known tag and a source that resolves."""

import dataclasses
import itertools

import pytest

from rheobase.errors import BadInput
from rheobase.evidence.doses import age_bands, band_of, envelopes
from rheobase.evidence.instruments import instrument, instruments
from rheobase.evidence.load import TAGS, Standing, sources
from rheobase.evidence.muscles import muscles
from rheobase.evidence.protocols import Focus, Value, protocol, protocols
from rheobase.evidence.tasks import task, tasks

TABLES = (
    *protocols().values(),
    *envelopes().values(),
    *age_bands(),
    *tasks().values(),
    *instruments().values(),
)


def values_of(entry):
    found = [getattr(entry, f.name) for f in dataclasses.fields(entry)]
    return [v for v in found if isinstance(v, Value)]


@pytest.mark.parametrize("entry", TABLES, ids=lambda e: getattr(e, "key", "focus"))
def test_every_number_has_a_unit_and_a_tag(entry):
    for value in values_of(entry):
        assert value.unit
        assert value.tag in TAGS


def test_every_source_resolves():
    known = set(sources())
    assert {p.source for p in protocols().values()} <= known
    assert {s for e in envelopes().values() for s in (*e.sources, e.source)} <= known
    assert {s for t in tasks().values() for s in t.sources} <= known
    assert {i.source for i in instruments().values()} <= known


def test_every_muscle_of_a_protocol_and_of_a_task_is_in_the_catalogue():
    named = {m for p in protocols().values() for m in p.muscles}
    named |= {u.muscle for t in tasks().values() for u in t.units}
    assert named <= set(muscles())


def test_every_task_a_protocol_names_exists():
    named = {p.task for p in protocols().values()} - {"", "cycling"}
    assert named <= set(tasks())


def test_every_focus_has_an_envelope_that_says_how_strong_the_evidence_is():
    assert set(envelopes()) == set(Focus)
    assert all(len(e.strength) > 40 for e in envelopes().values())


def test_the_two_null_trials_are_told():
    assert protocol("kerr2006").verdict == "null"
    assert protocol("vanderlinden2003").verdict == "null"
    assert "Kerr 2006" in envelopes()[Focus.STRENGTH].strength


def test_parameters_that_were_only_recalled_are_unverified():
    park = protocol("park2001")
    assert park.frequency_hz.standing is Standing.UNVERIFIED
    assert park.weeks.standing is Standing.PUBLISHED


def test_the_age_bands_leave_no_gap_and_are_all_proposed_defaults():
    bands = age_bands()
    assert all(a.below_months == b.from_months for a, b in itertools.pairwise(bands))
    assert {v.standing for b in bands for v in values_of(b)} == {Standing.DEFAULT}
    assert band_of(4.0).key == "infant"
    assert band_of(228.0).key == "youth"


def test_older_children_may_never_have_less_than_younger_ones():
    caps = [b.soft_cap_ma.value for b in age_bands()]
    assert caps == sorted(caps) == [8, 15, 30, 60]


def test_an_age_without_a_band_is_refused():
    with pytest.raises(BadInput, match="start values"):
        band_of(3.0)


def test_the_units_of_a_task_start_at_least_three_tenths_of_a_second_apart_on_one_side():
    for one in tasks().values():
        for side in ("same", "other"):
            starts = sorted(u.offset_s for u in one.units if u.side == side)
            gaps = [b - a for a, b in itertools.pairwise(starts)]
            if one.coordination.value != "alternating":
                assert all(gap >= 0.3 - 1e-9 for gap in gaps), one.key


def test_ten_degrees_of_passive_range_are_within_the_error():
    assert instrument("prom").detectable(20.0) == pytest.approx(13.86, abs=0.01)


def test_a_third_more_force_is_more_than_the_error_and_a_quarter_is_not():
    error_n = instrument("hhd").detectable(100.0)
    assert 25.0 < error_n < 33.0


def test_an_important_change_is_not_a_measurement_error():
    assert instrument("copm_performance").detectable(4.0) is None


def test_a_score_outside_its_scale_is_refused():
    with pytest.raises(BadInput, match="0 and 10"):
        instrument("flacc").check(11.0)


@pytest.mark.parametrize("look_up", [protocol, task, instrument])
def test_an_unknown_name_is_refused_with_the_known_ones(look_up):
    with pytest.raises(BadInput, match="Use one of"):
        look_up("nonsense")


def test_a_value_without_a_number_is_refused():
    with pytest.raises(BadInput, match="number or a range"):
        Value(unit="Hz", tag="clinical:V")
