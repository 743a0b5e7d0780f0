"""How strongly a recruited muscle pulls: the fused fraction of its force over time, and fatigue.

Ours
    The time course belongs to the kinetics, the strength to the body: force is divided by the same
    muscle's fully fused force, then multiplied by the child's torque. A few variants of kinetics
    and fatigue stand for the spread between children; each twin has one.

Valid for
    See muscle/ding2003.py: one session, innervated muscle, adult time constants.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.muscle.force import fatigue_left, force_trains_n
from rheobase.model.muscle.muscles import Muscles, batch
from rheobase.model.twins.parameters import ChainParameters

Array = NDArray[np.float64]

VARIANTS = 32
EVERY_MS = 20.0
LONGEST_DRAWN_MS = 3000.0
FUSED_HZ, FUSED_MS = 100.0, 1000.0
STREAM = 7


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contractions:
    """What one pattern does to each variant of the kinetics.

    Attributes:
        time_ms: (n_times,) of the first contraction. [ms]
        fused: (VARIANTS, n_times) force over fully fused force. [1]
        left: (VARIANTS,) peak of the last contraction over the first. [1]
    """

    time_ms: Array
    fused: Array
    left: Array


@lru_cache(maxsize=64)
def contractions(
    parameters: ChainParameters, frequency_hz: float, on_s: float, off_s: float, minutes: float
) -> Contractions:
    """Return the first contraction and the fatigue of a session.

    Args:
        parameters: kinetics and fatigue.
        frequency_hz: of the train. [Hz]
        on_s: length of a contraction. [s]
        off_s: length of the rest. [s]
        minutes: of the session. [min]

    Raises:
        BadInput: if the session is shorter than one contraction.
    """
    if on_s + off_s > 60.0 * minutes:
        raise BadInput(
            f"A session of {minutes:g} min holds no whole contraction of {on_s:g} s and rest of "
            f"{off_s:g} s. Lengthen the session or shorten the contraction."
        )
    muscles = _variants(parameters)
    full = np.ones(VARIANTS)
    drawn_ms = min(1000.0 * on_s, LONGEST_DRAWN_MS)
    pulses = _pulses(frequency_hz, drawn_ms)
    force = force_trains_n(muscles, pulses, full, EVERY_MS, LONGEST_DRAWN_MS, fatigue=False)
    fused = force_trains_n(
        muscles, _pulses(FUSED_HZ, FUSED_MS), full, EVERY_MS, FUSED_MS, fatigue=False
    ).max(axis=1)
    session = fatigue_left(
        muscles, _pulses(frequency_hz, 1000.0 * on_s), full, 1000.0 * (on_s + off_s), minutes
    )
    return Contractions(
        time_ms=np.asarray(EVERY_MS * np.arange(force.shape[1]), dtype=np.float64),
        fused=force / fused[:, None],
        left=session.left,
    )


def _pulses(frequency_hz: float, length_ms: float) -> Array:
    period = 1000.0 / frequency_hz
    return np.asarray(period * np.arange(max(1, int(np.ceil(length_ms / period - 1e-9)))))


@lru_cache(maxsize=8)
def _variants(parameters: ChainParameters) -> Muscles:
    rng = np.random.default_rng(STREAM)
    whole = batch(parameters.kinetics, parameters.fatigue, np.ones(VARIANTS))
    changed = {
        name: getattr(whole, name) * np.exp(spread * rng.standard_normal(VARIANTS))
        for name, spread in parameters.kinetics_spread.items()
    }
    return replace(whole, **changed)
