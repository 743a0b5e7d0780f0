"""The contact check: which pulse measures what the pads meet, and what the answer means.

Source: `evidence/contact.toml`. A good contact is no proof of one: large pads that have half lifted or
dried stay below what counts as poor.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import final

from rheobase.errors import NotReady
from rheobase.evidence.load import values
from rheobase.session.messages import Wish
from rheobase.session.scene import Scene
from rheobase.session.stand import Mode
from rheobase.stimulators import rounded_down


class Verdict(StrEnum):
    """What a resistance between two pads means."""

    GOOD = "good"
    POOR = "poor"
    OPEN = "open"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRules:
    """The table's numbers.

    Attributes:
        least_ohm: below, the pads touch each other, or nothing was measured. [ohm]
        poor_ohm: from here on the contact is poor. [ohm]
        open_ohm: from here on a pad is off, or its lead. [ohm]
        again_s: between two checks of one unit. [s]
    """

    least_ohm: float
    poor_ohm: float
    open_ohm: float
    again_s: float


@cache
def contact_rules() -> ContactRules:
    """Return the rules of the table."""
    return values(ContactRules, "contact")


def verdict(resistance_ohm: float) -> Verdict:
    """Return what a resistance means; whatever is no number is poor. [ohm]"""
    known = contact_rules()
    if resistance_ohm >= known.open_ohm:
        return Verdict.OPEN
    good = known.least_ohm <= resistance_ohm < known.poor_ohm
    return Verdict.GOOD if good else Verdict.POOR


def can_check(scene: Scene, slot: str) -> bool:
    """Return whether the unit of a slot can measure its pads."""
    can = scene.units[slot].detail.get("capabilities", {})
    return bool(can.get("contact_check", False))


def contact_pulse(scene: Scene, slot: str) -> Wish:
    """Return the one pulse of a check: the first press up, in whole steps of the unit.

    Raises:
        NotReady: the first signed current is less than one step of the unit.
    """
    order = scene.plan.prescription.channel(slot)
    step_ma = scene.units[slot].detail["capabilities"]["amplitude_step_ma"]
    amplitude_ma = rounded_down(order.first_ma, step_ma)
    if amplitude_ma == 0.0:
        raise NotReady(
            f"The first signed current of unit {slot} is {order.first_ma:g} mA, less than the "
            f"{step_ma:g} mA that the unit can give. Look at the pads instead."
        )
    return Wish(
        slot=slot,
        amplitude_ma=amplitude_ma,
        pulse_width_us=order.pulse_width_us,
        frequency_hz=scene.plan.rules.search_hz,
        gap_us=order.gap_us,
    )


def check_possible(scene: Scene, slot: str, now_ms: float) -> None:
    """Refuse a check that cannot be made now.

    Raises:
        NotReady: the unit cannot measure, something delivers, or a check was made just now.
    """
    if not can_check(scene, slot):
        raise NotReady(f"Unit {slot} cannot measure its pads. Look at them instead.")
    if scene.delivering or any(one.mode is not Mode.SILENT for one in scene.stand.slots):
        raise NotReady("Contact is checked while every unit is silent. Pause, wait, then check.")
    unit, again_s = scene.units[slot], contact_rules().again_s
    if unit.contact is not None and now_ms - unit.contact_ms < 1000.0 * again_s:
        raise NotReady(f"Unit {slot} was checked just now. Wait {again_s:g} s, then check again.")
    contact_pulse(scene, slot)


def check_not_open(scene: Scene, slot: str) -> None:
    """Refuse pulses through pads that were found to be off.

    Raises:
        NotReady: with what was measured, and what to do.
    """
    last = scene.units[slot].contact
    if last is not None and verdict(last.resistance_ohm) is Verdict.OPEN:
        raise NotReady(
            f"The contact check of unit {slot} met {last.resistance_ohm / 1000.0:.0f} kΩ: a pad or "
            "a lead is off. Put both pads and plugs on, then check the contact again."
        )
