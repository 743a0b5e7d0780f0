"""What the nerve tests share: the published fibre beside a point source."""

import numpy as np
import pytest

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve.mrg_geometry import published
from rheobase.model.nerve.point_source import point_field


@pytest.fixture(scope="session")
def model():
    return mrg2002()


@pytest.fixture(scope="session")
def sizes():
    return mrg2002_sizes()


@pytest.fixture
def beside_a_point(model, sizes):
    """Return fibres of given diameters and their field, source over the middle node."""

    def make(diameters_um, n_nodes=21, distance_mm=1.0, sigma_s_m=0.3, offset_mm=0.0):
        fibres = published(sizes, np.atleast_1d(diameters_um))
        field = point_field(
            model,
            fibres,
            n_nodes,
            distance_mm=distance_mm,
            offset_mm=offset_mm,
            sigma_s_m=sigma_s_m,
            over_node=n_nodes // 2,
        )
        return fibres, field

    return make
