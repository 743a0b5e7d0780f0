"""The fraction of a muscle, and of its neighbours, that a current reaches.

The case gives child, muscle, side and bedside observations; pads lie at the usual places. Every
curve is a range over virtual twins.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rheobase.model.response import Response


def command(
    case: Annotated[Path, typer.Argument(help="The case, as JSON.")],
    *,
    muscle: Annotated[str | None, typer.Option(help="Key; the first target if unsaid.")] = None,
    side: Annotated[str | None, typer.Option(help="left or right; the target's if unsaid.")] = None,
    pulse_width_us: Annotated[float, typer.Option(help="Of one phase. [us]")] = 300.0,
    frequency_hz: Annotated[float, typer.Option(help="Of the train. [Hz]")] = 35.0,
    amplitude_ma: Annotated[float, typer.Option(help="For torque and the word. [mA]")] = 20.0,
    pad_mm: Annotated[float | None, typer.Option(help="Round pads instead. [mm]")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the curves as SVG.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole response.")] = False,
) -> None:
    """Print thresholds and recruitment curves with their ranges."""
    from rheobase.cli._respond import Asked, response_of
    from rheobase.stimulus.codec import to_plain

    asked = Asked(
        muscle=muscle,
        side=side,
        amplitude_ma=amplitude_ma,
        pulse_width_us=pulse_width_us,
        frequency_hz=frequency_hz,
        pad_mm=pad_mm,
    )
    _, response = response_of(case, asked)
    if plot is not None:
        _draw(response, plot)
    print(json.dumps(to_plain(response)) if as_json else _page(response, asked.amplitude_ma))


def _page(response: "Response", amplitude_ma: float) -> str:
    from rheobase.cli._respond import caution, shown

    lines = [
        f"{response.muscle}, {response.side.value}",
        f"  first contraction  {shown(response.motor_threshold_ma, 'mA')}",
        f"  first feeling      {shown(response.sensory_threshold_ma, 'mA')}",
        f"  at {amplitude_ma:g} mA: {response.strength.value}, "
        f"torque {shown(response.torque_nm, 'N m')}, discomfort {shown(response.discomfort, '')}",
        "",
        f"{'mA':>8} {'recruited':>10} {'5 %':>6} {'95 %':>6}  neighbours",
    ]
    for i in range(0, len(response.amplitude_ma), 4):
        b = response.recruited[i]
        others = ", ".join(f"{k} {v[i].middle:.2f}" for k, v in response.neighbours.items())
        lines.append(
            f"{response.amplitude_ma[i]:8.1f} {b.middle:10.2f} {b.low:6.2f} {b.high:6.2f}  {others}"
        )
    return "\n".join([*lines, "", caution(response)])


def _draw(response: "Response", file: Path) -> None:
    from matplotlib.figure import Figure

    from rheobase.cli._respond import fan

    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.add_subplot()
    fan(axes, response.amplitude_ma, response.recruited, response.muscle.replace("_", " "))
    for key, curve in response.neighbours.items():
        fan(axes, response.amplitude_ma, curve, key.replace("_", " "))
    axes.axvline(response.motor_threshold_ma.middle, color="0.4", linewidth=0.8, linestyle=":")
    axes.set(xlabel="current (mA)", ylabel="recruited fraction", ylim=(0, 1.02), xlim=(0, None))
    axes.set_title("Recruitment: median and 90 % of the twins", loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    figure.savefig(file, format="svg")
