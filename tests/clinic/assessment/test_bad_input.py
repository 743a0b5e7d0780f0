"""Whatever is typed into the chart is understood or refused in words; nothing breaks, nothing is guessed."""

import math

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rheobase.clinic import clock
from rheobase.clinic.assessment import measures, services
from rheobase.clinic.assessment.models import CopmProblem, Goal, Measure
from rheobase.clinic.assessment.scales import FLACC_ITEMS
from rheobase.clinic.assessment.sheet import PARTS, ROWS
from rheobase.errors import BadInput, RheobaseError

FIELDS = [measures.field(one, side) for one in ROWS for side in one.sides]
FIELDS += [f"flacc:{item}" for item in FLACC_ITEMS]
ODD = st.sampled_from(
    ["nan", "inf", "-inf", "1e400", "²", "٣", "0x10", "1_000", "--5", "1,5,5", "1+", "½", "\x00"]
)
TYPED = st.dictionaries(
    st.sampled_from(FIELDS), st.text(max_size=12) | ODD | st.floats().map(str), max_size=8
)


@pytest.mark.parametrize("part", [key for key, _ in PARTS])
@given(typed=TYPED)
def test_any_sheet_is_read_or_says_what_is_wrong(part, typed):
    entries, wrong = measures.read_sheet(part, typed)
    for entry in entries:
        assert math.isfinite(entry.value)
        low, high = entry.row.instrument.low, entry.row.instrument.high
        assert low <= entry.value <= high
    assert all(text.strip() for text in wrong.values())


@given(value=st.floats(-180, 180, allow_nan=False))
def test_a_number_with_a_comma_is_the_number_with_a_point(value):
    key = "ankle-dorsiflexion-passive_max_deg:left"
    word = f"{value:.2f}"
    (point,), _ = measures.read_sheet("legs", {key: word})
    (comma,), _ = measures.read_sheet("legs", {key: word.replace(".", ",")})
    assert point.value == comma.value == float(word)


FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ANY = st.text(max_size=400) | ODD


@FEW
@given(text=ANY, weight=ANY, baseline=ANY)
def test_any_goal_is_recorded_as_typed_or_refused(world, at, text, weight, baseline):
    typed = {"text": text, "focus": "strength", "weight": weight, "baseline": baseline}
    typed |= {f"level:{n}": "words" for n in range(-2, 3)}
    before = Goal.objects.count()
    try:
        goal = services.add_goal(world.episodes["Mila"], typed, by=world.ada, at=clock.now())
    except BadInput:
        assert Goal.objects.count() == before
        return
    assert goal.text == text.strip()


@FEW
@given(text=ANY, importance=ANY)
def test_any_problem_is_recorded_as_typed_or_refused(world, at, text, importance):
    typed = {"text": text, "importance": importance}
    try:
        problem = services.add_problem(world.episodes["Mila"], typed, clock.now())
    except BadInput:
        return
    assert problem.text == text.strip()
    assert 1 <= problem.importance <= 10


@FEW
@given(signs=st.dictionaries(st.sampled_from([f"sign:{i}" for i in FLACC_ITEMS]), ANY))
def test_any_sign_is_kept_as_typed_or_refused(world, at, signs):
    try:
        kept = measures.record_signs(world.episodes["Mila"], signs, by=world.ada, at=clock.now())
    except RheobaseError:
        return
    assert kept is None or all(text == text.strip() for text in kept.signs.values())


def test_a_forged_form_says_what_is_wrong_and_records_nothing(world, at, signed_in):
    page = reverse("assessment:measures", kwargs={"episode": world.episodes["Mila"].pk})
    client = signed_in(world.ada)
    forged = {"flacc:face": "²", **{f"flacc:{i}": "2" for i in FLACC_ITEMS[1:]}}
    for typed in (forged, {"gmfcs:body": "VI"}, {"mass:body": "NaN"}, {"conditions": "x" * 301}):
        answer = client.post(f"{page}?part=basics", typed)
        assert answer.status_code == 422, typed
    assert not Measure.objects.exists()
    client.post(f"{page}?part=<script>", {})
    copm = reverse("assessment:copm", kwargs={"episode": world.episodes["Mila"].pk})
    assert client.post(copm, {"text": "<b>x</b>", "importance": "eleven"}).status_code == 422
    assert not CopmProblem.objects.exists()
