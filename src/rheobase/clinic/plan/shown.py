"""What the pages show of a proposal: cards, values with their reasons, and what an edit moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rheobase.clinic.plan import forms, joint, pictures
from rheobase.clinic.plan.bodymap import Placed, body_map, close_view, where
from rheobase.clinic.plan.words import about_words, limited_by, on_side_first, say
from rheobase.evidence.load import sources
from rheobase.evidence.muscles import muscle
from rheobase.model.body.child import Child
from rheobase.model.body.muscles import zone_widening
from rheobase.model.response import Response
from rheobase.planner.explain import Reason
from rheobase.planner.place import skin_of
from rheobase.planner.proposal import ChannelProposal, Proposal
from rheobase.stimulus.pads import Pad
from rheobase.stimulus.prescription import ChannelOrder, Prescription
from rheobase.stimulus.sensing import Sensing

# Inputs whose reason the planner gives under another name.
ALSO = {"on_s": "on_off", "off_s": "on_off"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One value as an input, with its reason.

    Attributes:
        name, words, unit, step: of the input.
        value: what stands in it.
        choices: of a list; () for a number.
        reason: why it is what it is, or None.
        source: what it rests on, cited.
    """

    name: str
    words: str
    unit: str
    step: str
    value: str
    choices: tuple[str, ...]
    reason: Reason | None
    source: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One channel on the page."""

    order: ChannelOrder
    unit: str
    title: str
    values: tuple[Shown, ...]
    pads: tuple[tuple[str, str, tuple[Shown, ...]], ...]
    pad_reasons: tuple[Reason, ...]
    side_effects: str
    site: str
    close: SafeString
    response: Response | None
    no_prediction: str
    limiter: str
    pictures: dict[str, SafeString]
    words: dict[str, str]
    neighbours: tuple[tuple[str, str], ...]
    moved: tuple[tuple[str, str, str], ...]


def placed(child: Child, order: ChannelOrder) -> Placed:
    """Return a channel as the body map draws it, on this child's own lengths and girths."""
    one = muscle(order.muscle)
    skin = skin_of(child, order.montage.active.place.segment, order.side)
    return Placed(
        slot=order.slot,
        name=one.name,
        side=order.side,
        montage=order.montage,
        zone=one.zone,
        widened=zone_widening(child.age_months),
        length_mm=skin.length_mm,
        girth_mm=skin.girth_mm,
    )


def map_of(child: Child, orders: tuple[ChannelOrder, ...]) -> SafeString:
    """Return the body map of a plan."""
    return body_map(child.age_months, [placed(child, order) for order in orders])


def cards(proposal: Proposal, typed: Mapping[str, str], before: Proposal | None) -> list[Card]:
    """Return one card per channel.

    Args:
        proposal: what is shown.
        typed: what was typed and refused; {} otherwise.
        before: what it was changed from, or None.
    """
    earlier = {c.order.slot: c for c in before.channels} if before else {}
    return [_card(proposal, c, typed, earlier.get(c.order.slot)) for c in proposal.channels]


def _card(
    proposal: Proposal,
    channel: ChannelProposal,
    typed: Mapping[str, str],
    before: ChannelProposal | None,
) -> Card:
    order, response = channel.order, channel.prediction
    one = muscle(order.muscle)
    reasons = {r.about: r for r in proposal.reasons}
    pad_reasons = [
        reasons[k] for k in (f"{order.slot}.montage", f"{order.slot}.pads") if k in reasons
    ]
    return Card(
        order=order,
        unit=channel.unit,
        title=on_side_first(order.side, one.name),
        values=tuple(_values(order, typed, reasons)),
        pads=tuple(
            (role, where(pad), tuple(_pad_values(order.slot, role, pad, typed)))
            for role, pad in (("active", order.montage.active), ("other", order.montage.other))
        ),
        pad_reasons=tuple(pad_reasons),
        side_effects=say(one.side_effects),
        site=say(one.site),
        close=close_view(placed(proposal.case.child, order)),
        response=response,
        no_prediction=channel.no_prediction,
        limiter=limited_by(response.movement.limiter) if response and response.movement else "",
        pictures=_pictures(response, order) if response and not response.words_only else {},
        words=_words(response) if response else {},
        neighbours=tuple(_neighbours(response, order)) if response else (),
        moved=tuple(_moved(before, channel)) if before else (),
    )


def sensor(proposal: Proposal, typed: Mapping[str, str]) -> list[Shown]:
    """Return the values of the sensor that starts cycles; () where no unit is started by one."""
    sensing = proposal.sensing
    if sensing is None:
        return []
    reasons = {r.about: r for r in proposal.reasons}
    found = []
    for name, words, kind in forms.SENSOR_CHOICES:
        look = {"words": str(words), "choices": tuple(str(c) for c in kind)}
        value = str(getattr(sensing, name))
        found.append(_shown(f"sensor:{name}", value, look, typed, reasons))
    for name, words, unit, step in forms.SENSOR_NUMBERS:
        own = unit or ("" if name == "repetitions" else sensing.unit)
        look = {"words": str(words), "unit": own, "step": step}
        value = f"{getattr(sensing, name):g}"
        found.append(_shown(f"sensor:{name}", value, look, typed, reasons))
    return found


def signed_sensor(sensing: Sensing | None) -> list[tuple[str, str]]:
    """Return the sensor of a signed plan as labelled values."""
    if sensing is None:
        return []
    numbers = [
        (str(words), f"{getattr(sensing, name):g} {unit or sensing.unit}")
        for name, words, unit, _step in forms.SENSOR_NUMBERS
        if name != "repetitions"
    ]
    chosen = [
        (str(words), say(getattr(sensing, name))) for name, words, _kind in forms.SENSOR_CHOICES
    ]
    last = str(forms.SENSOR_NUMBERS[-1][1])
    return [*chosen, *numbers, (last, f"{sensing.repetitions}")]


def _values(
    order: ChannelOrder, typed: Mapping[str, str], reasons: Mapping[str, Reason]
) -> list[Shown]:
    found = []
    for name, words, unit, step in forms.NUMBERS:
        look: dict[str, Any] = {"words": str(words), "unit": str(unit), "step": step}
        value = f"{forms.current_value(order, name):g}"
        found.append(_shown(f"{order.slot}:{name}", value, look, typed, reasons))
    for name, words, kind in forms.CHOICES:
        look = {"words": str(words), "choices": tuple(str(c) for c in kind)}
        found.append(
            _shown(f"{order.slot}:{name}", str(getattr(order, name)), look, typed, reasons)
        )
    return found


def _shown(
    key: str,
    value: str,
    look: dict[str, Any],
    typed: Mapping[str, str],
    reasons: Mapping[str, Reason],
) -> Shown:
    slot, _colon, name = key.partition(":")
    reason = reasons.get(f"{slot}.{name}") or reasons.get(f"{slot}.{ALSO.get(name, name)}")
    reason = reason or reasons.get(f"{slot} {name}") or reasons.get(name)
    return Shown(
        name=key,
        value=typed.get(key, value),
        reason=reason,
        source=cited(reason.source) if reason else "",
        **{"unit": "", "step": "", "choices": (), **look},
    )


def _pad_values(slot: str, role: str, pad: Pad, typed: Mapping[str, str]) -> list[Shown]:
    return [
        _shown(
            f"{slot}:{role}:{name}",
            f"{forms.pad_value(pad, name):g}",
            {"words": str(words), "unit": unit, "step": "any"},
            typed,
            {},
        )
        for name, words, unit in forms.PAD_NUMBERS
    ]


def cited(key: str) -> str:
    """Return a source as it is cited, or "" for the therapist's own change."""
    known = sources()
    if key not in known:
        return ""
    one = known[key]
    return f"{one.citation}{'. doi:' + one.doi if one.doi else ''}"


def _pictures(response: Response, order: ChannelOrder) -> dict[str, SafeString]:
    found = {
        "threshold": pictures.threshold(response, order),
        "recruitment": pictures.recruitment(response, order),
        "force": pictures.percent(
            _("Force, of this child's own maximum"), response.torque_fraction
        ),
        "fatigue": pictures.percent(_("Last contraction, of the first"), response.fatigue_left),
    }
    if response.movement:
        found["movement"] = joint.fan(response.movement)
    return found


def _words(response: Response) -> dict[str, str]:
    if response.words_only:
        return {"strength": say(response.strength)}
    words = {
        "strength": say(response.strength),
        "threshold": pictures.spoken(response.motor_threshold_ma, "mA"),
        "sensory": pictures.spoken(response.sensory_threshold_ma, "mA"),
        "torque": pictures.spoken(response.torque_nm, "Nm"),
        "force": pictures.spoken(response.torque_fraction, "%", 100.0),
        "fatigue": pictures.spoken(response.fatigue_left, "%", 100.0),
        "discomfort": pictures.spoken(response.discomfort, ""),
    }
    if response.movement:
        words["movement"] = pictures.spoken(response.movement.change_deg, "°")
    return words


def _neighbours(response: Response, order: ChannelOrder) -> list[tuple[str, str]]:
    if response.words_only:
        return []
    currents = response.amplitude_ma
    i = min(range(len(currents)), key=lambda k: abs(currents[k] - order.ceiling_ma))
    target = (say(muscle(order.muscle).name), pictures.spoken(response.recruited[i], "%", 100.0))
    others = [
        (say(muscle(k).name), pictures.spoken(response.neighbours[k][i], "%", 100.0))
        for k in pictures.neighbours_shown(response)
    ]
    return [target, *others]


def _moved(before: ChannelProposal, after: ChannelProposal) -> list[tuple[str, str, str]]:
    """Return what an edit moved: name, before, after; predictions as ranges."""
    was = _words(before.prediction) if before.prediction else {}
    now = _words(after.prediction) if after.prediction else {}
    names = {
        "strength": _("Contraction"),
        "threshold": _("Motor threshold"),
        "torque": _("Torque"),
        "fatigue": _("Last contraction"),
        "movement": _("Movement"),
        "discomfort": _("Discomfort"),
    }
    values = [
        (
            str(words),
            f"{forms.current_value(before.order, n):g} {unit}",
            f"{forms.current_value(after.order, n):g} {unit}",
        )
        for n, words, unit, _step in forms.NUMBERS
    ]
    if before.order.montage != after.order.montage:
        values.append(
            (_("Pads"), where(before.order.montage.active), where(after.order.montage.active))
        )
    predicted = [(w, was.get(k, ""), now.get(k, "")) for k, w in names.items()]
    return [row for row in (*values, *predicted) if row[1] != row[2]]


def why_table(proposal: Proposal) -> list[dict[str, Any]]:
    """Return every value with its reason, source and standing."""
    return [
        {
            "about": about_words(r.about),
            "value": r.value,
            "why": r.why,
            "source": cited(r.source),
            "standing": say(r.standing),
        }
        for r in proposal.reasons
    ]


def signed_rows(prescription: Prescription) -> list[dict[str, Any]]:
    """Return every channel of a signed plan as labelled values."""
    rows = []
    for order in prescription.channels:
        values = [
            (str(words), f"{forms.current_value(order, name):g} {unit}")
            for name, words, unit, _step in forms.NUMBERS
        ]
        values += [(str(words), say(getattr(order, name))) for name, words, _kind in forms.CHOICES]
        pads = [
            (_("Active pad"), where(order.montage.active)),
            (_("Second pad"), where(order.montage.other)),
        ]
        title = on_side_first(order.side, muscle(order.muscle).name)
        rows.append({"order": order, "title": title, "values": pads + values})
    return rows
