"""Twins learn from the bedside: what agrees with an observation stays, what does not goes.

Equations
    w_i ~ likelihood(observation | twin i), one observation after the other; then systematic
    resampling, and copies are spread by shrinking towards the mean (Liu & West): with a = 0.995,
    z' = m + a (z - m) + sqrt(1 - a^2) e with e of the covariance of all streams together, which keeps
    their mean, their spread and what the observation made them agree on.
    thresholds: normal in ln(mA); twitch: normal in ln(mA) at the edge; angle: normal in degrees.

Ours
    An observation does not say where the pads lay: the usual pads of the muscle are assumed, and
    the error of the observation is widened for it.

Valid for
    One observation of each kind and muscle at a time. An observation that hardly any twin could
    show is refused: a pad may have been elsewhere, a unit misread, or the child differs from all we
    know, and then numbers would be wrong.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from rheobase.errors import BadInput
from rheobase.model.body.muscles import Muscle
from rheobase.model.movement.build import N_NOISE
from rheobase.model.response import Observation, Seen, Task
from rheobase.model.twins.discomfort import sensory_threshold_ma
from rheobase.model.twins.ensemble import Twins, resampled
from rheobase.model.twins.motion import motion_of
from rheobase.model.twins.pull import pull_of
from rheobase.model.twins.recruitment import Pulse, recruitment
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.checks import in_range
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

Array = NDArray[np.float64]

FEWEST = 4.0  # effective twins an observation must leave
SHRINK = 0.995
ON_S, OFF_S = 3.0, 6.0


def calibrated(twins: Twins, observations: Sequence[Observation]) -> Twins:
    """Return twins that also agree with what was seen.

    Args:
        twins: before.
        observations: what a therapist saw, in the order it was seen.

    Returns:
        As many twins; of the muscles that were seen, numbers may be shown below two years too.

    Raises:
        BadInput: if an observation is not a number of its kind, or fits hardly any twin.
    """
    for seen in observations:
        muscle = twins.parameters.muscle(seen.muscle)
        log_weight = log_likelihood(seen, standing(twins, muscle, seen))
        weight = np.exp(log_weight - log_weight.max())
        effective = float(weight.sum() ** 2 / (weight**2).sum())
        if effective < FEWEST or log_weight.max() < -0.5 * 3.0**2:
            raise BadInput(
                f"{seen.seen.value.capitalize()} of {seen.value:g} at {muscle.name} "
                f"({seen.side.value}) fits hardly any twin of this child. Check the pads, the unit "
                "and the pulse width, look again, and enter it anew; correct the child's "
                "measurements if they are wrong."
            )
        twins = _learned(twins, weight / weight.sum(), seen)
    return twins


def standing(twins: Twins, muscle: Muscle, seen: Observation) -> Array:
    """Return how far an observation lies above what each twin would show, in standard errors.

    For a twitch: how far the current lies above the twin's motor threshold.

    Returns:
        (n_twins,) distances, normal if the twin is right. [1]

    Raises:
        BadInput: if the observation is not a number of its kind.
    """
    _check(seen)
    return STANDINGS[seen.seen](twins, muscle, seen)


def log_likelihood(seen: Observation, away: Array) -> Array:
    """Return the log-likelihood of an observation for each twin, (n_twins,), from its standing."""
    if seen.seen is Seen.TWITCH:
        return np.asarray(log_ndtr(away if seen.value == 1.0 else -away))
    return np.asarray(-0.5 * away**2)


def _check(seen: Observation) -> None:
    if seen.seen in (Seen.MOTOR_THRESHOLD_MA, Seen.SENSORY_THRESHOLD_MA):
        in_range("value", seen.value, 0.1, 130.0, "mA")
    elif seen.seen is Seen.ANGLE_DEG:
        in_range("value", seen.value, -20.0, 150.0, "deg")
    elif seen.value not in (0.0, 1.0):
        raise BadInput(f"Twitch seen is {seen.value:g}. Give 1 for seen, 0 for not seen.")
    in_range("error", seen.error, 0.0, 60.0, "of the same unit")


def _pulse(seen: Observation) -> Pulse:
    return Pulse(
        waveform=Waveform.SYMMETRIC_BIPHASIC, pulse_width_us=seen.pulse_width_us, gap_us=0.0
    )


def _log_sd(twins: Twins, seen: Observation) -> float:
    model = twins.parameters.fact("observation_model_error")
    return float(np.hypot(model, seen.error / seen.value))


def _motor_ma(twins: Twins, muscle: Muscle, seen: Observation) -> Array:
    montage = usual_montage(twins, muscle, seen.side)
    recruited = recruitment(twins, montage, _pulse(seen), muscle, seen.side, alone=True)
    return recruited.current_for(twins.parameters.fact("visible_fraction"))


def _motor(twins: Twins, muscle: Muscle, seen: Observation) -> Array:
    return np.log(seen.value / _motor_ma(twins, muscle, seen)) / _log_sd(twins, seen)


def _sensory(twins: Twins, muscle: Muscle, seen: Observation) -> Array:
    montage = usual_montage(twins, muscle, seen.side)
    felt_ma = sensory_threshold_ma(twins, montage, _pulse(seen), muscle, seen.side)
    return np.log(seen.value / felt_ma) / _log_sd(twins, seen)


def _twitch(twins: Twins, muscle: Muscle, seen: Observation) -> Array:
    in_range("amplitude_ma", seen.amplitude_ma, 0.1, 130.0, "mA")
    sd = twins.parameters.fact("observation_model_error")
    return np.log(seen.amplitude_ma / _motor_ma(twins, muscle, seen)) / sd


def _angle(twins: Twins, muscle: Muscle, seen: Observation) -> Array:
    train = Train(
        waveform=Waveform.SYMMETRIC_BIPHASIC,
        amplitude_ma=seen.amplitude_ma,
        pulse_width_us=seen.pulse_width_us,
        frequency_hz=seen.frequency_hz,
        gap_us=0.0,
    )
    task = Task(
        muscle=muscle.key,
        side=seen.side,
        posture=Posture.SITTING,
        voluntary=0.0,
        on_s=ON_S,
        off_s=OFF_S,
        minutes=1.0,
    )
    montage = usual_montage(twins, muscle, seen.side)
    recruited = recruitment(twins, montage, _pulse(seen), muscle, seen.side, alone=True)
    pull = pull_of(twins, muscle, task, recruited, train)
    motion = motion_of(twins, muscle, task, pull, 1.0)
    if motion is None:
        raise BadInput(
            f"The model knows no movement of {muscle.name} that an angle could calibrate. "
            "Enter a threshold or a twitch instead."
        )
    model = twins.parameters.fact("angle_model_error")
    sd = np.hypot(seen.error, np.hypot(1.0, model * motion.peak_deg))
    return np.asarray((seen.value - motion.peak_deg) / sd)


Standing = Callable[[Twins, Muscle, Observation], Array]
STANDINGS: dict[Seen, Standing] = {
    Seen.MOTOR_THRESHOLD_MA: _motor,
    Seen.SENSORY_THRESHOLD_MA: _sensory,
    Seen.TWITCH: _twitch,
    Seen.ANGLE_DEG: _angle,
}


def _streams(twins: Twins, seen: Observation) -> list[str]:
    """Return the unknowns an observation can say something about."""
    if seen.seen is Seen.SENSORY_THRESHOLD_MA:
        return ["sensory", "threshold"]
    muscle, side = twins.parameters.muscle(seen.muscle), seen.side.value
    names = ["threshold"]
    for key in muscle.parts or (muscle.key,):
        names += [f"{what} {key} {side}" for what in ("threshold", "u", "phi", "depth")]
    if seen.seen is Seen.ANGLE_DEG:
        act = muscle.action
        names += [f"{what} {act.joint} {act.direction} {side}" for what in ("norm", "evoked")]
        names += [f"{act.joint} {side} joint {i}" for i in range(N_NOISE)]
    return names


def _learned(twins: Twins, weight: Array, seen: Observation) -> Twins:
    rng = np.random.default_rng([twins.seed, len(twins.observations), 99])
    places = (rng.random() + np.arange(twins.n)) / twins.n
    rows = np.minimum(np.searchsorted(np.cumsum(weight), places), twins.n - 1)
    # one mixture for all streams: what was seen ties them together, and must go on tying them
    mixture = rng.standard_normal((twins.n, twins.n)) * np.sqrt((1.0 - SHRINK**2) / twins.n)
    given = {}
    for name in _streams(twins, seen):
        z = twins.normal(name)[rows]
        away = z - z.mean()
        given[name] = z.mean() + SHRINK * away + mixture @ away
    return resampled(twins, rows, given, (seen,))
