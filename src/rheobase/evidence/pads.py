"""Pads that can be bought, the rules for fitting them, and how broad each muscle's belly is."""

from dataclasses import dataclass
from functools import cache
from typing import final

from rheobase.errors import BadInput
from rheobase.evidence.load import raw
from rheobase.evidence.protocols import Value
from rheobase.stimulus.codec import from_plain


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PadSize:
    """A pad as it is sold.

    Attributes:
        name: "XS" to "L".
        width_mm: around the limb. [mm]
        height_mm: along the limb. [mm]
        round: width and height are the diameter.
    """

    name: str
    width_mm: float
    height_mm: float
    round: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FitRules:
    """When a pad fits.

    Attributes:
        belly_share_max: widest pad as a share of the belly. [1]
        gap_min_mm: least skin between the two pads. [mm]
        wrap_share_max: widest pad as a share of the girth. [1]
    """

    belly_share_max: Value
    gap_min_mm: Value
    wrap_share_max: Value
    tag: str
    source: str


@cache
def pad_sizes() -> tuple[PadSize, ...]:
    """Return every pad, the largest first."""
    return tuple(from_plain(PadSize, e, "pads.sizes") for e in raw("pads")["sizes"]["list"])


@cache
def fit_rules() -> FitRules:
    """Return the rules of fit."""
    return from_plain(FitRules, raw("pads")["rules"], "pads.rules")


def belly_share(muscle: str) -> float:
    """Return the width of a muscle's belly as a share of its segment's girth. [1]

    Raises:
        BadInput: if the table lacks it.
    """
    share = raw("pads")["belly"].get(muscle)
    if not isinstance(share, float):
        raise BadInput(f"The table of bellies lacks {muscle!r}. Add it to pads.toml.")
    return share
