"""The current at which a nerve fibre fires, from the exact cable model.

Either beside a point source in an endless medium (`--point-mm`), or under pads on a layered limb
(`--limb limb.json`: see docs/models/mrg2002.md for the file). Thresholds are positive; for a limb
they are milliamperes of total current. A limb's file says fibre, pulse and conductivities itself:
what is given beside it must be the same.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range, one_of

if TYPE_CHECKING:
    from rheobase.cli._limb import LimbFile
    from rheobase.model.nerve.mrg_geometry import MrgFibres
    from rheobase.model.nerve.pulse_samples import PulseSamples

SHAPES = ("cathodic", "anodic", "biphasic")
WATCH_US = 2000.0  # a fibre of few nodes fires late: within 0.003 % of watching for ever
BESIDE_A_POINT = {
    "diameter_um": 10.0, "nodes": 51, "offset_mm": 0.0, "sigma": 0.3,
    "pulse_us": 100.0, "shape": "cathodic", "gap_us": 0.0,
}  # fmt: skip


def command(
    *,
    fibre: Annotated[str, typer.Option(help="Fibre model.")] = "mrg2002",
    diameter_um: Annotated[
        float | None, typer.Option(help="Of the fibre, 1-16; 10 if unsaid. [um]")
    ] = None,
    nodes: Annotated[int | None, typer.Option(help="Of the fibre; 51 if unsaid.")] = None,
    point_mm: Annotated[float | None, typer.Option(help="Source to fibre. [mm]")] = None,
    offset_mm: Annotated[
        float | None,
        typer.Option(help="Source along the fibre, from its middle node; 0 if unsaid. [mm]"),
    ] = None,
    sigma: Annotated[
        float | None, typer.Option(help="Conductivity of the medium; 0.3 if unsaid. [S/m]")
    ] = None,
    pulse_us: Annotated[
        float | None, typer.Option(help="Width of one phase; 100 if unsaid. [us]")
    ] = None,
    shape: Annotated[
        str | None, typer.Option(help="cathodic (if unsaid), anodic or biphasic.")
    ] = None,
    gap_us: Annotated[
        float | None, typer.Option(help="Between the phases; 0 if unsaid. [us]")
    ] = None,
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
    given = {
        "point_mm": point_mm, "offset_mm": offset_mm, "sigma": sigma,
        "diameter_um": diameter_um, "nodes": nodes,
        "pulse_us": pulse_us, "shape": shape, "gap_us": gap_us,
    }  # fmt: skip
    said = {name: value for name, value in given.items() if value is not None}
    numerics = {"dt_us": dt_us, "precision": precision, "device": device}
    if limb is not None:
        if waveform is not None:
            raise BadInput(
                "A limb's file holds its pulse. Leave out --waveform, or use --point-mm."
            )
        answer = _under_pads(limb, said, numerics)
    else:
        answer = _beside_point(BESIDE_A_POINT | said, _samples(waveform, said), numerics)
    if as_json:
        print(json.dumps(answer))
        return
    print(f"{answer['threshold_ma']:.5g} mA")
    print(f"MRG 2002, {answer['sizes']} sizes; {answer['nodes']} nodes, step {dt_us:g} us")
    tables = answer["basis"]
    print(f"Rests on: {tables[0]['population']} ({', '.join(sorted({t['tag'] for t in tables}))}).")


def _beside_point(
    asked: dict[str, Any],
    samples: dict[str, Any] | None,
    numerics: dict[str, Any],
) -> dict[str, Any]:
    from rheobase.evidence.nerve import mrg2002
    from rheobase.model.nerve.point_source import point_field

    one = fibre_of(asked["diameter_um"])
    nodes = asked["nodes"]
    in_range("nodes", nodes, 3, 5001, "")
    field = point_field(
        mrg2002(),
        one,
        nodes,
        over_node=nodes // 2,
        distance_mm=asked["point_mm"],
        offset_mm=asked["offset_mm"],
        sigma_s_m=asked["sigma"],
    )
    named = {
        "shape": asked["shape"], "width_us": asked["pulse_us"], "gap_us": asked["gap_us"],
    }  # fmt: skip
    return _answer(one, nodes, field, samples or named, numerics, sign=-1.0)


def _under_pads(path: Path, said: dict[str, Any], numerics: dict[str, Any]) -> dict[str, Any]:
    from rheobase.cli._limb import along_fibre, read_limb
    from rheobase.evidence.nerve import mrg2002
    from rheobase.model.nerve.mrg2002 import centres_mm
    from rheobase.stimulus.codec import read_json

    limb = read_limb(read_json(path))
    _same_as_in_file(limb, said)
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


def _same_as_in_file(limb: "LimbFile", said: dict[str, Any]) -> None:
    """Refuse an option that the limb's file would silently overrule."""
    held = {
        "diameter_um": limb.fibre.diameter_um, "nodes": limb.fibre.nodes,
        "pulse_us": limb.pulse.width_us, "shape": limb.pulse.shape, "gap_us": limb.pulse.gap_us,
    }  # fmt: skip
    for name, value in said.items():
        option = f"--{name.replace('_', '-')}"
        if name not in held:
            raise BadInput(f"{option} is for a point source; a limb has no such thing. Drop it.")
        if value != held[name]:
            raise BadInput(
                f"{option} is {value}, but the limb's file says {held[name]}. Change the file, or "
                f"leave out {option}."
            )


def _samples(path: Path | None, said: dict[str, Any]) -> dict[str, Any] | None:
    """Return a pulse of one's own as a list of numbers."""
    if path is None:
        return None
    for name in ("pulse_us", "shape", "gap_us"):
        if name in said:
            option = f"--{name.replace('_', '-')}"
            raise BadInput(f"--waveform is the whole pulse. Leave out {option}, or --waveform.")
    from rheobase.cli._numbers import read_numbers

    return {"samples": read_numbers("--waveform", path).tolist()}


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

    from rheobase.evidence.load import made_by
    from rheobase.evidence.nerve import mrg2002
    from rheobase.model.nerve.thresholds import Device, thresholds_ma

    found = thresholds_ma(
        mrg2002(),
        one,
        -sign * field,
        _pulse(shot, numerics["dt_us"]),
        precision=numerics["precision"],
        device=Device(numerics["device"]),
        watch_us=WATCH_US,
    )
    threshold = float(found[0])
    if not np.isfinite(threshold):
        raise BadInput(
            "Nothing below 100 A fires this fibre: the field is too even along it. Bring source or "
            "pads nearer, or make the pulse longer."
        )
    sizes = sizes_of(float(one.fibre_um[0]))
    return {
        "threshold_ma": threshold,
        "fibre": "mrg2002",
        "diameter_um": float(one.fibre_um[0]),
        "sizes": sizes,
        "nodes": nodes,
        "pulse": shot,
        **numerics,
        "basis": basis(sizes),
        **made_by(),
    }


def sizes_of(diameter_um: float) -> str:
    """Return whether a fibre's sizes stand in the table or between its rows."""
    from rheobase.evidence.nerve import mrg2002_sizes

    return "tabulated" if (abs(mrg2002_sizes().rows[0] - diameter_um) < 1e-9).any() else "fitted"


def basis(sizes: str) -> list[dict[str, str]]:
    """Return where the numbers of the fibre are from: source, tag and people of each table."""
    from rheobase.evidence.load import numbers, raw

    membrane, table = next(iter(numbers("mrg2002").values())), raw("mrg2002_geometry")
    return [
        {
            "what": "membrane and material", "source": membrane.source, "tag": membrane.tag,
            "population": membrane.population,
        },
        {
            "what": f"sizes, {sizes}", "source": table["source"], "tag": table["tag"],
            "population": table["population"],
        },
    ]  # fmt: skip
