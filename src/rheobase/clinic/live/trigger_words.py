"""What the console says about whatever starts a contraction: button, pedal or sensor."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from rheobase.session.trigger_shown import SENSOR_STATES
from rheobase.stimulus import Coordination, Prescription, Trigger

SENSOR: Final = {
    "idle": _("Ready. The sensor counts once a block runs."),
    "waiting": _("Waiting for the child's own effort"),
    "triggered": _("Triggered: the muscle works"),
    "blanked": _("Deaf: our own pulses would be heard"),
    "refractory": _("Pause: the next effort counts after the rest"),
    "cap reached": _("All triggers of this block are used"),
    "let go first": _("The child must let go first"),
    "no threshold": _("No threshold yet: measure rest, or set it by hand"),
    "measuring rest": _("Measuring rest: the child keeps still"),
    "no signal": _("No signal: nothing is started"),
}
BUTTON: Final = {
    "idle": _("Ready. The button counts once a block runs."),
    "waiting": _("Waiting for the button"),
    "triggered": _("Triggered: the muscle works"),
    "refractory": _("Pause: the next press counts after the rest"),
    "cap reached": _("All contractions of this block are done"),
}
# Keys that a pedal sends and STOP does not: Escape and the space bar are STOP, and stay so.
PEDAL_KEYS: Final = {
    "": _("no pedal"),
    "PageDown": "Page Down",
    "PageUp": "Page Up",
    "ArrowRight": _("right arrow"),
    "ArrowLeft": _("left arrow"),
    "F8": "F8",
    "F9": "F9",
    "b": "B",
}
USUAL_KEY: Final = "PageDown"

assert tuple(SENSOR) == SENSOR_STATES  # noqa: S101 - no state without its words


def trigger_words(prescription: Prescription) -> dict[str, Any] | None:
    """Return what the console needs to speak about triggers, or None where the clock starts all."""
    signed = {order.trigger for order in prescription.channels}
    if signed == {Trigger.SCHEDULE} and prescription.coordination is not Coordination.TRIGGERED:
        return None
    return {
        "sensor": {key: str(words) for key, words in SENSOR.items()},
        "button": {key: str(words) for key, words in BUTTON.items()},
        "usual_key": USUAL_KEY,
        "threshold": str(_("threshold")),
        "none": str(_("none")),
        "of": str(_("of")),
    }
