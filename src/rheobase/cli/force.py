"""Files hold numbers separated by spaces, commas or new lines (or one JSON list).

A heading over the first number is passed over.

Say the pulses as a file of times or as a steady rate. `ding2007` needs a pulse width, `hmed2018` an
amplitude; either is one number for all pulses, or a file with one number for each. So are the knee's
angle and speed, which `marion2009` takes; speed adds the term of Marion 2013. Parameters come from
evidence/muscle.toml, and the answer says from where.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rheobase.errors import BadInput

if TYPE_CHECKING:
    from rheobase.model.muscle.checks import Array
    from rheobase.model.muscle.muscles import Muscles, State

MODELS = ("ding2003", "ding2007", "hmed2018", "marion2009")
LONGEST_MS = 7.2e6
AFTER_MS = 500.0  # how long force is shown after the last pulse of a file


def command(
    *,
    model: Annotated[str, typer.Option(help="One of: " + ", ".join(MODELS) + ".")],
    pulses_ms: Annotated[Path | None, typer.Option(help="File of pulse times. [ms]")] = None,
    frequency_hz: Annotated[float | None, typer.Option(help="Steady rate instead. [Hz]")] = None,
    duration_s: Annotated[
        float | None, typer.Option(help="Length of train and answer. [s]")
    ] = None,
    pulse_width_us: Annotated[str | None, typer.Option(help="Number or file. [us]")] = None,
    amplitude_ma: Annotated[str | None, typer.Option(help="Number or file. [mA]")] = None,
    knee_flexion_deg: Annotated[
        str | None, typer.Option(help="For marion2009; 90 if unsaid. Number or file. [deg]")
    ] = None,
    knee_speed_deg_s: Annotated[
        str | None, typer.Option(help="Bending positive; number or file. [deg/s]")
    ] = None,
    at_ms: Annotated[Path | None, typer.Option(help="File of times to answer at. [ms]")] = None,
    every_ms: Annotated[
        float | None, typer.Option(help="Spacing instead; 10 if unsaid. [ms]")
    ] = None,
    fatigue: Annotated[bool, typer.Option("--fatigue", help="Let the muscle tire.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write force and pulses as SVG.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print the force of one muscle at chosen times, and the state it ends in."""
    from rheobase.evidence.load import made_by
    from rheobase.model.muscle.force import simulate

    knee = (knee_flexion_deg, knee_speed_deg_s)
    _check_options(model, pulse_width_us, amplitude_ma, knee)
    pulses = _pulses(pulses_ms, frequency_hz, duration_s)
    times = _times(at_ms, every_ms, duration_s, pulses)
    muscles, recruited, gain = _muscle(model, pulses.size, pulse_width_us, amplitude_ma, knee)
    force, end = simulate(muscles, pulses, recruited, times, fatigue=fatigue, calcium_gain=gain)
    answer = {
        "model": model,
        "fatigue": fatigue,
        "n_pulses": int(pulses.size),
        "time_ms": times.tolist(),
        "force_n": force[0].tolist(),
        "final": _final(muscles, end, float(times[-1])),
        "basis": _basis(model, fatigue=fatigue, moving=knee_speed_deg_s is not None),
        **made_by(),
    }
    if plot is not None:
        _draw(answer, pulses, plot)
    print(json.dumps(answer) if as_json else _page(answer))


def _pulses(file: Path | None, frequency_hz: float | None, duration_s: float | None) -> "Array":
    import numpy as np

    if (file is None) == (frequency_hz is None):
        raise BadInput(
            "Give the pulses once: --pulses-ms FILE, or --frequency-hz with --duration-s."
        )
    if duration_s is not None and not 0.0 < 1000.0 * duration_s <= LONGEST_MS:
        raise BadInput(f"--duration-s is {duration_s:g}. Give a length above 0, up to 7200 s.")
    if file is not None:
        return _moments("--pulses-ms", file)
    if frequency_hz is None or duration_s is None or not 0.0 < frequency_hz <= 1000.0:
        raise BadInput("--frequency-hz needs a rate above 0, up to 1000 Hz, and --duration-s.")
    n_pulses = int(np.ceil(frequency_hz * duration_s - 1e-9))
    return np.arange(n_pulses, dtype=np.float64) * 1000.0 / frequency_hz


def _times(
    file: Path | None, every_ms: float | None, duration_s: float | None, pulses: "Array"
) -> "Array":
    import numpy as np

    if file is not None and every_ms is not None:
        raise BadInput("Give the times once: --at-ms FILE, or --every-ms.")
    if file is not None:
        return _moments("--at-ms", file)
    step = 10.0 if every_ms is None else every_ms
    end = float(pulses[-1]) + AFTER_MS if duration_s is None else 1000.0 * duration_s
    if not step > 0.0 or not end / step < 1e6:
        raise BadInput(f"--every-ms is {step:g}. Give a positive spacing, up to a million answers.")
    return np.arange(int(np.floor(end / step + 1e-9)) + 1, dtype=np.float64) * step


def _check_options(
    model: str, width: str | None, amplitude: str | None, knee: tuple[str | None, str | None]
) -> None:
    """Refuse what the model does not know, and ask for what it needs."""
    if model not in MODELS:
        raise BadInput(f"--model {model!r} is not known. Use one of: {', '.join(MODELS)}.")
    wanted = {"ding2007": "--pulse-width-us", "hmed2018": "--amplitude-ma"}.get(model)
    for option, value in (("--pulse-width-us", width), ("--amplitude-ma", amplitude)):
        if option == wanted and value is None:
            raise BadInput(f"{model} needs {option}. Add it.")
        if option != wanted and value is not None:
            raise BadInput(f"{model} does not know {option}. Drop it, or use another model.")
    for option, value in zip(("--knee-flexion-deg", "--knee-speed-deg-s"), knee, strict=True):
        if value is not None and model != "marion2009":
            raise BadInput(f"{model} does not know {option}. Drop it, or use marion2009.")


def _muscle(
    model: str,
    n_pulses: int,
    width: str | None,
    amplitude: str | None,
    knee: tuple[str | None, str | None],
) -> tuple["Muscles", "Array", "Array | None"]:
    import numpy as np

    from rheobase.evidence import muscle_sets
    from rheobase.model.muscle import ding2007, hmed2018
    from rheobase.model.muscle.muscles import batch

    if model == "marion2009":
        return *_knee_muscle(n_pulses, knee), None
    recruited, gain = np.ones((1, n_pulses)), None
    if width is not None:
        each = _per_pulse("--pulse-width-us", width, n_pulses)
        recruited = ding2007.recruited(muscle_sets.pulse_width(), each)[None]
    if amplitude is not None:
        each = _per_pulse("--amplitude-ma", amplitude, n_pulses)
        gain = hmed2018.calcium_gain(muscle_sets.amplitude(), each)
    kinetics = "ding2003" if model == "hmed2018" else model
    fresh = muscle_sets.kinetics(kinetics)
    return batch(fresh, muscle_sets.fatigue(), np.ones(1)), recruited, gain


def _knee_muscle(n_pulses: int, knee: tuple[str | None, str | None]) -> tuple["Muscles", "Array"]:
    """The gain A90 and its loss times a factor per pulse; the largest is the muscle's, 1 of it."""
    from dataclasses import replace

    import numpy as np

    from rheobase.evidence import muscle_sets
    from rheobase.model.muscle.marion2013 import production_factor
    from rheobase.model.muscle.muscles import batch

    fresh = muscle_sets.kinetics("marion2009")
    flexion, speed = knee
    angle = _per_pulse("--knee-flexion-deg", flexion or "90", n_pulses)
    each = _per_pulse("--knee-speed-deg-s", speed or "0", n_pulses)
    factor = production_factor(
        muscle_sets.knee_angle(), muscle_sets.knee_speed(), fresh.a_n_per_ms, angle, each
    )
    most = float(factor.max(initial=1.0 if not n_pulses else 0.0))
    muscle = batch(fresh, muscle_sets.fatigue("marion2009"), np.ones(1))
    muscle = replace(
        muscle,
        a_n_per_ms=most * muscle.a_n_per_ms,
        alpha_a_per_ms2=most * muscle.alpha_a_per_ms2,
    )
    return muscle, (factor / most)[None]


def _moments(option: str, file: Path) -> "Array":
    from rheobase.cli._numbers import read_numbers
    from rheobase.model.muscle.checks import from_zero

    times = from_zero(option, read_numbers(option, file))
    if times[-1] > LONGEST_MS:
        raise BadInput(
            f"{option}: {file} goes on to {times[-1]:.4g} ms. Give times up to {LONGEST_MS:g} ms."
        )
    return times


def _per_pulse(option: str, value: str, n_pulses: int) -> "Array":
    import numpy as np

    from rheobase.cli._numbers import read_numbers

    try:
        return np.full(n_pulses, float(value))
    except ValueError:
        pass
    if not os.path.exists(value):  # noqa: PTH110 unlike pathlib's, it takes any text
        raise BadInput(f"{option}: {value!r:.80} is neither a number nor a file. Give one of them.")
    numbers = read_numbers(option, Path(value))
    if numbers.size != n_pulses:
        raise BadInput(
            f"{option}: {value} holds {numbers.size} numbers for {n_pulses} pulses. "
            "Write one for each pulse, or give a single number."
        )
    return numbers


def _final(muscles: "Muscles", end: "State", at_ms: float) -> dict[str, float]:
    return {
        "at_ms": at_ms,
        "cn": float(end.cn[0]),
        "force_n": float(end.force_n[0]),
        "a_n_per_ms": float(end.a_n_per_ms(muscles)[0]),
        "tau_1_ms": float(end.tau_1_ms(muscles)[0]),
        "km": float(end.km(muscles)[0]),
    }


def _basis(model: str, *, fatigue: bool, moving: bool) -> list[dict[str, str]]:
    """The certificates of every number that was used."""
    from rheobase.evidence import muscle_sets

    def tires(key: str) -> bool:
        return key.startswith(("alpha_", "tau_fat"))

    used = [(model, key) for key in muscle_sets.certificates(model) if not tires(key)]
    borrowed = muscle_sets.certificates("ding2003")
    used += [("ding2003", k) for k in borrowed if model == "hmed2018" and not tires(k)]
    tired = "marion2009" if model == "marion2009" else "ding2003"
    used += [(tired, k) for k in muscle_sets.certificates(tired) if fatigue and tires(k)]
    used += [("marion2013", k) for k in muscle_sets.certificates("marion2013") if moving]
    found = [(name, key, muscle_sets.certificates(name)[key]) for name, key in used]
    return [
        {
            "set": name,
            "parameter": key,
            "source": n.source,
            "tag": n.tag,
            "population": n.population,
        }
        for name, key, n in found
    ]


def _page(answer: dict[str, Any]) -> str:
    lines = [f"{'time ms':>12} {'force N':>12}"]
    lines += [
        f"{t:12.3f} {f:12.4f}" for t, f in zip(answer["time_ms"], answer["force_n"], strict=True)
    ]
    final = answer["final"]
    lines.append("")
    lines.append(f"At {final['at_ms']:g} ms: CN {final['cn']:.5g}, force {final['force_n']:.4f} N,")
    lines.append(
        f"gain A {final['a_n_per_ms']:.5g} N/ms, tau_1 {final['tau_1_ms']:.5g} ms, Km {final['km']:.5g}."
    )
    people = sorted({b["population"] for b in answer["basis"]})
    tags = sorted({b["tag"] for b in answer["basis"]})
    lines.append(f"Rests on: {'; '.join(people)} (tags {', '.join(tags)}).")
    if answer["fatigue"] and answer["model"] == "ding2007":
        lines.append("Fatigue is borrowed from the able-bodied set ding2003.")
    if answer["fatigue"] and answer["model"] == "marion2009":
        lines.append("Two of its three rates of fatigue are in doubt by a factor of ten.")
    return "\n".join(lines)


def _draw(answer: dict[str, Any], pulses: "Array", file: Path) -> None:
    from matplotlib.figure import Figure

    from rheobase.cli._plot import save_svg

    figure = Figure(figsize=(7.0, 3.6), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(answer["time_ms"], answer["force_n"])
    top = max(*answer["force_n"], 1.0)
    axes.vlines(pulses, -0.06 * top, -0.02 * top, color="0.4", linewidth=0.8)
    axes.set(xlabel="time (ms)", ylabel="force (N)", xlim=(0, None))
    tires = "with fatigue" if answer["fatigue"] else "fresh"
    axes.set_title(f"{answer['model']}, {tires}; pulses below", loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    save_svg(figure, file)
