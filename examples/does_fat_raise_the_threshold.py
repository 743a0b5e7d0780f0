"""Does fat over the muscle raise the current of the first contraction? Sixty children of one age.

They are invented, six years old, and alike but for their bodies: calf girth and the fold of skin and
fat over the calf are drawn from the norms and measured. Threshold is what the model says of the left
tibialis anterior with pads of one size.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow.parquet as pq

from rheobase.cohort import Doses, Group, Measured, Placement, Population, Study, run
from rheobase.model import Condition, Posture, Quantity, Sex, Side, Waveform

STUDY = Study(
    title="fat and motor threshold at six years",
    population=Population(
        children=60, seed=3, from_months=72.0, to_months=72.0, sexes=(Sex.FEMALE, Sex.MALE),
        groups=(Group(condition=Condition.TYPICAL, share=1.0),),
        measures=(
            Measured(quantity=Quantity.CALF_GIRTH_MM, error=3.0),
            Measured(quantity=Quantity.CALF_SKINFOLD_MM, error=0.5),
        ),
    ),
    doses=Doses(
        placements=(
            Placement(name="40 mm", muscle="tibialis_anterior", side=Side.LEFT, pad_mm=40.0),
        ),
        amplitude_ma=(10.0,), pulse_width_us=(300.0,), frequency_hz=(35.0,),
        waveform=Waveform.SYMMETRIC_BIPHASIC, gap_us=0.0, posture=Posture.SITTING, voluntary=0.0,
        on_s=5.0, off_s=10.0, minutes=5.0,
    ),
    twins=64,
)  # fmt: skip


def median_ma(threshold_ma: np.ndarray, chosen: np.ndarray) -> float:
    """Return the median threshold of some children. [mA]"""
    return float(np.median(threshold_ma[chosen]))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        report = run(STUDY, Path(folder))
        table = pq.read_table(report.file)
    assert report.refused == {}
    fat_mm, threshold_ma = (
        np.array(table[name]) for name in ("fat_p50_mm", "motor_threshold_p50_ma")
    )
    thin, thick = (np.quantile(fat_mm, share) for share in (1 / 3, 2 / 3))
    low_ma = median_ma(threshold_ma, fat_mm <= thin)
    high_ma = median_ma(threshold_ma, fat_mm >= thick)
    print(f"fat below {thin:.1f} mm: first contraction at {low_ma:.1f} mA in the median child")
    print(f"fat above {thick:.1f} mm: at {high_ma:.1f} mA")
    by_rank = np.corrcoef(*(values.argsort().argsort() for values in (fat_mm, threshold_ma)))[0, 1]
    print(f"rank correlation of {report.children} children: {by_rank:.2f}")
    assert high_ma > low_ma
    assert by_rank > 0.0
