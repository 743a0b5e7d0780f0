"""A pulse as the cable solver sees it: samples over time steps, 1 at full amplitude.

Sign: a source of +1 mA raises the potential outside; a cathode carries -1. A sample is the mean of
the waveform over its step, so any width keeps its charge at any step, and a symmetric biphasic
pulse is balanced exactly.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range

Array = NDArray[np.float64]


class Shape(StrEnum):
    """The pulses with a name."""

    CATHODIC = "cathodic"
    ANODIC = "anodic"
    BIPHASIC = "biphasic"  # cathodic first, symmetric


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PulseSamples:
    """A waveform from its first step to the end of its last phase.

    Attributes:
        wave: (n_steps,) mean over each step; the amplitude that scales it is in mA. [1]
        dt_us: length of a step. [us]
    """

    wave: Array
    dt_us: float

    def __post_init__(self) -> None:
        in_range("dt_us", self.dt_us, 0.1, 50.0, "us")
        if self.wave.ndim != 1 or not np.isfinite(self.wave).all() or not np.any(self.wave):
            raise BadInput(
                "A pulse needs a row of finite samples, not all zero. Give the current at each step."
            )

    @property
    def duration_us(self) -> float:
        """Time from the first step to the end of the last phase. [us]"""
        return len(self.wave) * self.dt_us

    def charge_us(self) -> float:
        """Return the net charge per mA; 0 for a balanced pulse. [us, that is nC/mA]"""
        return float(self.wave.sum() * self.dt_us)

    def followed_by_silence(self, silence_us: float) -> "PulseSamples":
        """Return the pulse with silence after it."""
        steps = round(silence_us / self.dt_us)
        return PulseSamples(wave=np.append(self.wave, np.zeros(steps)), dt_us=self.dt_us)


class Phases(StrEnum):
    """How many phases a rectangular pulse has, whichever pad leads."""

    MONOPHASIC = "monophasic"
    BIPHASIC = "biphasic"  # symmetric: the second phase takes back what the first brought


def rectangular(
    phases: Phases, width_us: float, *, gap_us: float = 0.0, dt_us: float
) -> PulseSamples:
    """Return a pulse whose leading phase is +1: for fields given as they are in that phase.

    Args:
        phases: one, or two of equal and opposite charge.
        width_us: of one phase. [us]
        gap_us: between the phases of a biphasic pulse. [us]
        dt_us: step. [us]

    Raises:
        BadInput: if a time is out of range, or a monophasic pulse has a gap.
    """
    in_range("width_us", width_us, 1.0, 20_000.0, "us")
    in_range("gap_us", gap_us, 0.0, 20_000.0, "us")
    in_range("dt_us", dt_us, 0.1, 50.0, "us")
    if gap_us and phases is not Phases.BIPHASIC:
        raise BadInput("A pulse with one phase has no gap. Leave out gap_us, or make it biphasic.")
    wave = _boxcar(0.0, width_us, dt_us)
    if phases is Phases.BIPHASIC:
        back = _boxcar(width_us + gap_us, 2.0 * width_us + gap_us, dt_us)
        wave = np.append(wave, np.zeros(len(back) - len(wave))) - back
    return PulseSamples(wave=wave, dt_us=dt_us)


def pulse(shape: Shape, width_us: float, *, gap_us: float = 0.0, dt_us: float) -> PulseSamples:
    """Return a pulse of a single source whose field is given per +1 mA.

    Args:
        shape: cathodic, anodic, or biphasic (cathodic, gap, anodic).
        width_us: of one phase. [us]
        gap_us: between the phases of a biphasic pulse. [us]
        dt_us: step. [us]

    Raises:
        BadInput: as `rectangular`.
    """
    phases = Phases.BIPHASIC if shape is Shape.BIPHASIC else Phases.MONOPHASIC
    plain = rectangular(phases, width_us, gap_us=gap_us, dt_us=dt_us)
    sign = 1.0 if shape is Shape.ANODIC else -1.0
    return PulseSamples(wave=sign * plain.wave, dt_us=dt_us)


def _boxcar(start_us: float, end_us: float, dt_us: float) -> Array:
    """Return the share of each step that lies between start and end."""
    steps = int(np.ceil(end_us / dt_us - 1e-9))
    edges = np.arange(steps + 1) * dt_us
    return np.asarray(np.diff(np.clip(edges, start_us, end_us)) / dt_us)
