"""The fraction of a muscle, and of its neighbours, that a current reaches.

The case gives child, muscle, side and bedside observations; pads lie at the usual places. Every
curve is a range over virtual twins. With --motor-units also which units the current takes, in the
order of their axons, and how they tire against units taken by size, as in a voluntary contraction.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rheobase.cli._respond import Asked
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
    motor_units: Annotated[
        bool, typer.Option("--motor-units", help="Units and their fatigue too (seconds).")
    ] = False,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Numbers below two years too (for research).")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Write the curves as SVG.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole response.")] = False,
) -> None:
    """Print thresholds and recruitment curves with their ranges."""
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
    numbers_or_refuse(response, numbers, plot)
    numbers = numbers or not response.words_only
    plain = plain_response(response, numbers=numbers)
    units = _units(case, asked) if motor_units and numbers else {}
    if plot is not None:
        _draw(response, units, plot)
    if as_json:
        print(json.dumps({**plain, "motor_units": units} if units else plain))
        return
    print(_page(response, asked.amplitude_ma) if numbers else words_page(response))
    if units:
        print(_units_page(units, asked.amplitude_ma))


def _units(case: Path, asked: "Asked") -> dict[str, object]:
    """Return the bout as bands, and where its numbers are from."""
    from rheobase.cli._respond import bout_of
    from rheobase.evidence import muscle_sets
    from rheobase.model.chain import band, bands
    from rheobase.stimulus.codec import to_plain

    found = bout_of(case, asked)
    basis = next(iter(muscle_sets.certificates("potvin2017").values()))
    shares = {
        name: to_plain(band(getattr(found, name)))
        for name in ("units", "tetanus", "large", "left", "left_by_size")
    }
    return {
        **shares,
        "stimulated_s": found.stimulated_s.tolist(),
        "force": [to_plain(b) for b in bands(found.force)],
        "by_size": [to_plain(b) for b in bands(found.by_size)],
        "basis": {
            "source": basis.source, "tag": basis.tag, "population": basis.population,
            "note": "no recovery: only time under stimulation counts",
        },
    }  # fmt: skip


def _units_page(units: dict[str, Any], amplitude_ma: float) -> str:
    def shown(name: str) -> str:
        b = units[name]
        return f"{b['middle']:.2f} (90 %: {b['low']:.2f} to {b['high']:.2f})"

    seconds = units["stimulated_s"][-1]
    return "\n".join(
        [
            "",
            f"Motor units at {amplitude_ma:g} mA, in the order of their axons",
            f"  fire               {shown('units')} of the pool, {shown('large')} of them large",
            f"  force, fresh       {shown('tetanus')} of the pool's, fully fused",
            f"  left after {seconds:4.0f} s  {shown('left')}; were small units first: "
            f"{shown('left_by_size')}",
            f"  {units['basis']['population']}; {units['basis']['note']}.",
        ]
    )


def _page(response: "Response", amplitude_ma: float) -> str:
    from rheobase.cli._respond import caution, shown

    lines = [
        f"{response.muscle}, {response.side.value}",
        f"  first contraction  {shown(response.motor_threshold_ma, 'mA')}",
        f"  first feeling      {shown(response.sensory_threshold_ma, 'mA')}",
        f"  at {amplitude_ma:g} mA: {response.strength.value}, "
        f"torque {shown(response.torque_nm, 'N m')}, discomfort {shown(response.discomfort, '')}",
        *((f"  {response.no_movement}",) if response.no_movement else ()),
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


def _draw(response: "Response", units: dict[str, Any], file: Path) -> None:
    from matplotlib.figure import Figure

    from rheobase.cli._plot import save_svg
    from rheobase.cli._respond import fan

    figure = Figure(figsize=(7.0, 7.6 if units else 4.2), layout="constrained")
    axes = figure.add_subplot(2 if units else 1, 1, 1)
    fan(axes, response.amplitude_ma, response.recruited, response.muscle.replace("_", " "))
    for key, curve in response.neighbours.items():
        fan(axes, response.amplitude_ma, curve, key.replace("_", " "))
    axes.axvline(
        response.motor_threshold_ma.middle,
        color="0.4", linewidth=0.8, linestyle=":", label="first contraction",
    )  # fmt: skip
    axes.set(xlabel="current (mA)", ylabel="recruited fraction", ylim=(0, 1.02), xlim=(0, None))
    axes.set_title("Recruitment: median and 90 % of the twins", loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9)
    if units:
        _draw_units(figure.add_subplot(2, 1, 2), units)
    save_svg(figure, file)


def _draw_units(axes: Any, units: dict[str, Any]) -> None:
    for key, label in (("force", "by axon"), ("by_size", "by size")):
        middle, low, high = ([b[name] for b in units[key]] for name in ("middle", "low", "high"))
        line = axes.plot(units["stimulated_s"], middle, label=label)[0]
        axes.fill_between(units["stimulated_s"], low, high, color=line.get_color(), alpha=0.12)
    axes.set(xlabel="time under stimulation (s)", ylabel="force of the pool", ylim=(0, 1.02))
    axes.set_title("Motor units: as axons come, and smallest first", loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9)
