"""Force over knee angle."""

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence import muscle_sets
from rheobase.model.muscle.ding2007 import recruited
from rheobase.model.muscle.marion2009 import length_factor

KNEE = muscle_sets.knee_angle()


def test_the_gain_is_one_at_ninety_degrees_and_greatest_at_52():
    angles = np.arange(0.0, 101.0)
    factor = length_factor(KNEE, angles)
    assert factor[90] == 1.0
    assert KNEE.best_angle_deg == pytest.approx(51.7, abs=0.05)
    assert angles[factor.argmax()] == 52.0
    assert factor.max() == pytest.approx(1.66, abs=0.005)


def test_angles_beyond_the_knee_are_refused():
    with pytest.raises(BadInput, match="between 0 and 120"):
        length_factor(KNEE, np.array([-9.2]))


def test_pulse_widths_recruit_from_their_threshold_on_and_never_less():
    fraction = recruited(muscle_sets.pulse_width(), np.array([0.0, 131.0, 200.0, 300.0, 600.0]))
    np.testing.assert_allclose(fraction, [0.0, 0.0, 0.298, 0.581, 0.911], atol=1e-3)
