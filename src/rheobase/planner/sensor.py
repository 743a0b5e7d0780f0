"""The sensor of a plan: defaults with their sources once a unit is started by one, and the edits.

A plan without a unit that is started by a sensor has none. Nothing typed for another signal is
carried over: a threshold in microvolts says nothing about an angle.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from rheobase.evidence.load import Number, numbers
from rheobase.planner.edits import SensorEdit
from rheobase.planner.explain import BY_THERAPIST, Reason
from rheobase.stimulus.prescription import ChannelOrder, Trigger
from rheobase.stimulus.sensing import EMG, Crossing, Sensing, Signal

IN_TABLE = {
    Signal.ANGLE: ("angle", "deg"),
    Signal.VELOCITY: ("velocity", "deg_per_s"),
}
COMMON = ("k_sd", "blanking_ms", "refractory_s")
BY_SIGNAL = ("threshold_low", "threshold_high", "hysteresis")


def with_sensor(
    before: Sensing | None, orders: tuple[ChannelOrder, ...], edit: SensorEdit
) -> tuple[Sensing | None, tuple[Reason, ...]]:
    """Return the sensor of a plan, and the reasons of what is new in it.

    Args:
        before: the sensor until now, or None.
        orders: the channels as they are now.
        edit: what the therapist changed in it.

    Raises:
        BadInput: if the values cannot be.
    """
    started = [order for order in orders if order.trigger is Trigger.SENSOR]
    if not started:
        return None, ()
    signal = edit.signal or (before.signal if before else Signal.RAW_EMG)
    reasons: list[Reason] = []
    if before is None or before.signal is not signal:
        fewest = min(order.pattern.repetitions for order in started)
        before = proposed(signal, fewest)
        reasons += default_reasons(before)
    given = {f.name: getattr(edit, f.name) for f in fields(edit)}
    given = {name: value for name, value in given.items() if value is not None}
    reasons += _typed(before, given)
    about = {reason.about: reason for reason in reasons}  # the newest word counts
    return replace(before, **given), tuple(about.values())


def proposed(signal: Signal, repetitions: int) -> Sensing:
    """Return the defaults of a signal."""
    table = {name: number.value for name, number in _rows(signal).items()}
    return Sensing(signal=signal, crossing=Crossing.ABOVE, repetitions=repetitions, **table)


def default_reasons(sensing: Sensing) -> list[Reason]:
    """Return why every default of a sensor is what it is."""
    return [
        Reason(
            about=f"sensor {name}",
            value=f"{getattr(sensing, name):g} {number.unit}",
            why=f"{number.place[0].upper()}{number.place[1:]}.",
            source=number.source,
            tag=number.tag,
        )
        for name, number in _rows(sensing.signal).items()
    ]


def _rows(signal: Signal) -> dict[str, Number]:
    table = numbers("trigger")
    kind, unit = ("emg", "uv") if signal in EMG else IN_TABLE[signal]
    own = {name: table[f"{kind}_{name}_{unit}"] for name in BY_SIGNAL}
    return {**own, **{name: table[name] for name in COMMON}}


def _typed(before: Sensing, given: dict[str, Any]) -> Iterable[Reason]:
    for name, value in given.items():
        was = getattr(before, name)
        if was == value:
            continue
        texts = [f"{v:g}" if isinstance(v, float | int) else str(v) for v in (was, value)]
        yield Reason(
            about=f"sensor {name}",
            value=texts[1],
            why=f"Changed by the therapist from {texts[0]}.",
            source="",
            tag=BY_THERAPIST,
        )
