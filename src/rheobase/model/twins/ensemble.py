"""An ensemble of virtual children who agree with everything known about one child.

Ours
    What is not known is drawn from its own stream of random numbers, named after what it is
    ("thigh u of vastus_medialis, left"). A stream depends on the seed and its name alone: the
    same twins come back for the same seed, and asking for one thing never changes another.
    Calibration keeps the rows of the ensemble that agree with an observation, some of them more
    than once, and spreads copies a little, so that the ensemble stays an ensemble.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.model.body.child import Child
from rheobase.model.body.muscles import Muscle
from rheobase.model.body.size import Sizes, sizes_of
from rheobase.model.response import Observation, Seen
from rheobase.model.twins.parameters import ChainParameters
from rheobase.stimulus.checks import in_range
from rheobase.stimulus.pads import Side

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

WORDS_BELOW_MONTHS = 24.0


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Twins:
    """An ensemble. Equal only to itself, so that results can be remembered for it.

    Attributes:
        child: what they agree with.
        parameters: what the literature says.
        n: how many. [1]
        seed: of every random stream.
        rows: (n,) which draws of the uncalibrated ensemble are used. [1]
        given: draws that calibration replaced, by name of the stream.
        observations: what they were calibrated on.
    """

    child: Child
    parameters: ChainParameters
    n: int
    seed: int
    rows: Rows
    given: Mapping[str, Array]
    observations: tuple[Observation, ...]

    def normal(self, name: str) -> Array:
        """Return one standard normal draw per twin for a named unknown, (n,). [1]"""
        found = self.given.get(name)
        if found is not None:
            return found
        stream = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
        return np.asarray(stream.standard_normal(self.n)[self.rows])

    def uniform_index(self, name: str, count: int) -> Rows:
        """Return one whole number below `count` per twin, (n,). [1]"""
        stream = np.random.default_rng([self.seed, zlib.crc32(name.encode()), 1])
        return np.asarray(stream.integers(0, count, self.n)[self.rows])

    def sizes(self, side: Side) -> Sizes:
        """Return the sizes of the twins, with the limbs of one side."""
        return _sizes(self, side)

    def words_only(self, muscle: Muscle, side: Side) -> bool:
        """Return True where numbers would promise too much.

        That is below two years, until a contraction of this muscle, of a part of it or of its group
        was looked for: what was felt, or seen at another muscle, says nothing of this one.
        """
        if self.child.age_months >= WORDS_BELOW_MONTHS:
            return False
        mine = {muscle.key, *muscle.parts}
        return not any(
            mine & {seen.muscle, *self.parameters.muscle(seen.muscle).parts}
            for seen in self.observations
            if seen.side is side and seen.seen is not Seen.SENSORY_THRESHOLD_MA
        )


def twins_of(
    child: Child, parameters: ChainParameters, n: int = 256, seed: int = 20261122
) -> Twins:
    """Return an ensemble that agrees with a child's facts.

    Args:
        child: measured and assessed facts.
        parameters: of the chain.
        n: how many twins, 32 to 4096. [1]
        seed: same seed, same twins.

    Raises:
        BadInput: if `n` is out of range.
    """
    in_range("n", n, 32, 4096, "twins")
    return Twins(
        child=child,
        parameters=parameters,
        n=n,
        seed=seed,
        rows=np.arange(n),
        given=MappingProxyType({}),
        observations=(),
    )


def resampled(
    twins: Twins, rows: Rows, given: Mapping[str, Array], seen: tuple[Observation, ...]
) -> Twins:
    """Return the twins with some rows repeated and others gone.

    Args:
        twins: before.
        rows: (n,) which of the present twins to keep. [1]
        given: (n,) draws to use from now on, by stream.
        seen: the observations this rests on.
    """
    kept = {name: draws[rows] for name, draws in twins.given.items()}
    return replace(
        twins,
        rows=twins.rows[rows],
        given=MappingProxyType({**kept, **given}),
        observations=(*twins.observations, *seen),
    )


@lru_cache(maxsize=64)
def _sizes(twins: Twins, side: Side) -> Sizes:
    whole = sizes_of(twins.child, side, twins.parameters.norms, twins.n, twins.seed)
    rows = twins.rows
    return Sizes(
        height_m=whole.height_m[rows],
        mass_kg=whole.mass_kg[rows],
        length_mm={k: v[rows] for k, v in whole.length_mm.items()},
        girth_mm={k: v[rows] for k, v in whole.girth_mm.items()},
        fat_mm={k: v[rows] for k, v in whole.fat_mm.items()},
        skin_mm=whole.skin_mm[rows],
        segment_kg={k: v[rows] for k, v in whole.segment_kg.items()},
        ankle_height_mm=whole.ankle_height_mm[rows],
    )
