"""What any child may be given. Pure functions, standard library only; the numbers are compiled in.

`prescription_violations` is for whoever proposes or signs; `violations` and `joint_violations`
judge every single command on its way to a unit.
"""

from rheobase.safety.envelope import Before, State, after, later, rms_ma, silent, violations
from rheobase.safety.limits import (
    BANDS,
    STANDING,
    TAG,
    UNCHANGED,
    Band,
    ChildLimits,
    ClinicLimits,
    Limits,
    band_for,
    child_limits,
    limits_for,
)
from rheobase.safety.montage import (
    CLEARED_INFANT,
    CLEARED_NECK,
    CLEARED_THORAX,
    montage_violations,
    placement_violations,
    shared_violations,
)
from rheobase.safety.whole_child import joint_violations, prescription_violations, regions_of

__all__ = [
    "BANDS",
    "CLEARED_INFANT",
    "CLEARED_NECK",
    "CLEARED_THORAX",
    "STANDING",
    "TAG",
    "UNCHANGED",
    "Band",
    "Before",
    "ChildLimits",
    "ClinicLimits",
    "Limits",
    "State",
    "after",
    "band_for",
    "child_limits",
    "joint_violations",
    "later",
    "limits_for",
    "montage_violations",
    "placement_violations",
    "prescription_violations",
    "regions_of",
    "rms_ma",
    "shared_violations",
    "silent",
    "violations",
]
