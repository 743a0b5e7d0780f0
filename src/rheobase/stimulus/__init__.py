"""What leaves a unit, and the words for it: standard library only, importable anywhere."""

from rheobase.stimulus.codec import canonical, digest, from_plain, read_json, to_plain
from rheobase.stimulus.delivered import Delivered
from rheobase.stimulus.pads import Montage, Pad, Place, Segment, Side
from rheobase.stimulus.pattern import Coordination, Pattern
from rheobase.stimulus.prescription import (
    CO_CONTRACTION,
    SLOTS,
    Activity,
    BehaviourGate,
    BehaviourScale,
    ChannelOrder,
    Override,
    Posture,
    Prescription,
    Sealed,
    Trigger,
    opened,
    seal,
)
from rheobase.stimulus.pulse import Train, Waveform
from rheobase.stimulus.sensing import Crossing, Sensing, Signal

__all__ = [
    "CO_CONTRACTION",
    "SLOTS",
    "Activity",
    "BehaviourGate",
    "BehaviourScale",
    "ChannelOrder",
    "Coordination",
    "Crossing",
    "Delivered",
    "Montage",
    "Override",
    "Pad",
    "Pattern",
    "Place",
    "Posture",
    "Prescription",
    "Sealed",
    "Segment",
    "Sensing",
    "Side",
    "Signal",
    "Train",
    "Trigger",
    "Waveform",
    "canonical",
    "digest",
    "from_plain",
    "opened",
    "read_json",
    "seal",
    "to_plain",
]
