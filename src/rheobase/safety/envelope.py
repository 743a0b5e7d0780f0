"""What a child may be given: pure functions, the only judge of every command.

Two things rise. The *level* is the highest current since arming: beyond it lies what the child has
not felt, so the level rises by small steps and slowly, and a stop takes it back to zero. *Ramps*
lead from silence back up to a level that was felt already, and may be as fast as the signed ramp.
The pulse only becomes shorter: what was felt with a short pulse says nothing of a longer one.
Both are budgets that refill with time, so that commands arriving in a bunch are not mistaken for a
jump, and no bunch adds up to one. Down is always allowed, at once.
"""

import math
from dataclasses import dataclass
from typing import Protocol, final

from rheobase.safety.limits import SEARCH_MAX_HZ, SEARCH_MIN_HZ, Limits

BUNCH_S = 0.1  # of a ramp that may arrive at once: the longest heartbeat gap [s]
TOLERANCE_MA = 1e-6  # for sums of decimal steps in binary; rises only [mA]


class State(Protocol):
    """The whole wished-for state of one channel (a `stimulators.ChannelState` is one)."""

    @property
    def amplitude_ma(self) -> float:
        """0 is silence. [mA]"""

    @property
    def pulse_width_us(self) -> float:
        """One phase. [us]"""

    @property
    def gap_us(self) -> float:
        """Pause between the phases. [us]"""

    @property
    def frequency_hz(self) -> float:
        """Pulses per second. [Hz]"""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What one channel has done up to a moment.

    Attributes:
        at_s: the moment, on a clock that only goes forward. [s]
        amplitude_ma: last allowed. [mA]
        frequency_hz: last allowed. [Hz]
        pulse_width_us: last with output since arming; before, the signed one. [us]
        level_ma: highest current since arming. [mA]
        raise_left_ma: how far the level may rise now. [mA]
        ramp_left_ma: how far the current may rise now. [mA]
        stimulated_s: time with output. [s]
        elapsed_s: time since output first began. [s]
    """

    at_s: float
    amplitude_ma: float
    frequency_hz: float
    pulse_width_us: float
    level_ma: float
    raise_left_ma: float
    ramp_left_ma: float
    stimulated_s: float
    elapsed_s: float


def silent(limits: Limits, at_s: float, stimulated_s: float, elapsed_s: float) -> Before:
    """Return the state of a channel that starts again from zero; its time is carried on."""
    return Before(
        at_s=at_s,
        amplitude_ma=0.0,
        frequency_hz=0.0,
        pulse_width_us=limits.pulse_width_max_us,
        level_ma=0.0,
        raise_left_ma=limits.step_max_ma,
        ramp_left_ma=limits.step_max_ma,
        stimulated_s=stimulated_s,
        elapsed_s=elapsed_s,
    )


def later(before: Before, limits: Limits, at_s: float) -> Before:
    """Return the same channel at a later moment: budgets refilled, time counted.

    A clock that goes back, or is no number, refills nothing.
    """
    dt_s = max(0.0, at_s - before.at_s)
    ramp_ma_per_s = max(limits.rise_max_ma_per_s, before.level_ma / limits.ramp_up_s)
    stimulated_s = before.stimulated_s + (dt_s if before.amplitude_ma > 0.0 else 0.0)
    return Before(
        at_s=before.at_s + dt_s,
        amplitude_ma=before.amplitude_ma,
        frequency_hz=before.frequency_hz,
        pulse_width_us=before.pulse_width_us,
        level_ma=before.level_ma,
        raise_left_ma=min(
            limits.step_max_ma, before.raise_left_ma + limits.rise_max_ma_per_s * dt_s
        ),
        ramp_left_ma=min(
            limits.step_max_ma + ramp_ma_per_s * BUNCH_S,
            before.ramp_left_ma + ramp_ma_per_s * dt_s,
        ),
        stimulated_s=stimulated_s,
        elapsed_s=before.elapsed_s + (dt_s if stimulated_s > 0.0 else 0.0),
    )


def after(state: State, before: Before) -> Before:
    """Return the channel once a state was allowed; `before` is the channel at this moment."""
    amplitude_ma = state.amplitude_ma
    return Before(
        at_s=before.at_s,
        amplitude_ma=amplitude_ma,
        frequency_hz=state.frequency_hz,
        pulse_width_us=state.pulse_width_us if amplitude_ma > 0.0 else before.pulse_width_us,
        level_ma=max(before.level_ma, amplitude_ma),
        raise_left_ma=before.raise_left_ma - max(0.0, amplitude_ma - before.level_ma),
        ramp_left_ma=before.ramp_left_ma - max(0.0, amplitude_ma - before.amplitude_ma),
        stimulated_s=before.stimulated_s,
        elapsed_s=before.elapsed_s,
    )


def violations(state: State, before: Before, limits: Limits) -> tuple[str, ...]:
    """Return every reason to refuse a state; empty means it may be sent.

    Args:
        state: what is asked for.
        before: the channel at this moment (`later`).
        limits: what was signed, below every cap.
    """
    reasons = _not_numbers(state)
    if reasons or state.amplitude_ma == 0.0:
        return reasons
    return (
        *_too_much(state, before, limits),
        *_too_long(before, limits),
        *_wrong_pulse(state, before, limits),
    )


def rms_ma(state: State) -> float:
    """R.m.s. current of a state while it is on: I sqrt(2 w f), 0 for an impossible pulse. [mA]"""
    duty = 2.0 * state.pulse_width_us * 1e-6 * state.frequency_hz
    return state.amplitude_ma * math.sqrt(max(0.0, duty))


def _not_numbers(state: State) -> tuple[str, ...]:
    fields = {
        "amplitude_ma": state.amplitude_ma,
        "pulse_width_us": state.pulse_width_us,
        "gap_us": state.gap_us,
        "frequency_hz": state.frequency_hz,
    }
    return tuple(
        f"{name} is {value!r}, which is not a finite number"
        for name, value in fields.items()
        if type(value) not in (int, float) or not math.isfinite(value)
    )


def _too_much(state: State, before: Before, limits: Limits) -> tuple[str, ...]:
    amplitude_ma = state.amplitude_ma
    rise_ma = amplitude_ma - before.amplitude_ma
    raise_ma = amplitude_ma - before.level_ma
    charge_uc = amplitude_ma * state.pulse_width_us / 1000.0
    reasons = _above(
        ("amplitude", amplitude_ma, limits.amplitude_max_ma, "mA"),
        ("amplitude below zero, by which", -amplitude_ma, 0.0, "mA"),
        ("step up", raise_ma, limits.step_max_ma + TOLERANCE_MA, "mA"),
        ("step up so soon after the last", raise_ma, before.raise_left_ma + TOLERANCE_MA, "mA"),
        ("rise along the ramp", rise_ma, before.ramp_left_ma + TOLERANCE_MA, "mA"),
        ("charge per phase", charge_uc, limits.phase_charge_max_uc, "uC"),
    )
    density = rms_ma(state) / limits.contact_cm2
    if not density < limits.density_max_ma_per_cm2:
        reasons += (
            f"r.m.s. current density {density:.3g} mA/cm2 at {limits.contact_cm2:g} cm2 of contact "
            f"reaches {limits.density_max_ma_per_cm2:g} mA/cm2: use larger pads",
        )
    return reasons


def _too_long(before: Before, limits: Limits) -> tuple[str, ...]:
    return _above(
        ("stimulated time", before.stimulated_s, limits.stimulated_max_s, "s"),
        ("session time", before.elapsed_s, limits.session_max_s, "s"),
    )


def _wrong_pulse(state: State, before: Before, limits: Limits) -> tuple[str, ...]:
    width_us, hz = state.pulse_width_us, state.frequency_hz
    reasons = []
    if not limits.pulse_width_min_us <= width_us <= limits.pulse_width_max_us:
        reasons.append(
            f"pulse width {width_us:g} us lies outside {limits.pulse_width_min_us:g} to "
            f"{limits.pulse_width_max_us:g} us"
        )
    elif not width_us <= before.pulse_width_us:
        reasons.append(
            f"pulse width rises from {before.pulse_width_us:g} to {width_us:g} us at a level that "
            "was felt with the shorter pulse; stop and arm first"
        )
    if not 0.0 <= state.gap_us <= limits.gap_max_us:
        reasons.append(f"gap {state.gap_us:g} us lies outside 0 to {limits.gap_max_us:g} us")
    searching = SEARCH_MIN_HZ <= hz <= SEARCH_MAX_HZ
    if not (searching or limits.frequency_min_hz <= hz <= limits.frequency_max_hz):
        reasons.append(
            f"frequency {hz:g} Hz lies outside {limits.frequency_min_hz:g} to "
            f"{limits.frequency_max_hz:g} Hz (search: {SEARCH_MIN_HZ:g} to {SEARCH_MAX_HZ:g} Hz)"
        )
    if before.amplitude_ma > 0.0 and hz != before.frequency_hz:
        reasons.append(
            f"frequency changes from {before.frequency_hz:g} to {hz:g} Hz while output is on; "
            "go to 0 mA first"
        )
    return tuple(reasons)


def _above(*checks: tuple[str, float, float, str]) -> tuple[str, ...]:
    return tuple(
        f"{what} {asked:.5g} {unit} exceeds {allowed:.5g} {unit}"
        for what, asked, allowed, unit in checks
        if not asked <= allowed  # so written that NaN is refused too
    )
