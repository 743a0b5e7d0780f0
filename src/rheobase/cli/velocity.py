"""How fast a spike runs along an MRG fibre at 37 C, timed between node 20 and node 40 of 51.

Maturity scales shorten internodes and thin the myelin around the same axon (1 is adult).
"""

import json
from typing import Annotated

import typer

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range, one_of


def command(
    *,
    diameter_um: Annotated[float, typer.Option(help="Of the adult fibre, 1-16. [um]")] = 10.0,
    axon_scale: Annotated[float, typer.Option(help="Axon calibre. [1]")] = 1.0,
    internode_scale: Annotated[float, typer.Option(help="Internode length. [1]")] = 1.0,
    myelin_scale: Annotated[float, typer.Option(help="Lamellae. [1]")] = 1.0,
    dt_us: Annotated[float, typer.Option(help="Time step. [us]")] = 5.0,
    precision: Annotated[int, typer.Option(help="64 or 32 bits.")] = 64,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Print the conduction velocity of one fibre."""
    from rheobase.cli.thresholds import basis, fibre_of, sizes_of
    from rheobase.evidence.load import made_by
    from rheobase.evidence.nerve import mrg2002
    from rheobase.model.nerve.mrg_geometry import immature
    from rheobase.model.nerve.velocity import velocities_m_s

    in_range("dt_us", dt_us, 0.1, 20.0, "us")
    one_of("precision", str(precision), ("64", "32"))
    adult = fibre_of(diameter_um)
    one = immature(adult, axon_scale, internode_scale, myelin_scale)
    try:
        speed = float(velocities_m_s(mrg2002(), one, dt_us=dt_us, precision=precision)[0])
    except BadInput as error:
        raise BadInput(f"{error} Asked for {diameter_um:g} um.") from error
    answer = {
        "velocity_m_s": speed,
        "fibre": "mrg2002",
        "diameter_um": float(one.fibre_um[0]),
        "adult_diameter_um": diameter_um,
        "internode_mm": float(one.internode_um[0] / 1000.0),
        "dt_us": dt_us,
        "basis": [
            *basis(sizes_of(diameter_um)),
            *_scaled(axon_scale, internode_scale, myelin_scale),
        ],
        **made_by(),
    }
    if as_json:
        print(json.dumps(answer))
        return
    print(f"{speed:.2f} m/s")
    print(f"MRG 2002, {answer['diameter_um']:.2f} um outside, step {dt_us:g} us")


def _scaled(*scales: float) -> list[dict[str, str]]:
    """Return what stands behind scales that were given: nothing but whoever gave them."""
    if scales == (1.0, 1.0, 1.0):
        return []
    return [{"what": "maturity scales", "source": "given", "tag": "", "population": ""}]
