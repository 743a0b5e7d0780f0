"""Conductivities of the layers.

Source
    evidence/field.toml: each value names where it was read (nerve_field.md 2.1).

Valid for
    Quasi-static fields of 50-1000 us pulses under current control, where bulk skin and fat hardly
    matter for the nerve and muscle conductivity, its anisotropy and depth do (nerve_field.md 0.9).
"""

from dataclasses import dataclass, fields
from typing import final

from rheobase.stimulus.checks import in_range


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tissue:
    """Conductivity of each layer. [S/m]

    Attributes:
        skin_s_per_m, fat_s_per_m, bone_s_per_m, marrow_s_per_m, deep_s_per_m: isotropic. [S/m]
        muscle_across_s_per_m, muscle_along_s_per_m: across and along the fibres. [S/m]
    """

    skin_s_per_m: float
    fat_s_per_m: float
    muscle_across_s_per_m: float
    muscle_along_s_per_m: float
    bone_s_per_m: float
    marrow_s_per_m: float
    deep_s_per_m: float

    def __post_init__(self) -> None:
        for one in fields(self):
            in_range(one.name, getattr(self, one.name), 1e-6, 10.0, "S/m")
