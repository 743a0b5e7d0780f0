"""What all units together may do to one child, and what a prescription may ask for at all."""

from collections.abc import Mapping, Sequence

from rheobase.safety.envelope import State, rms_ma
from rheobase.safety.limits import (
    INFANT,
    STANDING,
    UNCHANGED,
    Band,
    ChildLimits,
    ClinicLimits,
    Limits,
    band_for,
    child_limits,
    limits_for,
)
from rheobase.safety.montage import placement_violations
from rheobase.safety.skin_map import region
from rheobase.stimulus import (
    BehaviourGate,
    BehaviourScale,
    ChannelOrder,
    Coordination,
    Posture,
    Prescription,
)
from rheobase.stimulus.charge import current_rms_ma, phase_charge_uc

FLACC_STOP_AT = 4  # clinical 3.4, clinical:D [points]
FACES_STOP_AT = 6
FLACC_STOP_AT_RISE = 2


def regions_of(order: ChannelOrder) -> frozenset[str]:
    """Return the body regions that the pads of one unit lie on."""
    return frozenset(region(pad) for pad in order.montage.pads)


def joint_violations(
    states: Mapping[str, State], regions: Mapping[str, frozenset[str]], limits: ChildLimits
) -> tuple[str, ...]:
    """Return every reason to refuse the states of all units together.

    Args:
        states: what every slot would deliver; finite numbers.
        regions: the body regions of every slot.
        limits: of this child.
    """
    on = sorted(slot for slot, state in states.items() if state.amplitude_ma > 0.0)
    reasons = []
    if len(on) > limits.units_max:
        reasons.append(f"{len(on)} units with output exceed {limits.units_max} units at this age")
    for place in sorted({place for slot in on for place in regions[slot]}):
        total_ma = sum(rms_ma(states[slot]) for slot in on if place in regions[slot])
        reasons += _region(place, total_ma, limits)
    return tuple(reasons)


def prescription_violations(
    prescription: Prescription, clinic: ClinicLimits = UNCHANGED
) -> tuple[str, ...]:
    """Return every reason why this prescription could not be delivered; empty means it can.

    For whoever proposes or signs: the supervisor asks the same question before it arms.
    """
    band = band_for(prescription.age_months)
    limits = limits_for(prescription, clinic)
    each = tuple(
        f"unit {order.slot}: {reason}"
        for order in prescription.channels
        for reason in _order(order, limits[order.slot], band, clinic)
    )
    return (
        *each,
        *_together(prescription, child_limits(prescription, clinic)),
        *_session(prescription, clinic, band),
        *placement_violations(prescription),
    )


def _order(order: ChannelOrder, limits: Limits, band: Band, clinic: ClinicLimits) -> list[str]:
    muscle_max_min = clinic.lower("muscle_max_min", band.muscle_max_min)
    train = order.train_at(order.ceiling_ma)
    density = current_rms_ma(train) / limits.contact_cm2
    rise_ma_per_s = limits.rise_max_ma_per_s
    pattern = order.pattern
    checks = (
        ("ceiling", order.ceiling_ma, limits.amplitude_max_ma, "mA"),
        ("step", order.step_ma, limits.step_max_ma, "mA"),
        ("start", order.start_ma, rise_ma_per_s * limits.ramp_up_s, "mA along the first ramp"),
        ("charge per phase", phase_charge_uc(train), limits.phase_charge_max_uc, "uC"),
        ("pulse width", order.pulse_width_us, limits.pulse_width_max_us, "us"),
        ("frequency", order.frequency_hz, limits.frequency_max_hz, "Hz"),
        ("stimulated time", order.minutes_max, muscle_max_min, "min"),
    )
    reasons = [
        f"{what} {asked:g} exceeds {allowed:g} {unit} for {band.name} ({STANDING})"
        for what, asked, allowed, unit in checks
        if asked > allowed
    ]
    floors = (
        ("pulse width", order.pulse_width_us, band.pulse_width_min_us, "us"),
        ("frequency", order.frequency_hz, band.frequency_min_hz, "Hz"),
        ("ramp up", pattern.ramp_up_s, band.ramp_up_min_s, "s"),
    )
    reasons += [
        f"{what} {asked:g} is below {allowed:g} {unit} for {band.name} ({STANDING})"
        for what, asked, allowed, unit in floors
        if asked < allowed
    ]
    if density >= limits.density_max_ma_per_cm2:
        reasons.append(
            f"r.m.s. current density {density:.3g} mA/cm2 at half contact of the smaller pad "
            f"reaches {limits.density_max_ma_per_cm2:g} mA/cm2: use larger pads or a lower ceiling"
        )
    return reasons


def _together(prescription: Prescription, limits: ChildLimits) -> list[str]:
    orders = prescription.channels
    reasons = []
    if len(orders) > limits.units_max:
        reasons.append(f"{len(orders)} units exceed {limits.units_max} units at this age")
    if prescription.coordination is Coordination.ALTERNATING:
        return reasons
    for place in sorted({place for order in orders for place in regions_of(order)}):
        sharing: Sequence[ChannelOrder] = [o for o in orders if place in regions_of(o)]
        total_ma = sum(current_rms_ma(o.train_at(o.ceiling_ma)) for o in sharing)
        reasons += _region(place, total_ma, limits)
    return reasons


def _region(place: str, total_ma: float, limits: ChildLimits) -> list[str]:
    if total_ma <= limits.region_rms_max_ma:
        return []
    return [
        f"r.m.s. current of all units on the {place} {total_ma:.3g} mA exceeds "
        f"{limits.region_rms_max_ma:.3g} mA"
    ]


def _session(prescription: Prescription, clinic: ClinicLimits, band: Band) -> list[str]:
    longest_min = clinic.lower("session_max_min", band.session_max_min)
    reasons = []
    if prescription.session_min > longest_min:
        reasons.append(
            f"session {prescription.session_min:g} exceeds {longest_min:g} min for {band.name} "
            f"({STANDING})"
        )
    if prescription.first_exposure and prescription.posture in (Posture.STANDING, Posture.WALKING):
        reasons.append("a first exposure is never standing or walking: begin sitting or lying")
    if band is INFANT and prescription.units_at_first != 1:
        reasons.append(f"{prescription.units_at_first} units at first: an infant begins with 1")
    return reasons + _gate(prescription.gate, band)


def _gate(gate: BehaviourGate, band: Band) -> list[str]:
    watched = gate.scale is BehaviourScale.FLACC
    checks = [
        ("time between comfort scores", gate.every_s, band.score_every_max_s, "s"),
        (
            f"{gate.scale} score that stops",
            gate.stop_at,
            FLACC_STOP_AT if watched else FACES_STOP_AT,
            "points",
        ),
    ]
    if watched:
        checks.append(("rise of FLACC that stops", gate.stop_at_rise, FLACC_STOP_AT_RISE, "points"))
    reasons = [
        f"{what} {asked:g} exceeds {allowed:g} {unit} ({STANDING})"
        for what, asked, allowed, unit in checks
        if asked > allowed
    ]
    if band is INFANT and not watched:
        reasons.append(f"{gate.scale} cannot be asked of an infant: use FLACC")
    return reasons
