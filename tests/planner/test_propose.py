"""What is proposed, and what is refused: laws that hold for every case."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rheobase.evidence.doses import age_bands, band_of
from rheobase.evidence.load import TAGS, sources
from rheobase.evidence.muscles import muscles
from rheobase.evidence.protocols import Focus
from rheobase.evidence.tasks import tasks
from rheobase.planner.case import (
    Answer,
    Clearance,
    History,
    LastTime,
    Site,
    Target,
    UnitOwned,
)
from rheobase.planner.proposal import Proposal, Refusal
from rheobase.planner.propose import propose
from rheobase.safety import prescription_violations
from rheobase.stimulus import Coordination, Override, Posture, Segment, Side, digest

REASON = Override(rule="infant pathway", reason="Mother present and scoring with me.")
FAST = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

ages = st.one_of(
    st.sampled_from([b.from_months for b in age_bands()] + [11.9, 35.9, 95.9, 228.0]),
    st.floats(4.0, 228.0),
)
targets = st.lists(
    st.builds(Target, muscle=st.sampled_from(sorted(muscles())), side=st.sampled_from(Side)),
    min_size=1,
    max_size=3,
    unique_by=lambda t: (t.muscle, t.side),
)
units = st.builds(
    UnitOwned,
    make=st.just("any"),
    amplitude_max_ma=st.floats(20.0, 130.0),
    amplitude_step_ma=st.sampled_from([0.1, 0.2, 0.5, 1.0, 2.0]),
    pulse_width_min_us=st.sampled_from([0.0, 20.0, 100.0, 200.0]),
    pulse_width_max_us=st.sampled_from([250.0, 500.0]),
    frequency_min_hz=st.sampled_from([1.0, 10.0, 20.0]),
    frequency_max_hz=st.sampled_from([40.0, 100.0]),
)


@pytest.fixture
def any_case(jonas, aged):
    def make(age_months, wanted, unit, focus, first):
        case = aged(jonas, age_months)
        last = (
            () if first else (LastTime(muscle=wanted[0].muscle, side=wanted[0].side, used_ma=40),)
        )
        return replace(
            case,
            targets=tuple(wanted),
            task="",
            protocol="",
            posture=None,
            focus=focus,
            units=(unit,) * 3,
            history=History(first_exposure=first, sessions=0 if first else 9, last=last),
            overrides=(REASON,),
        )

    return make


@given(ages, targets, units, st.sampled_from(Focus), st.booleans())
@FAST
def test_whatever_is_proposed_is_inside_every_limit(
    any_case, predictor, age, wanted, unit, focus, first
):
    answer = propose(any_case(age, wanted, unit, focus, first), predictor)
    if isinstance(answer, Refusal):
        assert answer.reasons
        return
    band = band_of(age)
    assert prescription_violations(answer.unsigned()) == ()
    assert len(answer.channels) <= band.units_max
    for channel in answer.channels:
        order = channel.order
        assert 0.0 <= order.start_ma <= order.ceiling_ma <= band.soft_cap_ma.number
        assert order.ceiling_ma <= unit.amplitude_max_ma
        assert unit.pulse_width_min_us <= order.pulse_width_us <= unit.pulse_width_max_us
        assert unit.frequency_min_hz <= order.frequency_hz <= unit.frequency_max_hz
        for amplitude in (order.start_ma, order.ceiling_ma, order.step_ma):
            rungs = amplitude / unit.amplitude_step_ma
            assert rungs == pytest.approx(round(rungs), abs=1e-6)


@given(ages, targets, units, st.sampled_from(Focus), st.booleans())
@FAST
def test_a_refusal_always_says_what_would_help(
    any_case, predictor, age, wanted, unit, focus, first
):
    answer = propose(any_case(age, wanted, unit, focus, first), predictor)
    if isinstance(answer, Refusal):
        assert all(r.what and r.why and r.to_do for r in answer.reasons)
        assert {s for r in answer.reasons for s in r.sources} <= set(sources())


@given(ages, targets, units, st.sampled_from(Focus), st.booleans())
@FAST
def test_the_limits_are_never_reached_by_a_refusal_of_the_planners_own_making(
    any_case, predictor, age, wanted, unit, focus, first
):
    answer = propose(any_case(age, wanted, unit, focus, first), predictor)
    if isinstance(answer, Refusal):
        passed = [r.why for r in answer.reasons if r.what == "A limit would be passed"]
        assert all("touch" in why for why in passed)  # only the pads of two muscles can collide


def test_the_same_case_gives_the_same_proposal(mila, predictor):
    assert digest(propose(mila, predictor)) == digest(propose(mila, predictor))


def test_every_value_has_a_reason_with_a_source_and_a_known_tag(mila, predictor):
    answer = propose(mila, predictor)
    about = {r.about for r in answer.reasons}
    for slot in ("A", "B"):
        for name in (
            "montage", "pads", "frequency_hz", "pulse_width_us", "start_ma", "step_ma",
            "ceiling_ma", "on_off", "ramp_up_s", "repetitions", "minutes_max",
        ):  # fmt: skip
            assert f"{slot}.{name}" in about
    assert {r.source for r in answer.reasons} <= set(sources())
    assert {r.tag for r in answer.reasons} <= set(TAGS)


def test_gluteus_medius_in_walking_follows_what_was_published(mila, predictor):
    answer = propose(mila, predictor)
    orders = [c.order for c in answer.channels]
    assert {(o.frequency_hz, o.pulse_width_us) for o in orders} == {(20.0, 50.0)}
    assert {o.side for o in orders} == {Side.LEFT, Side.RIGHT}
    read = {r.about: r for r in answer.reasons}
    assert read["A.frequency_hz"].source == "alabdulwahab2009"
    assert read["A.frequency_hz"].standing == "published"


def test_dorsiflexors_follow_what_was_published(jonas, predictor):
    (channel,) = propose(jonas, predictor).channels
    assert (channel.order.frequency_hz, channel.order.pulse_width_us) == (33.0, 300.0)


def test_a_recalled_value_is_named_and_drives_nothing(noor, predictor):
    answer = propose(noor, predictor)
    read = {r.about: r for r in answer.reasons}["A.frequency_hz"]
    assert answer.channels[0].order.frequency_hz == 10.0
    assert "35 Hz" in read.why
    assert "drives nothing" in read.why
    assert "unverified" not in {r.standing for r in answer.reasons if r.about != "A.montage"}


def test_a_null_trial_of_the_same_muscle_is_always_told(standing_up, predictor):
    told = " ".join(e.text for e in propose(standing_up, predictor).evidence)
    assert "No difference in torque" in told
    assert "No effect on strength" in told


def test_at_most_half_of_last_times_current_is_loaded(mila, predictor):
    last = {x.side: x.used_ma for x in mila.history.last}
    for channel in propose(mila, predictor).channels:
        assert channel.order.start_ma <= 0.5 * last[channel.order.side]


def test_an_infant_is_refused_without_the_therapists_reason(noor, predictor):
    answer = propose(replace(noor, overrides=()), predictor)
    assert isinstance(answer, Refusal)
    assert any("infant pathway" in r.to_do for r in answer.reasons)


@pytest.mark.parametrize("age_months", [4.0, 9.0, 11.9])
def test_an_infant_is_scored_every_minute_and_begins_with_one_unit_below_eight_milliamperes(
    noor, aged, predictor, age_months
):
    answer = propose(aged(noor, age_months), predictor)
    if isinstance(answer, Refusal):  # too small for the pads there are
        assert all("No pads fit" in r.what for r in answer.reasons)
        return
    assert answer.gate.scale.value == "FLACC"
    assert answer.gate.every_s <= 60.0
    assert answer.units_at_first == 1
    assert all(c.order.ceiling_ma <= 8.0 for c in answer.channels)
    assert all(c.order.frequency_hz <= 20.0 for c in answer.channels)
    assert all(c.order.pattern.on_s <= 3.0 for c in answer.channels)


def test_an_infant_gets_no_third_unit(noor, predictor):
    three = tuple(
        Target(muscle=m, side=Side.RIGHT)
        for m in ("erector_spinae_lumbar", "rectus_abdominis", "quadriceps")
    )
    answer = propose(replace(noor, targets=three, units=noor.units + noor.units[:1]), predictor)
    assert any("too many" in r.what for r in answer.reasons)


@pytest.mark.parametrize("posture", [Posture.STANDING, Posture.WALKING])
def test_a_first_stimulation_is_never_upright(jonas, predictor, posture):
    answer = propose(replace(jonas, posture=posture), predictor)
    assert isinstance(answer, Refusal)
    assert any("sitting" in r.to_do for r in answer.reasons)


def test_fever_today_stops_the_plan(jonas, predictor):
    ill = {**jonas.screening, "infection": Answer(answer="systemic")}
    answer = propose(replace(jonas, screening=ill), predictor)
    assert isinstance(answer, Refusal)
    assert any("Postpone" in r.to_do for r in answer.reasons)


def test_sore_skin_counts_where_the_second_pad_came_to_lie(noor, predictor):
    lower = propose(noor, predictor).channels[0].order.montage.other.place
    assert lower.segment is Segment.PELVIS  # the belly of an infant is too short for both pads
    sore = Answer(answer="yes", sites=(Site(segment=Segment.PELVIS, side=lower.side),))
    answer = propose(replace(noor, screening={**noor.screening, "damaged_skin": sore}), predictor)
    assert isinstance(answer, Refusal)
    assert any("skin" in r.what for r in answer.reasons)


def test_every_reason_for_a_refusal_is_given_not_only_the_first(jonas, predictor):
    ill = {**jonas.screening, "infection": Answer(answer="systemic")}
    case = replace(jonas, screening=ill, posture=Posture.WALKING)
    assert len(propose(case, predictor).reasons) == 2


def test_the_back_of_the_chest_needs_a_named_clinician(jonas, predictor):
    case = replace(
        jonas, targets=(Target(muscle="erector_spinae_thoracic", side=Side.RIGHT),), protocol=""
    )
    assert isinstance(propose(case, predictor), Refusal)
    given = Clearance(rule="erector_spinae_thoracic", by="Dr Lind", on=case.today)
    answer = propose(replace(case, clearances=(given,)), predictor)
    assert isinstance(answer, Proposal)
    assert any("Dr Lind" in o.reason for o in answer.overrides)


def test_a_therapist_cannot_override_what_takes_a_clinicians_clearance(jonas, predictor):
    own = Override(rule="clearance: back of the chest", reason="I am sure.")
    case = replace(
        jonas,
        targets=(Target(muscle="erector_spinae_thoracic", side=Side.RIGHT),),
        overrides=(own,),
    )
    answer = propose(case, predictor)
    assert any("named clinician" in r.why for r in answer.reasons)


def test_antagonists_take_turns_unless_co_contraction_is_signed(jonas, predictor):
    both = tuple(Target(muscle=m, side=Side.RIGHT) for m in ("quadriceps", "hamstrings"))
    case = replace(jonas, targets=both, units=jonas.units * 2, task="", protocol="")
    assert propose(case, predictor).coordination is Coordination.ALTERNATING


def test_a_unit_with_steps_too_coarse_for_an_infant_is_refused(noor, predictor):
    coarse = tuple(replace(u, amplitude_step_ma=2.0) for u in noor.units)
    answer = propose(replace(noor, units=coarse), predictor)
    assert any("finer steps" in r.to_do for r in answer.reasons)


def test_fewer_units_than_the_task_wants_leaves_muscles_out_and_says_so(standing_up, predictor):
    answer = propose(replace(standing_up, units=standing_up.units[:2]), predictor)
    assert len(answer.channels) == 2
    assert any("left out" in w for w in answer.warnings)


def test_the_model_contradicting_what_was_seen_is_told(mila, predictor):
    low = tuple(replace(x, used_ma=2.0) for x in mila.history.last)
    answer = propose(replace(mila, history=replace(mila.history, last=low)), predictor)
    assert any("Trust what was seen" in w for w in answer.warnings)


def test_a_study_of_other_ages_is_not_followed_silently(mila, predictor):
    case = replace(mila, protocol="bfpt2021", task="thigh_and_shank", targets=(
        Target(muscle="tibialis_anterior", side=Side.LEFT),), task_side=None)  # fmt: skip
    answer = propose(case, predictor)
    assert any("did not study this age" in w for w in answer.warnings)
    (channel,) = answer.channels
    assert channel.order.frequency_hz == 33.0  # inside the band of six-year-olds
    assert channel.order.pulse_width_us == 300.0


@pytest.mark.parametrize("key", sorted(tasks()))
def test_every_task_can_be_proposed_or_says_why_not(jonas, predictor, key):
    case = replace(
        jonas,
        targets=(),
        task=key,
        task_side=Side.RIGHT,
        posture=None,
        protocol="",
        units=jonas.units * 3,
        history=History(first_exposure=False, sessions=4),
    )
    answer = propose(case, predictor)
    if isinstance(answer, Refusal):
        assert key == "head_control"  # needs clearance
    else:
        assert answer.activities[0].cue_child


def test_a_model_without_an_answer_leaves_the_plan_and_says_why(jonas):
    from rheobase.errors import BadInput

    def silent(*_):
        raise BadInput("The model does not know this muscle. Rely on the ladder.")

    (channel,) = propose(jonas, silent).channels
    assert channel.prediction is None
    assert "Rely on the ladder" in channel.no_prediction


def test_below_two_years_the_models_numbers_set_nothing(noor, predictor):
    answer = propose(noor, predictor)
    read = {r.about: r.why for r in answer.reasons}
    assert "twin" not in read["A.ceiling_ma"]


def test_a_threshold_found_at_the_bedside_moves_the_prediction_towards_it(jonas):
    from rheobase.model.response import Observation, Seen

    def expected(case):
        return propose(case).channels[0].prediction.motor_threshold_ma

    seen = Observation(
        muscle="tibialis_anterior",
        side=Side.RIGHT,
        seen=Seen.MOTOR_THRESHOLD_MA,
        amplitude_ma=9.0,
        pulse_width_us=300.0,
        frequency_hz=33.0,
        value=9.0,
        error=0.5,
    )
    before, after = expected(jonas), expected(replace(jonas, observations=(seen,)))
    assert abs(after.middle - 9.0) < max(1.0, abs(before.middle - 9.0))
    assert after.high - after.low < before.high - before.low
