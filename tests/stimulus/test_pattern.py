"""On, off and ramps."""

import pytest

from rheobase.errors import BadInput
from rheobase.stimulus import Pattern


def test_a_ramp_longer_than_the_on_time_is_refused():
    with pytest.raises(BadInput, match="Shorten the ramp"):
        Pattern(on_s=1.0, off_s=1.0, ramp_up_s=2.0, ramp_down_s=0.0, offset_s=0.0, repetitions=1)
