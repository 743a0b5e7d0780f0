"""How deep does 20 mA reach under a pair of pads on a child's thigh?

Pads, field and axons of the median eleven-year-old, without spread: at which depth below the muscle's
surface does a straight motor axon still fire at 20 mA and 300 us?
"""

import numpy as np

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.body.layers import cylinder
from rheobase.model.body.size import sizes_of
from rheobase.model.field.bodies import limb
from rheobase.model.field.lines import line_potentials
from rheobase.model.field.pads import Patch
from rheobase.model.nerve.polarisation import predicted_thresholds_ma
from rheobase.model.nerve.pools import axon_pool
from rheobase.model.nerve.pulse_samples import Phases
from rheobase.stimulus.pads import Segment, Side

CHILD = Child(age_months=134, sex=Sex.MALE, condition=Condition.TYPICAL, gmfcs=None)


def deepest_mm(amplitude_ma: float, pulse_width_us: float) -> float:
    """Return the greatest depth below the muscle's surface at which an average axon fires. [mm]"""
    p = chain_parameters()
    sizes = sizes_of(CHILD, Side.LEFT, p.norms, 256, 1)
    thigh = cylinder(sizes, p.norms, Segment.THIGH, np.arange(256))
    cover_mm = thigh.skin_mm - thigh.muscle_mm
    body = limb(thigh, p.tissue, cover_mm + 1.0)
    depth_mm = np.arange(1.0, 36.0)
    pads = tuple(
        Patch(z_mm=z, phi_deg=0.0, width_mm=50.0, height_mm=50.0, round=True)
        for z in (150.0, 260.0)
    )
    lines = line_potentials(
        body, pads, (-1.0, 1.0), rho_mm=thigh.muscle_mm - depth_mm, phi_deg=0.0 * depth_mm,
        z_mm=np.arange(0.0, 420.0, 2.0),
    )  # fmt: skip
    axon = axon_pool(p.motor_axons, CHILD.age_months / 12.0, 1)
    threshold_ma = predicted_thresholds_ma(
        p.nerve,
        lines,
        spacing_mm=2.0,
        adult_diameter_um=axon.adult_diameter_um[0],
        internode_scale=axon.internode_scale,
        myelin_scale=axon.myelin_scale,
        phases=Phases.BIPHASIC,
        width_us=pulse_width_us,
    )[:, 0]
    fires = depth_mm[threshold_ma <= amplitude_ma]
    return float(fires.max()) if fires.size else 0.0


if __name__ == "__main__":
    for width_us in (100.0, 200.0, 300.0, 450.0):
        print(f"20 mA, {width_us:.0f} us: {deepest_mm(20.0, width_us):.0f} mm into the muscle")
    assert deepest_mm(20.0, 100.0) < deepest_mm(20.0, 300.0)
    assert 3.0 <= deepest_mm(20.0, 300.0) <= 15.0
