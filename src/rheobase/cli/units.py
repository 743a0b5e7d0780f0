"""Lists serial ports and makes; identifies the units that are named, which never outputs.

rheobase units                                       ports and makes
rheobase units sciencemode2:/dev/ttyUSB0             who answers there, and what it can do
rheobase units sciencemode34:/dev/ttyACM0?research=acknowledged
"""

import json as to_json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rheobase.stimulators import Capabilities

NEVER_TRIED = "Its driver was checked on an emulated unit only, never on hardware."


def command(
    unit: Annotated[
        list[str] | None, typer.Argument(help="MAKE or MAKE:PORT, to identify.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """List ports and identify units, without output."""
    import asyncio

    if not unit:
        found = _listed()
        print(to_json.dumps(found) if json else _as_text(found))
        return
    told = [asyncio.run(_identified(text)) for text in unit]
    print(to_json.dumps(told) if json else "\n".join(map(_unit_as_text, told)))
    if any("error" in one for one in told):
        raise typer.Exit(2)


def _listed() -> dict[str, Any]:
    from dataclasses import asdict

    from rheobase.stimulators import MAKES
    from rheobase.stimulators.ports import serial_ports

    return {
        "ports": [asdict(port) for port in serial_ports()],
        "makes": {make: words for make, (_, words) in MAKES.items()},
    }


async def _identified(text: str) -> dict[str, Any]:
    """Open one unit and let it go; a unit that does not answer is part of the answer."""
    import time

    from rheobase.errors import RheobaseError
    from rheobase.stimulators import Guard, open_unit
    from rheobase.stimulus import to_plain

    make, _, address = text.partition(":")
    guard = Guard(time.monotonic)
    try:
        guarded = open_unit(make, address or make, slot="A", guard=guard)
        identity = to_plain(await guarded.open())
    except RheobaseError as error:
        return {"unit": text, "error": str(error)}
    finally:
        await guard.silence()
    can = guarded.capabilities
    return {
        "unit": text,
        "identity": identity,
        "capabilities": to_plain(can),
        "warnings": _warnings(make, can),
    }


def _warnings(make: str, can: "Capabilities") -> list[str]:
    """Return what a person must know before using such a unit."""
    from rheobase.safety import BANDS
    from rheobase.stimulators import LeadOff

    found = []
    if make.startswith("sciencemode"):
        found.append(NEVER_TRIED)
    if can.label_min_age_years is not None:
        found.append(f"Its label names {can.label_min_age_years:g} years as the youngest age.")
    if make != "virtual" and not can.stop_input:
        found.append("It reports no stop switch: keep its plug or power switch within reach.")
    if can.lead_off is LeadOff.ABOVE_CURRENT:
        found.append(f"A pad that comes off is not noticed below {can.lead_off_min_ma:g} mA.")
    elif can.lead_off is LeadOff.NONE:
        found.append("A pad that comes off is not noticed.")
    if can.watchdog_ms is None:
        found.append("It does not stop by itself when the computer falls silent.")
    too_coarse = [band.name for band in BANDS if can.amplitude_step_ma > band.step_max_ma]
    if too_coarse:
        found.append(
            f"Its steps of {can.amplitude_step_ma:g} mA are larger than may be given at "
            f"{', '.join(too_coarse)}: no plan at that age can be armed on it."
        )
    return found


def _as_text(found: dict[str, Any]) -> str:
    lines = ["Serial ports"]
    for port in found["ports"]:
        perhaps = f"  perhaps {' or '.join(port['perhaps'])}" if port["perhaps"] else ""
        lines.append(f"  {port['name']}  {port['description']}  {port['serial_number']}{perhaps}")
    if not found["ports"]:
        lines.append("  none; connect a unit, or try `rheobase emulate sciencemode34`")
    lines += ["", "Makes"]
    lines += [f"  {make:14s} {words}" for make, words in found["makes"].items()]
    return "\n".join(lines)


def _unit_as_text(one: dict[str, Any]) -> str:
    if "error" in one:
        return f"{one['unit']}\n  {one['error']}"
    who, can = one["identity"], one["capabilities"]
    watchdog = can["watchdog_ms"]
    age = can["label_min_age_years"]
    lines = [
        one["unit"],
        f"  {who['make']}, {who['serial_number']}, firmware {who['firmware'] or 'not told'}",
        f"  current      0 to {can['amplitude_max_ma']:g} mA in steps of {can['amplitude_step_ma']:g}",
        f"  pulse width  {can['pulse_width_min_us']:g} to {can['pulse_width_max_us']:g} us",
        f"  frequency    {can['frequency_min_hz']:g} to {can['frequency_max_hz']:g} Hz",
        f"  watchdog     {'none' if watchdog is None else f'{watchdog / 1000:g} s'}",
        f"  stop switch  {'reported' if can['stop_input'] else 'not reported'}",
        f"  lost pads    {can['lead_off']}",
        f"  power        {can['power']}",
        f"  status       {can['medical_status']}",
        f"  label age    {'none named' if age is None else f'{age:g} years'}",
        f"  source       {can['source']}",
    ]
    return "\n".join([*lines, *(f"  !  {words}" for words in one["warnings"])])
