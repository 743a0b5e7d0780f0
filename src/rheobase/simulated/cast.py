"""Signed orders of the invented cast (Mila, Jonas, Noor), for demos, training, benches and tests.

No real person. The numbers lie inside the proposed caps by age; they are examples, not advice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from rheobase.stimulus import (
    SLOTS,
    Activity,
    BehaviourGate,
    BehaviourScale,
    ChannelOrder,
    Coordination,
    Crossing,
    Montage,
    Pad,
    Pattern,
    Place,
    Posture,
    Prescription,
    Segment,
    Sensing,
    Side,
    Signal,
    Trigger,
    Waveform,
)

SIT_TO_STAND = Activity(
    name="sit-to-stand",
    cue_therapist="Guide the knees forward over the toes.",
    cue_child="Nose over toes, and up!",
    expected_movement="Both knees straighten, hips come forward.",
)
SENSING = Sensing(
    signal=Signal.RAW_EMG,
    crossing=Crossing.ABOVE,
    threshold_low=8.0,
    threshold_high=120.0,
    hysteresis=3.0,
    k_sd=3.0,
    blanking_ms=250.0,
    refractory_s=4.0,
    repetitions=5,
)
PATTERN = Pattern(on_s=4.0, off_s=6.0, ramp_up_s=1.0, ramp_down_s=1.0, offset_s=0.0, repetitions=60)


def pads_on(segment: Segment, side: Side, size_mm: float = 50.0) -> Montage:
    """Return two round pads along the front of a segment."""

    def pad(u: float) -> Pad:
        place = Place(segment=segment, side=side, u=u, phi_deg=10.0)
        return Pad(place=place, width_mm=size_mm, height_mm=size_mm, round=True)

    return Montage(active=pad(0.35), other=pad(0.75))


def order(
    slot: str,
    muscle: str,
    segment: Segment,
    side: Side = Side.RIGHT,
    ceiling_ma: float = 20.0,
) -> ChannelOrder:
    """Return an order as a six-year-old might have it."""
    return ChannelOrder(
        slot=slot,
        muscle=muscle,
        side=side,
        montage=pads_on(segment, side),
        waveform=Waveform.SYMMETRIC_BIPHASIC,
        pulse_width_us=200.0,
        gap_us=0.0,
        frequency_hz=30.0,
        start_ma=0.0,
        ceiling_ma=ceiling_ma,
        step_ma=1.0,
        pattern=PATTERN,
        trigger=Trigger.SCHEDULE,
        minutes_max=15.0,
    )


def mila(
    channels: Sequence[ChannelOrder] = (),
    coordination: Coordination = Coordination.TOGETHER,
    on: date = date(2026, 11, 22),
) -> Prescription:
    """Return Mila's order: six years, spastic diplegia, up to three units while sitting.

    Args:
        channels: her units; right quadriceps, left quadriceps and right tibialis anterior if empty.
        coordination: how they are timed against each other.
        on: day of signing.
    """
    usual = (
        order("A", "quadriceps", Segment.THIGH, Side.RIGHT),
        order("B", "quadriceps", Segment.THIGH, Side.LEFT),
        order("C", "tibialis_anterior", Segment.SHANK, Side.RIGHT, ceiling_ma=12.0),
    )
    return Prescription(
        child="mila",
        age_months=76.0,
        posture=Posture.SITTING,
        first_exposure=False,
        channels=tuple(channels) or usual,
        coordination=coordination,
        units_at_first=len(channels) or len(usual),
        session_min=30.0,
        activities=(SIT_TO_STAND,),
        gate=BehaviourGate(scale=BehaviourScale.FACES, every_s=300.0, stop_at=6, stop_at_rise=4),
        overrides=(),
        case_digest="0" * 64,
        signed_by="ada",
        signed_at=datetime(on.year, on.month, on.day, 9, 0, tzinfo=UTC),
        valid_until=date(on.year + 1, on.month, min(on.day, 28)),
    )


def noor() -> Prescription:
    """Return Noor's order: nine months, two units on the thighs in her mother's lap, one at first."""
    gentle = [
        replace(
            one,
            pulse_width_us=100.0,
            frequency_hz=10.0,
            ceiling_ma=8.0,
            step_ma=0.5,
            minutes_max=5.0,
            pattern=replace(PATTERN, ramp_up_s=2.0),
        )
        for one in mila().channels[:2]
    ]
    gate = BehaviourGate(scale=BehaviourScale.FLACC, every_s=60.0, stop_at=4, stop_at_rise=2)
    return replace(
        mila(gentle),
        child="noor",
        age_months=9.0,
        posture=Posture.LAP,
        units_at_first=1,
        session_min=15.0,
        gate=gate,
    )


def quick(prescription: Prescription, on_s: float, off_s: float, repetitions: int) -> Prescription:
    """Return an order with short cycles, so that a rehearsal takes seconds."""
    pattern = replace(PATTERN, on_s=on_s, off_s=off_s, ramp_down_s=0.3, repetitions=repetitions)
    channels = tuple(
        replace(one, pattern=replace(pattern, offset_s=one.pattern.offset_s))
        for one in prescription.channels
    )
    return replace(prescription, channels=channels)


def by_sensor(prescription: Prescription, sensing: Sensing = SENSING) -> Prescription:
    """Return an order whose units follow a sensor: all of them contract when the child tries."""
    channels = tuple(replace(one, trigger=Trigger.SENSOR) for one in prescription.channels)
    return replace(
        prescription, channels=channels, sensing=sensing, coordination=Coordination.TRIGGERED
    )


def slots_of(prescription: Prescription) -> tuple[str, ...]:
    """Return the slots in use, in order."""
    used = {channel.slot for channel in prescription.channels}
    return tuple(slot for slot in SLOTS if slot in used)
