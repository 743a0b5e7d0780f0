"""How far a joint moves under one contraction, as a range over virtual twins.

The case gives child, muscle, side, posture and bedside observations; pads lie at the usual places.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rheobase.errors import BadInput

if TYPE_CHECKING:
    from rheobase.model.response import Movement, Response

SHOWN = (
    "muscle", "side", "words_only", "extrapolated", "strength", "movement", "no_movement", "basis", "made_by",
    "evidence_sha256",
)  # fmt: skip


def command(
    case: Annotated[Path, typer.Argument(help="The case, as JSON.")],
    *,
    amplitude_ma: Annotated[float, typer.Option(help="Of the train. [mA]")],
    muscle: Annotated[str | None, typer.Option(help="Key; the first target if unsaid.")] = None,
    side: Annotated[str | None, typer.Option(help="left or right; the target's if unsaid.")] = None,
    pulse_width_us: Annotated[float, typer.Option(help="Of one phase. [us]")] = 300.0,
    frequency_hz: Annotated[float, typer.Option(help="Of the train. [Hz]")] = 35.0,
    pad_mm: Annotated[float | None, typer.Option(help="Round pads instead. [mm]")] = None,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Numbers below two years too (for research).")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Write the movement as SVG.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The movement as JSON.")] = False,
) -> None:
    """Print the change of angle with its range, and what stops it."""
    from rheobase.cli._respond import (
        Asked,
        numbers_or_refuse,
        plain_response,
        response_of,
        say_what_to_look_at_again,
        words_page,
    )

    asked = Asked(
        muscle=muscle,
        side=side,
        amplitude_ma=amplitude_ma,
        pulse_width_us=pulse_width_us,
        frequency_hz=frequency_hz,
        pad_mm=pad_mm,
    )
    known, response = response_of(case, asked)
    say_what_to_look_at_again(known)
    movement = response.movement
    if movement is None:
        raise BadInput(
            f"No movement of {response.muscle} in this posture. {response.no_movement} "
            "See `recruitment` for the torque."
        )
    numbers_or_refuse(response, numbers, plot)
    numbers = numbers or not response.words_only
    if plot is not None:
        _draw(response, movement, amplitude_ma, plot)
    if as_json:
        whole = plain_response(response, numbers=numbers)
        print(json.dumps({name: whole[name] for name in SHOWN}))
        return
    print(_page(response, movement) if numbers else words_page(response))


def _page(response: "Response", movement: "Movement") -> str:
    from rheobase.cli._respond import caution, shown

    lines = [
        f"{response.muscle}, {response.side.value}: {movement.joint} {movement.direction}",
        f"  {response.strength.value}; change of angle {shown(movement.change_deg, 'deg')}",
        f"  limited by: {movement.limiter}",
        "",
        f"{'ms':>8} {'deg':>8} {'5 %':>8} {'95 %':>8}",
    ]
    for i in range(0, len(movement.time_ms), 10):
        b = movement.angle_deg[i]
        shown_deg = (round(value, 1) + 0.0 for value in (b.middle, b.low, b.high))  # no -0.0
        lines.append(f"{movement.time_ms[i]:8.0f} " + " ".join(f"{v:8.1f}" for v in shown_deg))
    return "\n".join([*lines, "", caution(response)])


def _draw(response: "Response", movement: "Movement", amplitude_ma: float, file: Path) -> None:
    from matplotlib.figure import Figure

    from rheobase.cli._plot import save_svg
    from rheobase.cli._respond import fan

    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.add_subplot()
    seconds = [t / 1000.0 for t in movement.time_ms]
    fan(axes, seconds, movement.angle_deg, f"{movement.joint} {movement.direction}")
    axes.set(xlabel="time (s)", ylabel=f"{movement.direction} from rest (deg)", xlim=(0, None))
    muscle = f"{response.muscle.replace('_', ' ')}, {response.side.value}, {amplitude_ma:g} mA"
    title = f"{muscle}: median and 90 % of the twins; limited by {movement.limiter}"
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    save_svg(figure, file)
