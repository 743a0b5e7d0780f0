"""Give the signed prescription and the case it came from (the child, and what was seen).

Each channel is simulated at its ceiling, or at `--amplitude-ma`, on virtual twins of the child.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rheobase.errors import BadInput

if TYPE_CHECKING:
    from rheobase.model.response import Response
    from rheobase.stimulus.prescription import ChannelOrder


def command(
    prescription: Annotated[Path, typer.Argument(help="The signed prescription, as JSON.")],
    case: Annotated[Path, typer.Argument(help="The case with the child, as JSON.")],
    *,
    amplitude_ma: Annotated[
        float | None, typer.Option(help="At this current instead of each ceiling. [mA]")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write recruitment curves as CSV.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write recruitment curves as SVG.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole responses.")] = False,
) -> None:
    """Print what a prescription will probably do to a child, channel by channel."""
    from dataclasses import replace

    from rheobase.planner.assemble import response_at
    from rheobase.planner.case import Case
    from rheobase.planner.files import read_file
    from rheobase.planner.predict import predicted
    from rheobase.stimulus.prescription import Sealed

    signed = read_file(Sealed, prescription).prescription
    known = read_file(Case, case)
    if signed.child != known.child_id:
        raise BadInput(
            f"The prescription is for {signed.child!r}, the case is of {known.child_id!r}. "
            "Give the two that belong together."
        )
    answers: list[tuple[ChannelOrder, Response | None, str]] = []
    for order in signed.channels:
        at = (
            order if amplitude_ma is None else replace(order, start_ma=0.0, ceiling_ma=amplitude_ma)
        )
        answers.append((at, *response_at(known, signed.posture, at, predicted)))
    if csv is not None:
        _written(csv, _table(answers))
    if plot is not None:
        _draw(plot, answers)
    if as_json:
        print(json.dumps({"channels": [_plain(*a) for a in answers]}, allow_nan=False))
        return
    for order, response, why in answers:
        _print(order, response, why)


def _plain(order: "ChannelOrder", response: "Response | None", why: str) -> dict[str, Any]:
    from rheobase.stimulus.codec import to_plain

    return {
        "slot": order.slot,
        "amplitude_ma": order.ceiling_ma,
        "response": to_plain(response),
        "why_none": why,
    }


def _print(order: "ChannelOrder", response: "Response | None", why: str) -> None:
    from rheobase.cli._respond import caution, shown

    name = f"{order.slot}  {order.side} {order.muscle} at {order.ceiling_ma:g} mA"
    if response is None:
        print(f"{name}: no answer. {why}")
        return
    print(f"{name}: {response.strength}")
    if not response.words_only:
        print(f"   motor threshold  {shown(response.motor_threshold_ma, 'mA')}")
        print(f"   torque           {shown(response.torque_nm, 'Nm')}")
        print(f"   left at the end  {shown(response.fatigue_left, 'of the first')}")
        if response.movement is not None:
            moves = response.movement
            print(f"   {moves.joint} {moves.direction}  {shown(moves.change_deg, 'deg')}")
    print(f"   {caution(response)}")


def _table(answers: "list[tuple[ChannelOrder, Response | None, str]]") -> str:
    lines = ["slot,muscle,side,of,amplitude_ma,low,middle,high"]
    for order, response, _ in answers:
        if response is None:
            continue
        curves = {"target": response.recruited, **response.neighbours}
        for name, curve in curves.items():
            for ma, band in zip(response.amplitude_ma, curve, strict=True):
                lines.append(
                    f"{order.slot},{order.muscle},{order.side},{name},{ma:.4g},"
                    f"{band.low:.5g},{band.middle:.5g},{band.high:.5g}"
                )
    return "\n".join(lines) + "\n"


def _draw(path: Path, answers: "list[tuple[ChannelOrder, Response | None, str]]") -> None:
    import io

    from matplotlib.figure import Figure

    from rheobase.cli._respond import fan

    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.add_subplot()
    for order, response, _ in answers:
        if response is not None:
            label = f"{order.slot} {order.side} {order.muscle.replace('_', ' ')}"
            fan(axes, response.amplitude_ma, response.recruited, label)
            axes.axvline(order.ceiling_ma, color="0.6", lw=0.8)
    axes.set(xlabel="current (mA)", ylabel="recruited fraction", ylim=(0, 1.02), xlim=(0, None))
    axes.set_title("Recruitment of each target; grey: its ceiling", loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg")
    _written(path, drawn.getvalue())


def _written(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}. Name another file.") from None
