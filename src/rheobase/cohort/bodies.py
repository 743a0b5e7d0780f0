"""What can be measured of a virtual body: each quantity, from the sizes that were drawn for it."""

from collections.abc import Callable
from functools import partial

from rheobase.model.body.child import Quantity
from rheobase.model.body.norms import Norms
from rheobase.model.body.size import GIRTHS, LENGTHS, SKINFOLDS, Sizes
from rheobase.stimulus.pads import Segment

Reader = Callable[[Sizes, Norms], float]


def _height_cm(sizes: Sizes, norms: Norms) -> float:
    return 100.0 * float(sizes.height_m[0])


def _mass_kg(sizes: Sizes, norms: Norms) -> float:
    return float(sizes.mass_kg[0])


def _length_mm(segment: Segment, sizes: Sizes, norms: Norms) -> float:
    return float(sizes.length_mm[segment][0])


def _girth_mm(segment: Segment, sizes: Sizes, norms: Norms) -> float:
    return float(sizes.girth_mm[segment][0])


def _skinfold_mm(segment: Segment, sizes: Sizes, norms: Norms) -> float:
    """Return the fold that has this fat beneath: `size.py` turned round. [mm]"""
    return 2.0 * (float(sizes.fat_mm[segment][0]) + norms.fact("fat_compression"))


def _readers() -> dict[Quantity, Reader]:
    """Return how each quantity is read off one body; both legs and arms are alike."""
    found: dict[Quantity, Reader] = {
        Quantity.HEIGHT_CM: _height_cm,
        Quantity.MASS_KG: _mass_kg,
        Quantity.THIGH_LENGTH_MM: partial(_length_mm, Segment.THIGH),
        Quantity.SHANK_LENGTH_MM: partial(_length_mm, Segment.SHANK),
    }
    for segment, (_, length) in LENGTHS.items():
        found[length] = partial(_length_mm, segment)
    for segment, (_, girth) in GIRTHS.items():
        found[girth] = partial(_girth_mm, segment)
    for segment, (_, fold) in SKINFOLDS.items():
        if fold is not None:
            found[fold] = partial(_skinfold_mm, segment)
    return found


DRAWN = _readers()
