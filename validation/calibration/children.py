"""Virtual children whose truth is known, seen at the bedside with error, and what is then believed.

A truth is a row of an ensemble with another seed than that of the twins: same child on paper, drawn
from the same priors. What a therapist sees of it is drawn as the likelihood assumes: the stated
error, and pads and posture that are not exactly those of the model.
"""

from dataclasses import dataclass

import numpy as np

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.response import Observation, Seen, Task
from rheobase.model.twins import Twins, twins_of
from rheobase.model.twins.motion import motion_of
from rheobase.model.twins.pull import pull_of
from rheobase.model.twins.recruitment import Pulse, recruitment
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

MUSCLE, SIDE, WIDTH_US = "tibialis_anterior", Side.LEFT, 300.0
CAST = (
    Child(age_months=74, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2),
    Child(age_months=134, sex=Sex.MALE, condition=Condition.TYPICAL, gmfcs=None),
    Child(age_months=40, sex=Sex.MALE, condition=Condition.SPASTIC_UNILATERAL, gmfcs=1),
    Child(age_months=190, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=3),
)
ANGLE_ERROR_DEG, THRESHOLD_ERROR = 2.0, 0.05  # of a goniometer; share, of a ramp in small steps
OVER_THRESHOLD = 3.0  # the current at which angles are looked at, over the median threshold


@dataclass(frozen=True)
class Answer:
    """Motor threshold, torque share and ankle movement of every twin."""

    threshold_ma: np.ndarray
    torque_nm: np.ndarray
    angle_deg: np.ndarray


def answer(twins: Twins, amplitude_ma: float) -> Answer:
    """Return what every twin does at one current, with the usual pads."""
    p = chain_parameters()
    muscle = p.muscle(MUSCLE)
    train = Train(
        waveform=Waveform.SYMMETRIC_BIPHASIC,
        amplitude_ma=amplitude_ma,
        pulse_width_us=WIDTH_US,
        frequency_hz=35.0,
        gap_us=0.0,
    )
    task = Task(
        muscle=MUSCLE,
        side=SIDE,
        posture=Posture.SITTING,
        voluntary=0.0,
        on_s=3.0,
        off_s=6.0,
        minutes=1.0,
    )
    pulse = Pulse(waveform=train.waveform, pulse_width_us=WIDTH_US, gap_us=0.0)
    montage = usual_montage(twins, muscle, SIDE)
    recruited = recruitment(twins, montage, pulse, muscle, SIDE, alone=True)
    pull = pull_of(twins, muscle, task, recruited, train)
    motion = motion_of(twins, muscle, task, pull, 1.0)
    return Answer(recruited.current_for(p.fact("visible_fraction")), pull.peak_nm, motion.peak_deg)


def observations(truth: Answer, row: int, amplitude_ma: float, rng) -> tuple[Observation, ...]:
    """Return a threshold and an angle of one true child, seen with error."""
    p = chain_parameters()
    spread = np.hypot(p.fact("observation_model_error"), THRESHOLD_ERROR)
    seen_ma = truth.threshold_ma[row] * np.exp(spread * rng.standard_normal())
    angle = truth.angle_deg[row]
    model = np.hypot(1.0, p.fact("angle_model_error") * angle)
    seen_deg = angle + np.hypot(ANGLE_ERROR_DEG, model) * rng.standard_normal()
    rest = {"muscle": MUSCLE, "side": SIDE, "pulse_width_us": WIDTH_US}
    return (
        Observation(
            seen=Seen.MOTOR_THRESHOLD_MA,
            amplitude_ma=seen_ma,
            frequency_hz=2.0,
            value=seen_ma,
            error=THRESHOLD_ERROR * seen_ma,
            **rest,
        ),
        Observation(
            seen=Seen.ANGLE_DEG,
            amplitude_ma=amplitude_ma,
            frequency_hz=35.0,
            value=float(np.clip(seen_deg, -20.0, 150.0)),
            error=ANGLE_ERROR_DEG,
            **rest,
        ),
    )


def ensembles(child: Child, n: int, n_truths: int) -> tuple[Twins, Twins]:
    """Return the twins of a child, and the ensemble its truths are drawn from."""
    return twins_of(child, chain_parameters(), n, 1), twins_of(
        child, chain_parameters(), n_truths, 2
    )
