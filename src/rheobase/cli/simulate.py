"""Give the signed prescription and the case it came from (the child, and what was seen).

Each channel is simulated at its ceiling, or at `--amplitude-ma`, on virtual twins of the child.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rheobase.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rheobase.clinic.tables import Row, Shape
    from rheobase.model.response import Response
    from rheobase.stimulus.prescription import ChannelOrder

    Answer = tuple[ChannelOrder, Response | None, str]  # the last: why there is no response


def command(
    prescription: Annotated[Path, typer.Argument(help="The signed prescription, as JSON.")],
    case: Annotated[Path, typer.Argument(help="The case with the child, as JSON.")],
    *,
    amplitude_ma: Annotated[
        float | None, typer.Option(help="At this current instead of each ceiling. [mA]")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write recruitment curves as CSV.")] = None,
    parquet: Annotated[
        Path | None, typer.Option(help="Write recruitment curves as Parquet, with units.")
    ] = None,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Numbers below two years too (for research).")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Write recruitment curves as SVG.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole responses.")] = False,
) -> None:
    """Print what a prescription will probably do to a child, channel by channel."""
    from rheobase.cli._respond import numbers_or_refuse
    from rheobase.cli._write import write
    from rheobase.clinic import tables

    answers = _answers(prescription, case, amplitude_ma)
    for _, response, _ in answers:
        if response is not None:
            numbers_or_refuse(response, numbers, csv or parquet or plot)
    if csv is not None:
        write(csv, tables.csv_text(_curves(), _rows(answers)).encode())
    if parquet is not None:
        write(parquet, tables.parquet(_curves(), _rows(answers)))
    if plot is not None:
        _draw(plot, answers)
    if as_json:
        channels = [_plain(*answer, numbers=numbers) for answer in answers]
        print(json.dumps({"channels": channels}, allow_nan=False))
        return
    for order, response, why in answers:
        _print(order, response, why, numbers=numbers)


def _answers(prescription: Path, case: Path, amplitude_ma: float | None) -> "list[Answer]":
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
    orders = signed.channels
    if amplitude_ma is not None:
        orders = tuple(replace(o, start_ma=0.0, ceiling_ma=amplitude_ma) for o in orders)
    return [(o, *response_at(known, signed.posture, o, predicted)) for o in orders]


def _plain(
    order: "ChannelOrder", response: "Response | None", why: str, *, numbers: bool
) -> dict[str, Any]:
    from rheobase.cli._respond import plain_response

    return {
        "slot": order.slot,
        "amplitude_ma": order.ceiling_ma,
        "response": plain_response(response, numbers=numbers) if response else None,
        "why_none": why,
    }


def _print(order: "ChannelOrder", response: "Response | None", why: str, *, numbers: bool) -> None:
    from rheobase.cli._respond import caution, shown, words_page

    name = f"{order.slot}  {order.side} {order.muscle} at {order.ceiling_ma:g} mA"
    if response is None:
        print(f"{name}: no answer. {why}")
        return
    if response.words_only and not numbers:
        print(f"{name}:\n{words_page(response)}")
        return
    print(f"{name}: {response.strength}")
    print(f"   motor threshold  {shown(response.motor_threshold_ma, 'mA')}")
    print(f"   torque           {shown(response.torque_nm, 'Nm')}")
    print(f"   left at the end  {shown(response.fatigue_left, 'of the first')}")
    if response.movement is not None:
        moves = response.movement
        print(f"   {moves.joint} {moves.direction}  {shown(moves.change_deg, 'deg')}")
    print(f"   {caution(response)}")


def _curves() -> "Shape":
    from rheobase.clinic.tables import AS_SOFTWARE, Column, Shape

    fraction = "recruited fraction, %s of the range"
    return Shape(
        title="recruitment of each target and its neighbours",
        licence=AS_SOFTWARE,
        columns=(
            Column(name="slot", kind="text", text="A, B or C"),
            Column(name="muscle", kind="text", text="target of the channel"),
            Column(name="side", kind="text", text="left, right or both"),
            Column(name="of", kind="text", text="target, or the neighbour that is recruited"),
            Column(name="amplitude_ma", kind="number", unit="mA", digits=4, text="current"),
            *(
                Column(name=name, kind="number", unit="1", digits=5, text=fraction % name)
                for name in ("low", "middle", "high")
            ),
        ),
    )


def _rows(answers: "list[Answer]") -> "Iterator[Row]":
    for order, response, _ in answers:
        if response is None:
            continue
        for name, curve in {"target": response.recruited, **response.neighbours}.items():
            for ma, band in zip(response.amplitude_ma, curve, strict=True):
                yield {
                    "slot": order.slot,
                    "muscle": order.muscle,
                    "side": order.side.value,
                    "of": name,
                    "amplitude_ma": float(ma),
                    "low": float(band.low),
                    "middle": float(band.middle),
                    "high": float(band.high),
                }


def _draw(path: Path, answers: "list[Answer]") -> None:
    from matplotlib.figure import Figure

    from rheobase.cli._plot import save_svg
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
    save_svg(figure, path)
