"""Everything a hand can do to the conductor, by name."""

from rheobase.session import controls
from rheobase.session.conductor import all_released, silenced

HANDS = ("louder", "quieter", "ladder", "pulses", "begin", "release", "stop", "wait")


def perform(plan, stand, act, slot, now):
    acts = {
        "louder": lambda: controls.louder(plan, stand, slot, now),
        "quieter": lambda: controls.quieter(plan, stand, slot, now),
        "ladder": lambda: controls.on_ladder(plan, stand, slot, now),
        "pulses": lambda: controls.pulsing(plan, stand, slot, now, 5.0),
        "begin": lambda: controls.begun(plan, stand, now),
        "release": lambda: all_released(plan, stand, now),
        "stop": lambda: silenced(stand, now),
        "wait": lambda: stand,
    }
    return acts[act]()
