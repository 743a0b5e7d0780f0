"""What current a pad sends into each mode of the surface.

Equations
    A pad carries its current I at uniform density over its area A (justified while interface and
    skin resistance dominate). In the cosine series its density is
        j_kn = (I / A) (e_k / L) (e_n / 2 pi R) F(k, n / R) cos(k z0),  e_0 = 1, else 2
    with the Fourier transform F of its shape, q^2 = k^2 + (n/R)^2:
        rectangle  F = [2 sin(k h/2) / k] [2 sin(n w / 2R) / (n/R)]
        disc       F = 2 pi a J1(q a) / q

Valid for
    Pads that lie on the body (checked by the caller) and are bent around it without folds.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray
from scipy.special import j1

from rheobase.model.field.modes import Modes

Array = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A pad in the coordinates of its body.

    Attributes:
        z_mm: centre along the body. [mm]
        phi_deg: centre around it. [deg]
        width_mm: around. [mm]
        height_mm: along. [mm]
        round: a disc; width is its diameter.
    """

    z_mm: float
    phi_deg: float
    width_mm: float
    height_mm: float
    round: bool

    @property
    def area_mm2(self) -> float:
        """Contact area. [mm2]"""
        return (np.pi / 4.0 if self.round else 1.0) * self.width_mm * self.height_mm


def spectrum(modes: Modes, patch: Patch) -> Array:
    """Return the current density of each mode for 1 mA through the pad.

    Args:
        modes: the body.
        patch: the pad.

    Returns:
        (n_k, n_n) amplitude of cos(k z) cos(n (phi - phi_pad)). [mA/mm2]
    """
    k = modes.k_per_mm[:, None]
    b = modes.n_around[None, :] / modes.radius_mm
    share_k = np.where(k == 0.0, 1.0, 2.0) / modes.length_mm
    share_n = np.where(b == 0.0, 1.0, 2.0) / (2.0 * np.pi * modes.radius_mm)
    if patch.round:
        a = 0.5 * patch.width_mm
        qa = a * np.hypot(k, b)
        shape = np.pi * a * a * np.where(qa == 0.0, 1.0, 2.0 * j1(qa) / np.where(qa > 0, qa, 1.0))
    else:
        along = patch.height_mm * np.sinc(k * patch.height_mm / (2.0 * np.pi))
        around = patch.width_mm * np.sinc(b * patch.width_mm / (2.0 * np.pi))
        shape = along * around
    return np.asarray(share_k * share_n * shape * np.cos(k * patch.z_mm) / patch.area_mm2)
