"""A proposal or a refusal as a page of text, for people."""

from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rheobase.model.response import Band, Response
    from rheobase.planner.proposal import ChannelProposal, Proposal, Refusal
    from rheobase.planner.screen import Graded
    from rheobase.stimulus import Sensing

NOT_A_DEVICE = (
    "A computer's idea for a qualified therapist to check, change and sign. Not a medical device; "
    "nothing here promises benefit."
)
STYLES = {
    "block": "bold red",
    "clear": "bold red",
    "block_site": "red",
    "caution": "yellow",
    "info": "dim",
}


def show_proposal(console: Console, proposal: "Proposal") -> None:
    """Print a proposal: channels, predictions, warnings, findings, evidence, reasons, sources."""
    case = proposal.case
    console.print(
        Panel(
            f"[b]{case.child_id}[/b], {_age(case.child.age_months)}, focus "
            f"{case.focus.replace('_', ' ')}, {proposal.posture}, {proposal.coordination}, "
            f"at most {proposal.session_min:g} min\n{NOT_A_DEVICE}",
            title="Proposal",
        )
    )
    console.print(_channels(proposal))
    console.print(_predictions(proposal))
    for activity in proposal.activities:
        console.print(
            Panel(
                f"Therapist: {activity.cue_therapist}\nChild: “{activity.cue_child}”\n"
                f"Expect: {activity.expected_movement}",
                title=f"Activity: {activity.name}",
            )
        )
    gate = proposal.gate
    console.print(
        f"Comfort: {gate.scale} every {gate.every_s:g} s; stop at {gate.stop_at}, or at a rise of "
        f"{gate.stop_at_rise}. Units in the first block: {proposal.units_at_first}.\n"
        "Checked against every limit of this age (proposed defaults): none is passed."
    )
    if proposal.sensing is not None:
        console.print(_sensor(proposal.sensing))
    _list(console, "Look out for", proposal.warnings)
    _list(console, "Overrides", [f"{o.rule}: {o.reason}" for o in proposal.overrides])
    console.print(_findings(proposal.findings))
    console.print(_evidence(proposal))
    console.print(_reasons(proposal))
    console.print(
        f"[dim]{len(proposal.references)} references: rheobase cite; {_defaults(proposal)}[/dim]"
    )


def show_refusal(console: Console, refusal: "Refusal") -> None:
    """Print why there is no proposal, and what would help."""
    table = Table(title="No proposal", title_style="bold red", show_lines=True, expand=True)
    for name in ("What", "Why", "What to do"):
        table.add_column(name, overflow="fold")
    for reason in refusal.reasons:
        table.add_row(Text(reason.what, style="bold"), Text(reason.why), Text(reason.to_do))
    console.print(table)
    console.print(_findings(refusal.findings))


def _age(months: float) -> str:
    return f"{months:.0f} months" if months < 36 else f"{months / 12:.1f} years"


def _channels(proposal: "Proposal") -> Table:
    table = Table(title="Channels", expand=True)
    table.add_column("")
    for channel in proposal.channels:
        order = channel.order
        name = f"{order.slot}  {order.side} {order.muscle.replace('_', ' ')}"
        table.add_column(name, overflow="fold", ratio=1)
    for label, cells in _rows(proposal.channels):
        table.add_row(Text(label, style="bold"), *(Text(cell) for cell in cells))
    return table


def _rows(channels: "tuple[ChannelProposal, ...]") -> list[tuple[str, list[str]]]:
    orders = [c.order for c in channels]
    patterns = [o.pattern for o in orders]
    return [
        ("unit", [c.unit for c in channels]),
        ("train", [f"{o.frequency_hz:g} Hz, {o.pulse_width_us:g} µs" for o in orders]),
        (
            "current",
            [
                f"{o.start_ma:g}, steps {o.step_ma:g}, never above {o.ceiling_ma:g} mA"
                for o in orders
            ],
        ),
        (
            "pattern",
            [
                f"{p.on_s:g} s on, {p.off_s:g} s off, {p.repetitions} times, from {p.offset_s:g} s"
                for p in patterns
            ],
        ),
        ("ramps", [f"{p.ramp_up_s:g} s up, {p.ramp_down_s:g} s down" for p in patterns]),
        ("trigger", [f"{o.trigger}; at most {o.minutes_max:g} min" for o in orders]),
        ("pads", [_pads(c) for c in channels]),
    ]


def _sensor(sensing: "Sensing") -> str:
    return (
        f"Sensor: {sensing.signal} {sensing.crossing} a threshold of {sensing.threshold_low:g} to "
        f"{sensing.threshold_high:g} {sensing.unit} (rest and {sensing.k_sd:g} SD); deaf for "
        f"{sensing.blanking_ms:g} ms after our pulses, {sensing.refractory_s:g} s between triggers, "
        f"at most {sensing.repetitions} in a block."
    )


def _pads(channel: "ChannelProposal") -> str:
    pads = channel.order.montage.pads
    size = f"{pads[0].width_mm:g} x {pads[0].height_mm:g} mm"
    places = " to ".join(
        f"{p.place.segment} {p.place.u:.0%} down, {p.place.phi_deg:g}°" for p in pads
    )
    return f"{size}: {places}"


def _predictions(proposal: "Proposal") -> Table:
    table = Table(title="What the model expects (90 % of virtual twins)", expand=True)
    for name in ("", "motor threshold", "at the ceiling", "movement", "left at the end"):
        table.add_column(name, overflow="fold")
    for channel in proposal.channels:
        cells = _answer(channel.prediction) if channel.prediction else ()
        none = () if channel.prediction else (f"none: {channel.no_prediction}", "", "", "")
        table.add_row(channel.order.slot, *(Text(c) for c in (*cells, *none)))
    return table


def _answer(response: "Response") -> tuple[str, str, str, str]:
    if response.words_only:
        return "words only at this age", response.strength.value, _direction(response), ""
    force = f"{response.strength}: {_shown(response.torque_fraction, '', 100.0)} % of own maximum"
    return (
        f"{_shown(response.motor_threshold_ma, 'mA')}",
        force,
        _direction(response),
        f"{_shown(response.fatigue_left, '', 100.0)} %",
    )


def _direction(response: "Response") -> str:
    moves = response.movement
    if moves is None:
        return "joint not modelled"
    if response.words_only:
        return f"{moves.joint} {moves.direction}"
    return (
        f"{moves.joint} {moves.direction} {_shown(moves.change_deg, '°')} (limit: {moves.limiter})"
    )


def _shown(band: "Band", unit: str, times: float = 1.0) -> str:
    low, middle, high = (round(times * v) + 0.0 for v in (band.low, band.middle, band.high))
    return f"{middle:.0f} ({low:.0f} to {high:.0f}) {unit}".strip()


def _list(console: Console, title: str, lines: "tuple[str, ...] | list[str]") -> None:
    if lines:
        console.print(Panel(Group(*(Text(f"• {line}") for line in lines)), title=title))


def _findings(findings: "tuple[Graded, ...]") -> RenderableType:
    if not findings:
        return "Screening: nothing found."
    table = Table(title="Screening (grades are proposed defaults, need sign-off)", expand=True)
    for name in ("grade", "finding", "what to do", "sources"):
        table.add_column(name, overflow="fold")
    for one in findings:
        grade = one.grade.value.replace("_", " ")
        cleared = f" Cleared by {one.cleared_by}." if one.cleared_by else ""
        table.add_row(
            Text(grade, style=STYLES[one.grade.value]),
            Text(one.text + cleared),
            Text(one.remedy),
            Text(", ".join(one.sources[:3])),
        )
    return table


def _evidence(proposal: "Proposal") -> Panel:
    lines = [
        Text.assemble((f"{one.about}. ", "bold"), one.text, (f" [{one.tag}]", "dim"))
        for one in proposal.evidence
    ]
    return Panel(Group(*lines), title="How strong the evidence is")


def _reasons(proposal: "Proposal") -> Table:
    table = Table(title="Why each value", expand=True, show_lines=False)
    for name, ratio in (("value", 3), ("", 4), ("why", 9), ("source", 4), ("standing", 4)):
        table.add_column(name, overflow="fold", ratio=ratio)
    slots: dict[tuple[str, ...], list[str]] = {}
    for reason in proposal.reasons:
        slot, dot, name = reason.about.partition(".")
        label = _plain(name if dot else slot)
        standing = reason.standing.removeprefix("proposed ")
        key = (label, reason.value, reason.why, reason.source, standing)
        slots.setdefault(key, []).append(slot if dot else "")
    for (name, *rest), where in slots.items():
        table.add_row(*(Text(cell) for cell in (f"{' '.join(where)} {name}".strip(), *rest)))
    return table


def _plain(name: str) -> str:
    """Return the name of a value without its unit, which the value carries."""
    if name == "minutes_max":
        return "longest"
    for unit in ("_hz", "_us", "_ma", "_s", "_min"):
        name = name.removesuffix(unit)
    return name.replace("_", " ")


def _defaults(proposal: "Proposal") -> str:
    count = sum("sign-off" in reason.standing for reason in proposal.reasons)
    return f"{count} of {len(proposal.reasons)} values are proposed defaults"
