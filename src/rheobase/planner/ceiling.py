"""How high each channel may go: the lowest of the age's cap, the unit, the skin, and the need.

The need comes from the model: what this child probably requires for the wanted level of the
intensity ladder. A ceiling is a limit that the therapist approaches from below, never a target.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

from rheobase.evidence.doses import SOURCE_OF_BANDS, AgeBand
from rheobase.evidence.protocols import Level
from rheobase.model.response import Response
from rheobase.planner.case import UnitOwned
from rheobase.planner.dose import Dose, floored
from rheobase.planner.explain import Reason
from rheobase.safety.limits import CONTACT_FRACTION, DENSITY_MAX_MA_PER_CM2, band_for
from rheobase.stimulus.pads import Montage

MARGIN = 1.3  # over the upper end of the motor threshold, for a contraction that is just seen
RECRUITED = {Level.FUNCTIONAL: 0.5, Level.MAXIMAL: 0.8}  # of the motor nerve fibres, median twin
BELOW = 0.99  # the density limit itself is refused
OURS = "ours:D"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """A ceiling with its reason. [mA]"""

    ceiling_ma: float
    reason: Reason
    warning: str


def ceiling(
    dose: Dose, montage: Montage, unit: UnitOwned, band: AgeBand, *, level: Level,
    response: Response | None, slot: str,
) -> Ceiling:  # fmt: skip
    """Return the ceiling of one channel.

    Args:
        dose: frequency and pulse width matter for the skin.
        montage: the smaller pad decides.
        unit: highest current and step.
        band: the cap of the age.
        level: how far up the ladder the plan goes.
        response: of the model, or None where it has none; where only words count, it sets nothing.
        slot: for the name of the reason.
    """
    contact_cm2 = CONTACT_FRACTION * montage.smallest_area_cm2
    skin_ma = BELOW * DENSITY_MAX_MA_PER_CM2 * contact_cm2 / _rms_ma(1.0, dose)
    limits = {
        f"cap for {band.title}": band.soft_cap_ma.number,
        f"most that {unit.make} gives": unit.amplitude_max_ma,
        "current density under half of the smaller pad": skin_ma,
    }
    warning = ""
    if response is not None and not response.words_only:
        need_ma, words = needed_ma(response, level)
        limits[words] = need_ma
        warning = _out_of_reach(response, band, slot)
    words, lowest = min(limits.items(), key=lambda item: item[1])
    value = max(floored(lowest, unit.amplitude_step_ma), unit.amplitude_step_ma)
    reason = Reason(
        about=f"{slot}.ceiling_ma",
        value=f"{value:g} mA",
        why=f"The lowest of: {'; '.join(f'{k} {v:.3g} mA' for k, v in limits.items())}. "
        f"Here: {words}. A limit to stay below, not a target.",
        source=SOURCE_OF_BANDS,
        tag=OURS,
    )
    return Ceiling(ceiling_ma=value, reason=reason, warning=warning)


def _out_of_reach(response: Response, band: AgeBand, slot: str) -> str:
    cap, threshold = band.soft_cap_ma, response.motor_threshold_ma
    if response.words_only or threshold.middle <= cap.number:
        return ""
    how = "nearly no" if threshold.low > cap.number else "fewer than half of the"
    return (
        f"{slot}: in {how} virtual twins a contraction is seen below the cap of {cap.text}. Look "
        "for the motor point first, enter what you find, do not raise the cap."
    )


def needed_ma(response: Response, level: Level) -> tuple[float, str]:
    """Return the current this child probably needs for a level of the ladder, and how it is named."""
    if level is Level.SENSORY:
        return response.motor_threshold_ma.middle, "median motor threshold of the twins"
    share = RECRUITED.get(level)
    if share is None:
        high = MARGIN * response.motor_threshold_ma.high
        return high, f"{MARGIN:g} times the upper end of the twins' motor threshold"
    name = f"the median twin has {share:.0%} of its motor fibres at"
    pairs = zip(response.amplitude_ma, response.recruited, strict=True)
    found = next((ma for ma, band in pairs if band.middle >= share), math.inf)
    return max(found, response.motor_threshold_ma.high), name


def shared(
    ceilings: Mapping[str, Ceiling],
    doses: Mapping[str, Dose],
    regions: Mapping[str, frozenset[str]],
    units: Mapping[str, UnitOwned],
    age_months: float,
) -> dict[str, Ceiling]:
    """Return ceilings lowered so that all units on one body region stay within its limit together.

    Args:
        ceilings: by slot, each channel for itself.
        doses: by slot.
        regions: body regions by slot.
        units: by slot.
        age_months: for the limit. [months]
    """
    most_ma = band_for(age_months).region_rms_max_ma
    result = dict(ceilings)
    for place in sorted({p for some in regions.values() for p in some}):
        slots = [slot for slot in result if place in regions[slot]]
        total = sum(_rms_ma(result[s].ceiling_ma, doses[s]) for s in slots)
        if total > most_ma:
            for slot in slots:
                result[slot] = _scaled(result[slot], units[slot], BELOW * most_ma / total, place)
    return result


def _scaled(one: Ceiling, unit: UnitOwned, factor: float, place: str) -> Ceiling:
    value = max(floored(one.ceiling_ma * factor, unit.amplitude_step_ma), unit.amplitude_step_ma)
    why = (
        f"{one.reason.why} Lowered from {one.ceiling_ma:g} mA because units on the {place} share "
        "one limit of r.m.s. current."
    )
    reason = replace(one.reason, value=f"{value:g} mA", why=why)
    return replace(one, ceiling_ma=value, reason=reason)


def _rms_ma(amplitude_ma: float, dose: Dose) -> float:
    return amplitude_ma * math.sqrt(2.0 * dose.pulse_width_us * 1e-6 * dose.frequency_hz)
