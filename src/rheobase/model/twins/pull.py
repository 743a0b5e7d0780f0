"""The torque of one muscle of every twin over its first contraction, and what fatigue leaves of it.

Source
    Strength: body/strength.py. Kinetics: muscle/ding2003.py.

Valid for
    Isometric contraction at the joint's usual angle; see the sources for populations.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.model.body.muscles import Muscle
from rheobase.model.body.strength import Strength, strength_of
from rheobase.model.response import Task
from rheobase.model.twins.contraction import VARIANTS, contractions
from rheobase.model.twins.ensemble import Twins
from rheobase.model.twins.recruitment import Recruitment
from rheobase.stimulus.pads import Side
from rheobase.stimulus.pulse import Train

Array = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pull:
    """Torque of one joint and direction.

    Attributes:
        time_ms: (n_times,) from the first pulse. [ms]
        stimulated_nm: (n_twins, n_times) by stimulation alone. [N m]
        total_nm: (n_twins, n_times) with the child's own effort. [N m]
        peak_nm: (n_twins,) greatest total. [N m]
        greatest_nm: (n_twins,) of all muscles of the movement. [N m]
        voluntary_nm: (n_twins,) by effort alone. [N m]
        left: (n_twins,) last contraction over first. [1]
    """

    time_ms: Array
    stimulated_nm: Array
    total_nm: Array
    peak_nm: Array
    greatest_nm: Array
    voluntary_nm: Array
    left: Array


@lru_cache(maxsize=128)
def strength(twins: Twins, joint: str, direction: str, side: Side) -> Strength:
    """Return the greatest torque of one movement for every twin."""
    name = f"{joint} {direction} {side.value}"
    noise = np.stack([twins.normal(f"norm {name}"), twins.normal(f"evoked {name}")], axis=1)
    return strength_of(
        twins.child,
        side,
        twins.parameters.norms,
        twins.sizes(side),
        joint=joint,
        direction=direction,
        noise=noise,
    )


def pull_of(twins: Twins, muscle: Muscle, task: Task, recruited: Recruitment, train: Train) -> Pull:
    """Return the torque of the first contraction at the train's amplitude.

    Args:
        twins: the ensemble.
        muscle: the target.
        task: effort and pattern.
        recruited: thresholds under this montage and pulse.
        train: amplitude and frequency.
    """
    act = muscle.action
    strong = strength(twins, act.joint, act.direction, task.side)
    pattern = contractions(
        twins.parameters, train.frequency_hz, task.on_s, task.off_s, task.minutes
    )
    variant = twins.uniform_index(f"kinetics {muscle.key}", VARIANTS)
    active = recruited.target(np.array([train.amplitude_ma])) * pattern.fused[variant]
    own = task.voluntary * strong.voluntary_fraction[:, None]
    most = strong.torque_nm[:, None]
    together = 1.0 - (1.0 - active) * (1.0 - own)
    total = most * (act.share * together + (1.0 - act.share) * own)
    return Pull(
        time_ms=pattern.time_ms,
        stimulated_nm=most * act.share * active,
        total_nm=total,
        peak_nm=total.max(axis=1),
        greatest_nm=strong.torque_nm,
        voluntary_nm=(most * own)[:, 0],
        left=pattern.left[variant],
    )
