"""What the therapist typed into a proposal: only what differs from it becomes an edit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rheobase.errors import BadInput
from rheobase.planner.edits import ChannelEdit, Edits, SensorEdit
from rheobase.planner.proposal import Proposal
from rheobase.stimulus.pads import Montage, Pad
from rheobase.stimulus.pattern import Coordination
from rheobase.stimulus.prescription import ChannelOrder, Posture, Trigger
from rheobase.stimulus.pulse import Waveform
from rheobase.stimulus.sensing import Crossing, Sensing, Signal

# field: words, unit, step of the input
NUMBERS: Final = (
    ("frequency_hz", _("Frequency"), "Hz", "any"),
    ("pulse_width_us", _("Pulse width"), "µs", "any"),
    ("start_ma", _("Start"), "mA", "any"),
    ("ceiling_ma", _("Ceiling"), "mA", "any"),
    ("step_ma", _("Step"), "mA", "any"),
    ("on_s", pgettext_lazy("time of a pattern", "On"), "s", "any"),
    ("off_s", pgettext_lazy("time of a pattern", "Off"), "s", "any"),
    ("ramp_up_s", _("Ramp up"), "s", "any"),
    ("ramp_down_s", _("Ramp down"), "s", "any"),
    ("offset_s", _("Delay in the cycle"), "s", "any"),
    ("repetitions", _("Contractions"), _("times"), "1"),
    ("minutes_max", _("Longest stimulated time"), "min", "any"),
)
CHOICES: Final = (("trigger", _("Started by"), Trigger), ("waveform", _("Waveform"), Waveform))
PAD_NUMBERS: Final = (
    ("u", _("Along the segment"), "%"),
    ("phi_deg", _("Around it"), "°"),
    ("width_mm", _("Width"), "mm"),
    ("height_mm", _("Height"), "mm"),
)
SENSOR_CHOICES: Final = (
    ("signal", _("Signal"), Signal),
    ("crossing", _("Starts when it"), Crossing),
)
# unit "": that of the signal
SENSOR_NUMBERS: Final = (
    ("threshold_low", _("Threshold from"), "", "any"),
    ("threshold_high", _("Threshold to"), "", "any"),
    ("hysteresis", _("Must come back by"), "", "any"),
    ("k_sd", _("Above rest"), "SD", "any"),
    ("blanking_ms", _("Deaf after our pulses"), "ms", "any"),
    ("refractory_s", _("Pause between triggers"), "s", "any"),
    ("repetitions", _("Triggers in a block, at most"), "", "1"),
)
IN_PATTERN: Final = ("on_s", "off_s", "ramp_up_s", "ramp_down_s", "offset_s", "repetitions")


def current_value(order: ChannelOrder, name: str) -> Any:
    """Return a channel's value by the name of its input."""
    return getattr(order.pattern if name in IN_PATTERN else order, name)


def pad_value(pad: Pad, name: str) -> float:
    """Return a pad's number by the name of its input; `u` in percent."""
    if name == "u":
        return round(100.0 * pad.place.u, 1)
    return round(pad.place.phi_deg if name == "phi_deg" else getattr(pad, name), 1)


def read_edits(proposal: Proposal, typed: Mapping[str, str]) -> Edits:
    """Return what was changed.

    Raises:
        BadInput: naming the first input that holds no usable value.
    """
    channels, left_out = [], []
    for channel in proposal.channels:
        slot = channel.order.slot
        if typed.get(f"{slot}:leave_out"):
            left_out.append(slot)
        else:
            channels.append(_channel(channel.order, typed))
    whole = {
        "posture": _choice(Posture, typed, "posture", proposal.posture),
        "coordination": _choice(Coordination, typed, "coordination", proposal.coordination),
        "session_min": _number(typed, "session_min", gettext("Session"), proposal.session_min),
    }
    units = _number(
        typed, "units_at_first", gettext("Units at first"), float(proposal.units_at_first)
    )
    return Edits(
        channels=tuple(c for c in channels if c != ChannelEdit(slot=c.slot)),
        leave_out=tuple(left_out),
        units_at_first=None if units is None else int(units),
        sensor=_sensor(proposal.sensing, typed),
        **whole,
    )


def _sensor(before: Sensing | None, typed: Mapping[str, str]) -> SensorEdit:
    """Return what was changed of a sensor the page showed."""
    if before is None:
        return SensorEdit()
    given: dict[str, Any] = {}
    for name, words, _unit, _step in SENSOR_NUMBERS:
        value = _number(typed, f"sensor:{name}", str(words), float(getattr(before, name)))
        if value is not None:
            given[name] = int(value) if name == "repetitions" else value
    for name, _words, kind in SENSOR_CHOICES:
        given[name] = _choice(kind, typed, f"sensor:{name}", getattr(before, name))
    return SensorEdit(**given)


def _channel(order: ChannelOrder, typed: Mapping[str, str]) -> ChannelEdit:
    given: dict[str, Any] = {}
    for name, words, _unit, _step in NUMBERS:
        before = current_value(order, name)
        value = _number(typed, f"{order.slot}:{name}", f"{order.slot}: {words}", float(before))
        if value is not None:
            given[name] = int(value) if name == "repetitions" else value
    for name, _words, kind in CHOICES:
        given[name] = _choice(kind, typed, f"{order.slot}:{name}", getattr(order, name))
    return ChannelEdit(slot=order.slot, montage=_montage(order, typed), **given)


def _montage(order: ChannelOrder, typed: Mapping[str, str]) -> Montage | None:
    active = _pad(order.montage.active, typed, f"{order.slot}:active")
    other = _pad(order.montage.other, typed, f"{order.slot}:other")
    changed = Montage(active=active, other=other)
    return None if changed == order.montage else changed


def _pad(pad: Pad, typed: Mapping[str, str], prefix: str) -> Pad:
    given = {}
    for name, words, _unit in PAD_NUMBERS:
        value = _number(typed, f"{prefix}:{name}", str(words), pad_value(pad, name))
        if value is not None:
            given[name] = value
    place = replace(
        pad.place,
        u=given["u"] / 100.0 if "u" in given else pad.place.u,
        phi_deg=given.get("phi_deg", pad.place.phi_deg),
    )
    width, height = (given.get(n, getattr(pad, n)) for n in ("width_mm", "height_mm"))
    return replace(
        pad, place=place, width_mm=width, height_mm=height, round=pad.round and width == height
    )


def _number(typed: Mapping[str, str], name: str, words: str, before: float) -> float | None:
    """Return a typed number if it differs from what the page showed, else None."""
    text = typed.get(name, "").strip().replace(",", ".")
    if not text or text == f"{before:g}":
        return None
    try:
        value = float(text)
    except ValueError:
        raise BadInput(
            gettext("%(what)s: %(typed)s is not a number. Correct it.")
            % {"what": words, "typed": repr(text)}
        ) from None
    return None if value == before else value


def _choice(kind: Any, typed: Mapping[str, str], name: str, before: Any) -> Any:
    text = typed.get(name, "")
    if not text or text == before.value:
        return None
    try:
        return kind(text)
    except ValueError:
        raise BadInput(
            gettext("%(what)s: %(typed)s is not known. Choose one of the list.")
            % {"what": name, "typed": repr(text)}
        ) from None
