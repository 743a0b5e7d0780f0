"""Limits, moments and plans of the invented cast, for the guard's tests."""

from dataclasses import replace

from rheobase.safety import Limits, later, silent
from rheobase.stimulators import ChannelState
from rheobase.stimulus import (
    BehaviourGate,
    BehaviourScale,
    Coordination,
    Montage,
    Pad,
    Place,
    Segment,
    Side,
)
from tests.stimulus.orders import order, prescription

LIMITS = Limits(
    amplitude_max_ma=20.0,
    step_max_ma=0.5,
    rise_max_ma_per_s=2.0,
    ramp_up_s=2.0,
    phase_charge_max_uc=5.0,
    density_max_ma_per_cm2=1.0,
    contact_cm2=8.0,
    pulse_width_min_us=50.0,
    pulse_width_max_us=250.0,
    gap_max_us=100.0,
    frequency_min_hz=10.0,
    frequency_max_hz=40.0,
    stimulated_max_s=600.0,
    session_max_s=1200.0,
)


def state(amplitude_ma=5.0, **changes):
    whole = ChannelState(
        channel=1, amplitude_ma=amplitude_ma, pulse_width_us=200.0, gap_us=0.0, frequency_hz=30.0
    )
    return replace(whole, **changes)


def felt(level_ma, amplitude_ma=None, limits=LIMITS, **changes):
    """A channel that has felt a level before and is rested: every budget is full."""
    now_ma = level_ma if amplitude_ma is None else amplitude_ma
    before = silent(limits, 0.0, 0.0, 0.0)
    before = replace(before, level_ma=level_ma, amplitude_ma=now_ma, frequency_hz=30.0)
    return replace(
        later(before, limits, 100.0), **{"stimulated_s": 0.0, "elapsed_s": 0.0, **changes}
    )


def pad(segment=Segment.THIGH, side=Side.LEFT, u=0.3, phi_deg=10.0, size_mm=30.0):
    place = Place(segment=segment, side=side, u=u, phi_deg=phi_deg)
    return Pad(place=place, width_mm=size_mm, height_mm=size_mm, round=True)


def montage(a, b):
    return Montage(active=a, other=b)


BIG_LEFT = montage(pad(u=0.15, size_mm=60.0), pad(u=0.85, size_mm=60.0))

FLACC = BehaviourGate(scale=BehaviourScale.FLACC, every_s=60.0, stop_at=4, stop_at_rise=2)


def plan(age_months=75.0, **changes):
    """Mila's plan; every number can be changed."""
    gate = replace(prescription().gate, stop_at_rise=4)
    return replace(prescription(), **{"age_months": age_months, "gate": gate, **changes})


def alone(age_months=75.0, **changes):
    """A plan of one unit, whose order is changed."""
    return plan(age_months, channels=(order(**changes),), units_at_first=1)


def infant(**changes):
    """Noor, nine months: one unit on the thigh."""
    one = order(
        ceiling_ma=8.0,
        pulse_width_us=100.0,
        frequency_hz=10.0,
        start_ma=0.5,
        minutes_max=10.0,
        montage=montage(pad(u=0.2, size_mm=25.0), pad(u=0.7, size_mm=25.0)),
        pattern=replace(order().pattern, ramp_up_s=2.0),
        **changes,
    )
    return plan(9.0, channels=(one,), gate=FLACC, coordination=Coordination.TOGETHER)
