"""What does one motor threshold seen at the bedside teach the twins of a child?

Mila (6, invented) has her ankle dorsiflexors searched: the first contraction is seen at 6 mA. How much
narrower does the predicted threshold become?
"""

import math

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.chain import respond
from rheobase.model.response import Band, Observation, Seen, Task
from rheobase.model.twins import Twins, calibrated, twins_of
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

MILA = Child(age_months=74, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2)
SEEN = Observation(
    muscle="tibialis_anterior", side=Side.LEFT, seen=Seen.MOTOR_THRESHOLD_MA, amplitude_ma=6.0,
    pulse_width_us=300.0, frequency_hz=2.0, value=6.0, error=0.5,
)  # fmt: skip


def threshold_ma(twins: Twins) -> Band:
    """Return the motor threshold of the left tibialis anterior. [mA]"""
    muscle = twins.parameters.muscle("tibialis_anterior")
    train = Train(
        waveform=Waveform.SYMMETRIC_BIPHASIC, amplitude_ma=10.0, pulse_width_us=300.0,
        frequency_hz=35.0, gap_us=0.0,
    )  # fmt: skip
    task = Task(
        muscle=muscle.key, side=Side.LEFT, posture=Posture.SITTING, voluntary=0.0, on_s=5.0,
        off_s=10.0, minutes=5.0,
    )  # fmt: skip
    montage = usual_montage(twins, muscle, Side.LEFT)
    return respond(twins, montage, train, task).motor_threshold_ma


def width(band: Band) -> float:
    """Return the ratio of the ends of a band, as a logarithm. [1]"""
    return math.log(band.high / band.low)


if __name__ == "__main__":
    before = twins_of(MILA, chain_parameters())
    after = calibrated(before, [SEEN])
    for name, twins in (("before", before), ("after", after)):
        band = threshold_ma(twins)
        print(f"{name:>7}: {band.low:.1f} to {band.high:.1f} mA, middle {band.middle:.1f} mA")
    assert abs(threshold_ma(after).middle - 6.0) < 1.0
    assert width(threshold_ma(after)) < 0.55 * width(threshold_ma(before))
