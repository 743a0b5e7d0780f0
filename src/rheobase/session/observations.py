"""What was seen at the bedside, as `model.Observation` in plain JSON: it calibrates the twins.

A threshold met while rising in steps lies between the last level and the one before; its value is
the middle, its error that of an even distribution over one step (step / sqrt 12).
"""

import math
from typing import Any

from rheobase.model.response import Observation, Seen
from rheobase.session.scene import Scene
from rheobase.session.stand import Mode
from rheobase.stimulus import to_plain

KINDS = {
    "sensory": Seen.SENSORY_THRESHOLD_MA,
    "motor": Seen.MOTOR_THRESHOLD_MA,
    "twitch": Seen.TWITCH,
}


def observation(scene: Scene, slot: str, what: str, value: float) -> tuple[dict[str, Any], ...]:
    """Return the observation a press stands for, as plain JSON, or nothing.

    Args:
        scene: at the moment of the press.
        slot: the unit.
        what: "sensory", "motor" or "twitch"; any other level says nothing the model can use.
        value: 1 seen, 0 not seen, for a twitch; unused for thresholds.
    """
    one, order = scene.stand.slot(slot), scene.plan.prescription.channel(slot)
    if what not in KINDS or one.level_ma == 0.0 or one.reached_ma < one.level_ma:
        return ()
    slow = one.mode is Mode.PULSES or one.wish_hz == scene.plan.rules.search_hz
    threshold = what != "twitch"
    seen = Observation(
        muscle=order.muscle,
        side=order.side,
        seen=KINDS[what],
        amplitude_ma=one.level_ma,
        pulse_width_us=order.pulse_width_us,
        frequency_hz=scene.plan.rules.search_hz if slow else order.frequency_hz,
        value=max(0.0, one.level_ma - order.step_ma / 2.0) if threshold else value,
        error=order.step_ma / math.sqrt(12.0) if threshold else 0.0,
    )
    return (to_plain(seen),)
