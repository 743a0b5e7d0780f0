"""All units together, and what a prescription may ask for at all."""

from dataclasses import replace

import pytest

from rheobase.safety import (
    ChildLimits,
    ClinicLimits,
    joint_violations,
    limits_for,
    prescription_violations,
    regions_of,
    rms_ma,
)
from rheobase.stimulus import BehaviourScale, Coordination, Posture, Segment, Side
from tests.safety.cast import BIG_LEFT as BIG
from tests.safety.cast import FLACC, alone, infant, montage, pad, plan, state
from tests.stimulus.orders import order

BOTH = ChildLimits(units_max=2, region_rms_max_ma=1.0)
LEG, ARM = frozenset({"left leg"}), frozenset({"left arm"})


def joint(regions=None, limits=BOTH, **amplitudes):
    states = {slot: state(ma) for slot, ma in amplitudes.items()}
    return joint_violations(states, regions or dict.fromkeys(states, LEG), limits)


def test_as_many_units_as_allowed_may_be_on():
    assert joint(A=1.0, B=1.0) == ()
    assert joint(A=1.0, B=1.0, C=0.0) == ()
    assert joint(A=1.0, B=1.0, C=0.1) == ("3 units with output exceed 2 units at this age",)


def test_currents_on_one_region_are_added_up():
    one = 1.0 / rms_ma(state(1.0))  # mA for 1 mA r.m.s.
    exact = ChildLimits(units_max=2, region_rms_max_ma=rms_ma(state(3.0)) + rms_ma(state(2.0)))
    assert joint(A=3.0, B=2.0, limits=exact) == ()
    assert joint(A=one * 0.6, B=one * 0.399) == ()
    (reason,) = joint(A=one * 0.6, B=one * 0.401)
    assert reason == "r.m.s. current of all units on the left leg 1 mA exceeds 1 mA"
    assert joint(regions={"A": LEG, "B": ARM}, A=one * 0.9, B=one * 0.9) == ()
    found = joint(regions={"A": LEG | ARM, "B": ARM}, A=one * 0.9, B=one * 0.9)
    assert found == ("r.m.s. current of all units on the left arm 1.8 mA exceeds 1 mA",)
    found = joint(regions={"A": LEG | ARM, "B": LEG | ARM}, A=one * 0.9, B=one * 0.9)
    assert [reason.split(" on the ")[1][:8] for reason in found] == ["left arm", "left leg"]


def test_the_regions_of_a_unit_are_those_of_both_pads():
    mixed = montage(pad(Segment.ABDOMEN, phi_deg=90.0), pad(Segment.PELVIS, phi_deg=90.0))
    assert regions_of(order(montage=mixed)) == {"trunk", "left leg"}


# --- prescriptions ------------------------------------------------------------------------------


def test_milas_plan_can_be_delivered():
    assert prescription_violations(plan()) == ()


def test_noors_plan_can_be_delivered():
    assert prescription_violations(infant()) == ()


def edge(cap, above, **fixed):
    """One number at its cap and just above it."""
    return alone(**fixed, **cap), alone(**fixed, **above)


PROPOSED = "for 3 to 7 years (proposed default, needs clinical sign-off)"
SHORT = replace(order().pattern, ramp_up_s=0.99)


@pytest.mark.parametrize(
    ("at_the_cap", "above", "words"),
    [
        ({"ceiling_ma": 30.0}, {"ceiling_ma": 30.1}, f"ceiling 30.1 exceeds 30 mA {PROPOSED}"),
        ({"step_ma": 1.0}, {"step_ma": 1.1}, f"step 1.1 exceeds 1 mA {PROPOSED}"),
        (
            {"start_ma": 2.0},
            {"start_ma": 2.1},
            f"start 2.1 exceeds 2 mA along the first ramp {PROPOSED}",
        ),
        (
            {"pulse_width_us": 300.0},
            {"pulse_width_us": 301.0},
            f"pulse width 301 exceeds 300 us {PROPOSED}",
        ),
        (
            {"frequency_hz": 35.0},
            {"frequency_hz": 36.0},
            f"frequency 36 exceeds 35 Hz {PROPOSED}",
        ),
        (
            {"minutes_max": 30.0},
            {"minutes_max": 31.0},
            f"stimulated time 31 exceeds 30 min {PROPOSED}",
        ),
        (
            {"pulse_width_us": 50.0},
            {"pulse_width_us": 49.0},
            f"pulse width 49 is below 50 us {PROPOSED}",
        ),
        ({"frequency_hz": 10.0}, {"frequency_hz": 9.0}, f"frequency 9 is below 10 Hz {PROPOSED}"),
        ({}, {"pattern": SHORT}, f"ramp up 0.99 is below 1 s {PROPOSED}"),
    ],
)
def test_every_number_of_an_order_has_a_cap(at_the_cap, above, words):
    assert prescription_violations(alone(montage=BIG, **at_the_cap)) == ()
    assert prescription_violations(alone(montage=BIG, **above)) == (f"unit A: {words}",)


def test_a_longer_ramp_allows_a_higher_start():
    pattern = replace(order().pattern, ramp_up_s=3.0)
    assert prescription_violations(alone(start_ma=6.0, pattern=pattern)) == ()
    assert len(prescription_violations(alone(start_ma=6.1, pattern=pattern))) == 1


def test_the_charge_of_a_phase_has_a_cap_that_a_clinic_may_lower():
    clinic = ClinicLimits(phase_charge_max_uc=1.0)  # 20 mA for 50 us
    assert prescription_violations(alone(), clinic) == ()
    (reason,) = prescription_violations(alone(pulse_width_us=51.0), clinic)
    assert reason == f"unit A: charge per phase 1.02 exceeds 1 uC {PROPOSED}"


def test_a_clinics_muscle_minutes_count():
    clinic = ClinicLimits(muscle_max_min=10.0)
    (first, second) = prescription_violations(plan(), clinic)
    assert first == f"unit A: stimulated time 15 exceeds 10 min {PROPOSED}"
    assert second == f"unit B: stimulated time 15 exceeds 10 min {PROPOSED}"


def test_small_pads_are_refused_at_half_contact():
    small = montage(pad(u=0.2, size_mm=20.0), pad(u=0.7, size_mm=60.0))
    big = {"ceiling_ma": 20.0, "pulse_width_us": 250.0, "frequency_hz": 30.0}  # 2.449 mA r.m.s.
    (reason,) = prescription_violations(alone(montage=small, **big))
    assert reason == (
        "unit A: r.m.s. current density 1.56 mA/cm2 at half contact of the smaller pad "
        "reaches 1 mA/cm2: use larger pads or a lower ceiling"
    )
    assert prescription_violations(alone(montage=BIG, **big)) == ()


def test_a_density_that_is_reached_is_refused_already():
    signed = alone(ceiling_ma=10.0, pulse_width_us=200.0, frequency_hz=25.0)  # 1 mA r.m.s., 8 cm2
    for limit, passes in ((0.1250001, True), (0.1249999, False)):
        clinic = ClinicLimits(density_max_ma_per_cm2=limit)
        assert (prescription_violations(signed, clinic) == ()) is passes
    exact = 10.0 * (2.0 * 200.0 * 1e-6 * 25.0) ** 0.5 / 8.0
    assert prescription_violations(signed, ClinicLimits(density_max_ma_per_cm2=exact))


def test_more_units_than_the_age_allows_are_refused():
    shank = montage(pad(Segment.SHANK, u=0.2), pad(Segment.SHANK, u=0.7))
    three = plan(
        channels=(order("A"), order("B", Side.RIGHT), order("C", muscle="t", montage=shank))
    )
    assert prescription_violations(three) == ()
    found = prescription_violations(three, ClinicLimits(units_max=2))
    assert found == ("3 units exceed 2 units at this age",)


def both_on_the_left(coordination):
    strong = {"ceiling_ma": 20.0, "pulse_width_us": 250.0, "frequency_hz": 30.0}
    upper = order("A", muscle="q", montage=BIG, **strong)
    shank = montage(*(pad(Segment.SHANK, u=u, size_mm=60.0) for u in (0.1, 0.9)))
    lower = order("B", muscle="t", montage=shank, **strong)
    return plan(channels=(upper, lower), coordination=coordination)


@pytest.mark.parametrize(
    ("coordination", "refused"),
    [
        (Coordination.TOGETHER, True),
        (Coordination.SEQUENCE, True),
        (Coordination.TRIGGERED, True),
        (Coordination.ALTERNATING, False),
    ],
)
def test_two_units_on_one_leg_share_its_current(coordination, refused):
    found = prescription_violations(both_on_the_left(coordination))
    words = "r.m.s. current of all units on the left leg 4.9 mA exceeds 4.35 mA"
    assert found == ((words,) if refused else ())


def test_one_unit_at_every_cap_is_what_a_region_may_carry():
    strongest = alone(montage=BIG, ceiling_ma=30.0, pulse_width_us=300.0, frequency_hz=35.0)
    strongest = replace(strongest, coordination=Coordination.TOGETHER)
    assert prescription_violations(strongest) == ()


def test_the_session_has_a_longest_time():
    assert prescription_violations(plan(session_min=60.0)) == ()
    (reason,) = prescription_violations(plan(session_min=61.0))
    assert reason == f"session 61 exceeds 60 min {PROPOSED}"
    (reason,) = prescription_violations(plan(), ClinicLimits(session_max_min=19.0))
    assert reason == f"session 20 exceeds 19 min {PROPOSED}"


@pytest.mark.parametrize("posture", list(Posture))
def test_a_first_exposure_is_never_standing(posture):
    up = posture in (Posture.STANDING, Posture.WALKING)
    found = prescription_violations(plan(posture=posture))
    assert found == (
        ("a first exposure is never standing or walking: begin sitting or lying",) if up else ()
    )
    assert prescription_violations(plan(posture=posture, first_exposure=False)) == ()


def test_an_infant_begins_with_one_unit():
    two = infant()
    other = replace(two.channels[0], slot="B", side=Side.RIGHT)
    right = montage(
        *(replace(p, place=replace(p.place, side=Side.RIGHT)) for p in other.montage.pads)
    )
    two = replace(two, channels=(*two.channels, replace(other, montage=right)))
    assert prescription_violations(two) == ()
    (reason,) = prescription_violations(replace(two, units_at_first=2))
    assert reason == "2 units at first: an infant begins with 1"
    assert prescription_violations(plan(units_at_first=2)) == ()


SIGN_OFF = "(proposed default, needs clinical sign-off)"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"every_s": 61.0}, f"time between comfort scores 61 exceeds 60 s {SIGN_OFF}"),
        ({"stop_at": 5}, f"FLACC score that stops 5 exceeds 4 points {SIGN_OFF}"),
        ({"stop_at_rise": 3}, f"rise of FLACC that stops 3 exceeds 2 points {SIGN_OFF}"),
        ({"scale": BehaviourScale.FACES}, "faces 0-10 cannot be asked of an infant: use FLACC"),
    ],
)
def test_an_infants_comfort_is_watched_closely(changes, words):
    assert prescription_violations(infant()) == ()
    found = prescription_violations(replace(infant(), gate=replace(FLACC, **changes)))
    assert found == (words,)


def test_a_childs_faces_stop_at_six():
    gate = plan().gate
    assert prescription_violations(plan(gate=replace(gate, stop_at=6, stop_at_rise=9))) == ()
    (reason,) = prescription_violations(plan(gate=replace(gate, stop_at=7)))
    assert reason == f"faces 0-10 score that stops 7 exceeds 6 points {SIGN_OFF}"
    assert prescription_violations(plan(gate=replace(FLACC, every_s=300.0))) == ()
    assert len(prescription_violations(plan(gate=replace(gate, every_s=301.0)))) == 1


def test_placement_is_part_of_the_question():
    head = montage(pad(Segment.HEAD), pad(Segment.HEAD, u=0.9))
    assert "unit A: a pad on the head is never allowed" in prescription_violations(
        alone(montage=head)
    )


def test_every_reason_of_a_bad_plan_is_said():
    bad = alone(ceiling_ma=90.0, pulse_width_us=500.0, frequency_hz=100.0, step_ma=5.0)
    assert len(prescription_violations(replace(bad, session_min=90.0))) >= 6


def test_what_may_be_prescribed_may_be_delivered():
    """The ceiling of an accepted plan is never above its own limits."""
    for signed in (plan(), infant(), alone(ceiling_ma=30.0)):
        assert prescription_violations(signed) == ()
        for one in signed.channels:
            limits = limits_for(signed)[one.slot]
            assert limits.amplitude_max_ma == one.ceiling_ma
            assert limits.pulse_width_max_us == one.pulse_width_us
            assert limits.frequency_max_hz == one.frequency_hz
