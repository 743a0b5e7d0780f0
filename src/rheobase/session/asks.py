"""Between scene and wire: what is asked of the supervisor, and how its reports are kept."""

from typing import Any

from rheobase.session.beats import Beats
from rheobase.session.contact import contact_pulse, verdict
from rheobase.session.messages import (
    Arm,
    CheckContact,
    CheckUnit,
    ClearFault,
    Confirmed,
    ContactFound,
    Dial,
    OpenUnit,
    Pause,
    Request,
    Run,
    Told,
    UnitState,
)
from rheobase.session.scene import Scene


def request_for(ask: str, slot: str, number: int, scene: Scene, sealed: dict[str, Any]) -> Request:
    """Return the message of an ask.

    Args:
        ask: "open", "check", "arm", "run", "pause", "contact", "dial 8.0", "clear 1" or "clear 2".
        slot: the unit, or "".
        number: of the request.
        scene: names the unit of a slot.
        sealed: the signed prescription as plain JSON.
    """
    word, _, value = ask.partition(" ")
    match word:
        case "open":
            unit = scene.units[slot].unit
            request: Request = OpenUnit(id=number, slot=slot, make=unit.make, address=unit.address)
        case "check":
            request = CheckUnit(id=number, slot=slot)
        case "arm":
            request = Arm(id=number, sealed=sealed)
        case "run":
            request = Run(id=number)
        case "pause":
            request = Pause(id=number)
        case "contact":
            pulse = contact_pulse(scene, slot)
            request = CheckContact(
                id=number,
                slot=slot,
                amplitude_ma=pulse.amplitude_ma,
                pulse_width_us=pulse.pulse_width_us,
                frequency_hz=pulse.frequency_hz,
                gap_us=pulse.gap_us,
            )
        case "dial":
            request = Dial(id=number, slot=slot, amplitude_ma=float(value))
        case _:
            request = ClearFault(id=number, slot=slot, step=int(value))
    return request


def keep(journal: Beats, report: Told, heard_ns: int) -> None:
    """Write a report of the supervisor down, with the supervisor's own time, and when it was heard."""
    if isinstance(report, Confirmed):
        journal.append(
            "confirmed",
            report.slot,
            amounts_ma=(report.asked_ma, report.allowed_ma, report.confirmed_ma),
            data={"pulse_width_us": report.pulse_width_us, "frequency_hz": report.frequency_hz},
            monotonic_ns=report.monotonic_ns,
            matters=False,
        )
    elif isinstance(report, ContactFound):
        journal.append(
            "contact",
            report.slot,
            data={
                "amplitude_ma": report.amplitude_ma,
                "voltage_v": report.voltage_v,
                "resistance_ohm": report.resistance_ohm,
                "low_ohm": report.low_ohm,
                "high_ohm": report.high_ohm,
                "verdict": verdict(report.resistance_ohm).value,
                "heard_ns": heard_ns,
            },
            monotonic_ns=report.monotonic_ns,
        )
    elif isinstance(report, UnitState):
        journal.append(
            "stage",
            report.slot,
            reasons=(report.why,) if report.why else (),
            data={"stage": report.stage.value, "heard_ns": heard_ns},
            monotonic_ns=report.monotonic_ns,
        )
    else:
        journal.append(
            "trouble",
            report.slot,
            reasons=report.reasons,
            data={"kind": report.kind, "hard": report.hard, "heard_ns": heard_ns},
            monotonic_ns=report.monotonic_ns,
        )
