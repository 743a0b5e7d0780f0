"""The chain: pads, field, nerve, muscle, movement, for this child. Every answer is a range.

Source
    Each link names its own; `Response.basis` lists what an answer rests on.

Ours
    Torque T = T_max share [1 - (1 - a_s f)(1 - a_v)] + T_max (1 - share) a_v, with a_s what the
    current recruits, f the fused fraction of the train, a_v what the child does itself (nerve and
    child recruit independently). Discomfort is current over pad size, weighted for pulse width,
    over the same at the usual pads and the median child's motor threshold.

Valid for
    Innervated muscle of a child of 4 months to 18 years, pads on the muscle's own limb or trunk.
    Below two years only words may be shown, until this muscle was seen to contract or to stay
    silent. The model cannot see denervation:
    screening must, and where the child's facts name it, every answer is refused.
"""

import numpy as np
from numpy.typing import NDArray

from rheobase.model.body.muscles import Muscle
from rheobase.model.response import Band, Movement, Response, Strength, Task
from rheobase.model.twins.basis import basis_of
from rheobase.model.twins.discomfort import discomfort, sensory_threshold_ma
from rheobase.model.twins.ensemble import Twins
from rheobase.model.twins.innervation import has_nerve, must_have_nerve
from rheobase.model.twins.motion import motion_of, why_no_movement
from rheobase.model.twins.pull import Pull, pull_of
from rheobase.model.twins.recruitment import Pulse, recruitment
from rheobase.stimulus.checks import in_range
from rheobase.stimulus.pads import Montage
from rheobase.stimulus.pulse import Train

Array = NDArray[np.float64]

N_AMPLITUDES = 41
PERCENTILES = (5.0, 50.0, 95.0)


def respond(twins: Twins, montage: Montage, train: Train, task: Task) -> Response:
    """Return what one montage and one train will probably do to one muscle of this child.

    Args:
        twins: the ensemble, see `twins_of` and `calibrated`.
        montage: the two pads.
        train: what the channel delivers.
        task: muscle, side, posture, effort, pattern.

    Raises:
        BadInput: if the muscle is unknown, may be without its nerve, or the pads are ones the model
            has no business with.
    """
    in_range("voluntary", task.voluntary, 0.0, 1.0, "of the child's own effort")
    muscle = twins.parameters.muscle(task.muscle)
    must_have_nerve(twins, muscle, task.side)
    pulse = Pulse(waveform=train.waveform, pulse_width_us=train.pulse_width_us, gap_us=train.gap_us)
    recruited = recruitment(twins, montage, pulse, muscle, task.side)
    motor_ma = recruited.current_for(twins.parameters.fact("visible_fraction"))
    axis_ma = _axis(motor_ma, train.amplitude_ma)
    pull = pull_of(twins, muscle, task, recruited, train)
    at_train = recruited.target(np.array([train.amplitude_ma]))
    movement = _movement(twins, muscle, task, pull, float(np.median(at_train)))
    return Response(
        muscle=muscle.key,
        side=task.side,
        motor_threshold_ma=band(motor_ma),
        sensory_threshold_ma=band(sensory_threshold_ma(twins, montage, pulse, muscle, task.side)),
        amplitude_ma=tuple(axis_ma.tolist()),
        recruited=bands(recruited.target(axis_ma)),
        neighbours={
            key: bands(recruited.fraction(key, axis_ma))
            for key in recruited.neighbours
            if has_nerve(twins, twins.parameters.muscle(key), task.side)
        },
        torque_nm=band(pull.peak_nm),
        torque_fraction=band(pull.peak_nm / pull.greatest_nm),
        fatigue_left=band(pull.left),
        movement=movement,
        discomfort=band(
            discomfort(
                twins, montage, pulse, muscle, side=task.side, amplitude_ma=train.amplitude_ma
            )
        ),
        strength=_word(twins, pull, float(np.median(at_train))),
        words_only=twins.words_only(muscle, task.side),
        basis=basis_of(twins, muscle),
        no_movement="" if movement else why_no_movement(muscle.action.joint, task.posture),
    )


def band(values: Array) -> Band:
    """Return 5th, 50th and 95th percentile over the twins, (n_twins,)."""
    low, middle, high = np.percentile(values, PERCENTILES)
    return Band(low=float(low), middle=float(middle), high=float(high))


def bands(values: Array) -> tuple[Band, ...]:
    """Return a band per column of (n_twins, n_columns)."""
    table = np.percentile(values, PERCENTILES, axis=0).T
    return tuple(Band(low=float(a), middle=float(b), high=float(c)) for a, b, c in table)


def _axis(motor_ma: Array, amplitude_ma: float) -> Array:
    """Return currents from 0 to well past the median threshold, and past the train's. [mA]"""
    top = float(np.clip(4.0 * np.median(motor_ma), 8.0, 120.0))
    top = max(top, 1.25 * amplitude_ma)
    return np.linspace(0.0, 5.0 * np.ceil(top / 5.0), N_AMPLITUDES)


def _word(twins: Twins, pull: Pull, recruited: float) -> Strength:
    fact = twins.parameters.fact
    if recruited < fact("visible_fraction"):
        return Strength.NONE
    part = float(np.median(pull.stimulated_nm.max(axis=1) / pull.greatest_nm))
    if part < fact("weak_below"):
        return Strength.WEAK
    return Strength.MEDIUM if part < fact("medium_below") else Strength.STRONG


def _movement(
    twins: Twins, muscle: Muscle, task: Task, pull: Pull, recruited: float
) -> Movement | None:
    motion = motion_of(twins, muscle, task, pull, recruited)
    if motion is None:
        return None
    return Movement(
        joint=muscle.action.joint,
        direction=muscle.action.direction,
        change_deg=band(motion.peak_deg),
        time_ms=tuple(motion.time_ms.tolist()),
        angle_deg=bands(motion.change_deg),
        limiter=motion.limiter,
    )
