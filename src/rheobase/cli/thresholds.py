"""The current at which a nerve fibre fires, from the exact cable model.

Either beside a point source in an endless medium (`--point-mm`), or under pads on a layered limb
(`--limb limb.json`: see docs/models/mrg2002.md for the file). Thresholds are positive; for a limb
they are milliamperes of total current.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range, one_of

if TYPE_CHECKING:
    from rheobase.model.nerve.mrg_geometry import MrgFibres
    from rheobase.model.nerve.pulse_samples import PulseSamples

SHAPES = ("cathodic", "anodic", "biphasic")


def command(
    *,
    fibre: Annotated[str, typer.Option(help="Fibre model.")] = "mrg2002",
    diameter_um: Annotated[float, typer.Option(help="Of the fibre, 1-16. [um]")] = 10.0,
    nodes: Annotated[int, typer.Option(help="Nodes of the fibre.")] = 51,
    point_mm: Annotated[float | None, typer.Option(help="Source to fibre. [mm]")] = None,
    offset_mm: Annotated[
        float, typer.Option(help="Source along the fibre, from its middle node. [mm]")
    ] = 0.0,
    sigma: Annotated[float, typer.Option(help="Conductivity of the medium. [S/m]")] = 0.3,
    pulse_us: Annotated[float, typer.Option(help="Width of one phase. [us]")] = 100.0,
    shape: Annotated[str, typer.Option(help="cathodic, anodic or biphasic.")] = "cathodic",
    gap_us: Annotated[float, typer.Option(help="Between the phases. [us]")] = 0.0,
    waveform: Annotated[
        Path | None,
        typer.Option(help="Own pulse: a number per step, 1 at full amplitude, a cathode below 0."),
    ] = None,
    dt_us: Annotated[float, typer.Option(help="Time step. [us]")] = 5.0,
    precision: Annotated[int, typer.Option(help="64 or 32 bits.")] = 64,
    device: Annotated[str, typer.Option(help="cpu or gpu (NVIDIA; 64 bits).")] = "cpu",
    limb: Annotated[Path | None, typer.Option(help="A layered limb with pads, JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Print the threshold of one fibre."""
    one_of("fibre", fibre, ("mrg2002",))
    one_of("precision", str(precision), ("64", "32"))
    one_of("device", device, ("cpu", "gpu"))
    in_range("dt_us", dt_us, 0.1, 50.0, "us")
    if (point_mm is None) == (limb is None):
        raise BadInput("Say where the current comes from: either --point-mm or --limb, not both.")
    if waveform is not None and limb is not None:
        raise BadInput("A limb's file holds its pulse. Leave out --waveform, or use --point-mm.")
    if limb is not None:
        answer = _under_pads(limb, {"dt_us": dt_us, "precision": precision, "device": device})
    else:
        answer = _beside_point(
            {"diameter_um": diameter_um, "nodes": nodes},
            {"distance_mm": point_mm, "offset_mm": offset_mm, "sigma_s_m": sigma},
            _samples(waveform) or {"shape": shape, "width_us": pulse_us, "gap_us": gap_us},
            {"dt_us": dt_us, "precision": precision, "device": device},
        )
    if as_json:
        print(json.dumps(answer))
        return
    print(f"{answer['threshold_ma']:.5g} mA")
    print(f"MRG 2002, {answer['sizes']} sizes; {answer['nodes']} nodes, step {dt_us:g} us")


def _beside_point(
    fibre: dict[str, Any],
    source: dict[str, Any],
    shot: dict[str, Any],
    numerics: dict[str, Any],
) -> dict[str, Any]:
    from rheobase.evidence.nerve import mrg2002
    from rheobase.model.nerve.point_source import point_field

    one = fibre_of(fibre["diameter_um"])
    nodes = fibre["nodes"]
    in_range("nodes", nodes, 3, 5001, "")
    field = point_field(mrg2002(), one, nodes, over_node=nodes // 2, **source)
    return _answer(one, nodes, field, shot, numerics, sign=-1.0)


def _under_pads(path: Path, numerics: dict[str, Any]) -> dict[str, Any]:
    from rheobase.cli._limb import along_fibre, read_limb
    from rheobase.evidence.nerve import mrg2002
    from rheobase.model.nerve.mrg2002 import centres_mm
    from rheobase.stimulus.codec import read_json

    limb = read_limb(read_json(path))
    one, nodes = fibre_of(limb.fibre.diameter_um), limb.fibre.nodes
    at_mm = centres_mm(mrg2002(), one, nodes)[0]
    at_mm = at_mm - at_mm[11 * (nodes // 2)] + limb.fibre.centre_z_mm
    potential = along_fibre(limb, at_mm)
    shot = {
        "shape": limb.pulse.shape,
        "width_us": limb.pulse.width_us,
        "gap_us": limb.pulse.gap_us,
    }
    answer = _answer(one, nodes, potential[None], shot, numerics, sign=1.0)
    answer["z_mm"] = at_mm[::11].tolist()
    answer["volts_per_ma"] = (potential[::11] / 1000.0).tolist()
    return answer


def _samples(path: Path | None) -> dict[str, Any] | None:
    """Return a pulse of one's own as a list of numbers."""
    if path is None:
        return None
    try:
        words = path.read_text("utf-8").replace(",", " ").split()
        return {"samples": [float(word) for word in words]}
    except (OSError, ValueError) as error:
        raise BadInput(
            f"{path} is not a pulse: {error}. Write one number per time step, with spaces, commas "
            "or new lines between."
        ) from error


def _pulse(shot: dict[str, Any], dt_us: float) -> "PulseSamples":
    import numpy as np

    from rheobase.model.nerve.pulse_samples import PulseSamples, Shape, pulse

    if "samples" in shot:
        return PulseSamples(wave=np.array(shot["samples"]), dt_us=dt_us)
    one_of("shape", shot["shape"], SHAPES)
    in_range("pulse_us", shot["width_us"], 1.0, 20_000.0, "us")
    return pulse(Shape(shot["shape"]), shot["width_us"], gap_us=shot["gap_us"], dt_us=dt_us)


def fibre_of(diameter_um: float) -> "MrgFibres":
    """Return one fibre: tabulated if its diameter is in the table, fitted otherwise."""
    from rheobase.evidence.nerve import mrg2002_sizes
    from rheobase.model.nerve.mrg_geometry import sized

    in_range("diameter_um", diameter_um, 1.0, 16.0, "um")
    return sized(mrg2002_sizes(), diameter_um)


def _answer(
    one: "MrgFibres",
    nodes: int,
    field: Any,
    shot: dict[str, Any],
    numerics: dict[str, Any],
    *,
    sign: float,
) -> dict[str, Any]:
    """Return the threshold; `sign` -1 where the field is that of +1 mA at a single source."""
    import numpy as np

    from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
    from rheobase.model.nerve.thresholds import Device, thresholds_ma

    found = thresholds_ma(
        mrg2002(),
        one,
        -sign * field,
        _pulse(shot, numerics["dt_us"]),
        precision=numerics["precision"],
        device=Device(numerics["device"]),
    )
    threshold = float(found[0])
    if not np.isfinite(threshold):
        raise BadInput("Nothing below 100 A fires this fibre: the field is too even along it.")
    tabulated = bool((np.abs(mrg2002_sizes().rows[0] - one.fibre_um[0]) < 1e-9).any())
    return {
        "threshold_ma": threshold,
        "fibre": "mrg2002",
        "diameter_um": float(one.fibre_um[0]),
        "sizes": "tabulated" if tabulated else "fitted",
        "nodes": nodes,
        "pulse": shot,
        **numerics,
    }
