"""A child's body under stimulation: pads to field to nerve to muscle to movement. Pure functions.

Every name below can be imported from here; it is fetched from its own module when it is first used.
Numbers of the literature come from `rheobase.evidence`: `chain_parameters()`, `nerve.mrg2002()`,
`muscle_sets.kinetics(name)`. Examples: docs/library.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rheobase.model.body.child import BodyMeasure as BodyMeasure
    from rheobase.model.body.child import Child as Child
    from rheobase.model.body.child import Condition as Condition
    from rheobase.model.body.child import JointFinding as JointFinding
    from rheobase.model.body.child import JointQuantity as JointQuantity
    from rheobase.model.body.child import Quantity as Quantity
    from rheobase.model.body.child import Sex as Sex
    from rheobase.model.body.size import sizes_of as sizes_of
    from rheobase.model.chain import respond as respond
    from rheobase.model.field.layered_limb import LayeredLimb as LayeredLimb
    from rheobase.model.field.layered_limb import LimbLayer as LimbLayer
    from rheobase.model.field.layered_limb import LimbPad as LimbPad
    from rheobase.model.field.layered_limb import potentials_along as potentials_along
    from rheobase.model.muscle.force import fatigue_left as fatigue_left
    from rheobase.model.muscle.force import force_trains_n as force_trains_n
    from rheobase.model.muscle.force import simulate as simulate
    from rheobase.model.muscle.muscles import batch as batch
    from rheobase.model.nerve.mrg2002 import centres_mm as centres_mm
    from rheobase.model.nerve.mrg_geometry import sized as sized
    from rheobase.model.nerve.point_source import point_field as point_field
    from rheobase.model.nerve.pulse_samples import Phases as Phases
    from rheobase.model.nerve.pulse_samples import PulseSamples as PulseSamples
    from rheobase.model.nerve.pulse_samples import Shape as Shape
    from rheobase.model.nerve.pulse_samples import pulse as pulse
    from rheobase.model.nerve.pulse_samples import rectangular as rectangular
    from rheobase.model.nerve.thresholds import thresholds_ma as thresholds_ma
    from rheobase.model.nerve.velocity import velocities_m_s as velocities_m_s
    from rheobase.model.response import Band as Band
    from rheobase.model.response import Movement as Movement
    from rheobase.model.response import Observation as Observation
    from rheobase.model.response import Response as Response
    from rheobase.model.response import Seen as Seen
    from rheobase.model.response import Strength as Strength
    from rheobase.model.response import Task as Task
    from rheobase.model.twins.calibration import calibrated as calibrated
    from rheobase.model.twins.ensemble import Twins as Twins
    from rheobase.model.twins.ensemble import twins_of as twins_of
    from rheobase.model.twins.ranking import ranked as ranked
    from rheobase.model.twins.second_look import LookAgain as LookAgain
    from rheobase.model.twins.second_look import second_look as second_look
    from rheobase.model.twins.usual import usual_montage as usual_montage
    from rheobase.stimulus.pads import Montage as Montage
    from rheobase.stimulus.pads import Pad as Pad
    from rheobase.stimulus.pads import Place as Place
    from rheobase.stimulus.pads import Segment as Segment
    from rheobase.stimulus.pads import Side as Side
    from rheobase.stimulus.prescription import Posture as Posture
    from rheobase.stimulus.pulse import Train as Train
    from rheobase.stimulus.pulse import Waveform as Waveform

_NAMES = {
    "model.body.child": "BodyMeasure Child Condition JointFinding JointQuantity Quantity Sex",
    "model.body.size": "sizes_of",
    "model.chain": "respond",
    "model.field.layered_limb": "LayeredLimb LimbLayer LimbPad potentials_along",
    "model.muscle.force": "fatigue_left force_trains_n simulate",
    "model.muscle.muscles": "batch",
    "model.nerve.mrg2002": "centres_mm",
    "model.nerve.mrg_geometry": "sized",
    "model.nerve.point_source": "point_field",
    "model.nerve.pulse_samples": "Phases PulseSamples Shape pulse rectangular",
    "model.nerve.thresholds": "thresholds_ma",
    "model.nerve.velocity": "velocities_m_s",
    "model.response": "Band Movement Observation Response Seen Strength Task",
    "model.twins.calibration": "calibrated",
    "model.twins.ensemble": "Twins twins_of",
    "model.twins.ranking": "ranked",
    "model.twins.second_look": "LookAgain second_look",
    "model.twins.usual": "usual_montage",
    "stimulus.pads": "Montage Pad Place Segment Side",
    "stimulus.prescription": "Posture",
    "stimulus.pulse": "Train Waveform",
}
_HOME = {name: home for home, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"rheobase.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
