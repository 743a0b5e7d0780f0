"""Prescriptions for tests: Mila's two gluteus medius units, and variations."""

from dataclasses import replace
from datetime import UTC, date, datetime

from rheobase.stimulus import (
    Activity,
    BehaviourGate,
    BehaviourScale,
    ChannelOrder,
    Coordination,
    Montage,
    Pad,
    Pattern,
    Place,
    Posture,
    Prescription,
    Segment,
    Side,
    Trigger,
    Waveform,
)


def pad(side=Side.LEFT, u=0.3, phi_deg=100.0, size_mm=40.0):
    place = Place(segment=Segment.PELVIS, side=side, u=u, phi_deg=phi_deg)
    return Pad(place=place, width_mm=size_mm, height_mm=size_mm, round=False)


def order(slot="A", side=Side.LEFT, **changes):
    whole = ChannelOrder(
        slot=slot,
        muscle="gluteus_medius",
        side=side,
        montage=Montage(active=pad(side), other=pad(side, u=0.8)),
        waveform=Waveform.SYMMETRIC_BIPHASIC,
        pulse_width_us=50.0,
        gap_us=0.0,
        frequency_hz=20.0,
        start_ma=1.0,
        ceiling_ma=20.0,
        step_ma=0.5,
        pattern=Pattern(
            on_s=5.0, off_s=5.0, ramp_up_s=1.0, ramp_down_s=0.5, offset_s=0.0, repetitions=60
        ),
        trigger=Trigger.SCHEDULE,
        minutes_max=15.0,
    )
    return replace(whole, **changes)


def prescription(**changes):
    whole = Prescription(
        child="c-mila",
        age_months=75.0,
        posture=Posture.SITTING,
        first_exposure=True,
        channels=(order("A", Side.LEFT), order("B", Side.RIGHT)),
        coordination=Coordination.ALTERNATING,
        units_at_first=1,
        session_min=20.0,
        activities=(
            Activity(
                name="weight shift",
                cue_therapist="Guide the pelvis over one foot, then the other.",
                cue_child="Reach for the star on this side!",
                expected_movement="The pelvis stays level over the standing leg.",
            ),
        ),
        gate=BehaviourGate(scale=BehaviourScale.FACES, every_s=300.0, stop_at=6, stop_at_rise=4),
        overrides=(),
        case_digest="0" * 64,
        signed_by="ada",
        signed_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        valid_until=date(2027, 2, 22),
    )
    return replace(whole, **changes)
