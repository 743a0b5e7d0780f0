"""Words of a plan that are kept as data: values of lists and names of body parts, for the catalogues.

The pages say them with the filter `say`; here they are only marked, once, where they are collected.
"""

from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import pgettext_lazy

from rheobase.stimulus.pads import Side

CHOSEN: Final = (
    (noop("left"), noop("right")),
    (noop("supine"), noop("side-lying"), noop("prone"), noop("lap"), noop("sitting")),
    (noop("standing"), noop("walking")),
    (noop("schedule"), noop("therapist button"), noop("child button"), noop("sensor")),
    (noop("symmetric biphasic"), noop("asymmetric biphasic")),
    (noop("together"), noop("alternating"), noop("sequence"), noop("triggered")),
    (noop("raw EMG"), noop("EMG envelope"), noop("joint angle"), noop("joint velocity")),
    (noop("rises above"), noop("falls below")),
    (noop("FLACC"), noop("faces 0-10")),
    (noop("no visible contraction"), noop("weak"), noop("medium"), noop("strong")),
    (noop("infant pathway"), noop("the therapist's own decision")),
)
SEGMENTS: Final = (
    (noop("head"), noop("neck"), noop("chest"), noop("abdomen"), noop("pelvis"), noop("thigh")),
    (noop("shank"), noop("foot"), noop("upper arm"), noop("forearm"), noop("hand")),
)
JOINTS: Final = (
    (noop("hip"), noop("knee"), noop("ankle"), noop("subtalar"), noop("toes"), noop("shoulder")),
    (noop("elbow"), noop("wrist"), noop("thumb"), noop("fingers"), noop("trunk"), noop("scapula")),
)
LANDMARKS: Final = (
    (noop("fingertips"), noop("shoulders"), noop("lower ribs"), noop("iliac crest")),
    (noop("skull"), noop("crown"), noop("chin")),
)
MOVEMENTS: Final = (
    (noop("flexion"), noop("extension"), noop("abduction"), noop("adduction")),
    (noop("dorsiflexion"), noop("plantarflexion"), noop("eversion"), noop("inversion")),
    (noop("opposition"), noop("elevation"), noop("depression"), noop("retraction")),
    (noop("protraction"), noop("side bending"), noop("rotation")),
)
# What the planner gives reasons for, as its table names it.
ABOUT: Final = (
    (noop("frequency hz"), noop("pulse width us"), noop("start ma"), noop("ceiling ma")),
    (noop("step ma"), noop("on off"), noop("ramp up s"), noop("ramp down s"), noop("offset s")),
    (noop("repetitions"), noop("minutes max"), noop("trigger"), noop("waveform"), noop("montage")),
    (noop("pads"), noop("posture"), noop("coordination"), noop("session min"), noop("gap us")),
    (noop("units at first"), noop("activity"), noop("gate"), noop("sensor signal")),
    (noop("sensor crossing"), noop("sensor threshold low"), noop("sensor threshold high")),
    (noop("sensor hysteresis"), noop("sensor k sd"), noop("sensor blanking ms")),
    (noop("sensor refractory s"), noop("sensor repetitions")),
)
# The activity of a plan that follows no task.
TOGETHER: Final = (
    noop("Contract together"),
    noop("Show the movement; the child joins in as the current rises, and rests with it."),
    noop("When it tickles, help it along!"),
)
LIMITERS: Final[dict[str, Any]] = {
    "range of motion": pgettext_lazy("limits a movement", "range of motion"),
    "strength": pgettext_lazy("limits a movement", "strength"),
    "tone": pgettext_lazy("limits a movement", "tone"),
    "current": pgettext_lazy("limits a movement", "current"),
    "gravity": pgettext_lazy("limits a movement", "gravity"),
}


def say(text: object) -> str:
    """Return a word kept as data in the reader's language."""
    return _(str(text)) if str(text) else ""


def on_side(side: Side, name: str) -> str:
    """Return a muscle of one side, e.g. "left quadriceps"."""
    return _("%(side)s %(muscle)s") % {"side": say(side), "muscle": say(name)}


def on_side_first(side: Side, name: str) -> str:
    """Return a muscle of one side as a heading begins."""
    return str(capfirst(on_side(side, name)))


def limited_by(limiter: str) -> str:
    """Return what stops a movement."""
    return str(LIMITERS.get(limiter, limiter))


def about_words(about: str) -> str:
    """Return what a reason is about: "A.frequency_hz" as "A, frequency hz"."""
    slot, dot, name = about.replace("_", " ").rpartition(".")
    return f"{slot}, {say(name)}" if dot else say(name)


def moves(text: str) -> str:
    """Return what should be seen: the planner's "left knee extension; ..." or a task's own words."""
    known = {word for rows in (*JOINTS, *MOVEMENTS) for word in rows}
    said = []
    for part in text.split("; "):
        side, joint, movement = (*part.split(" ", 2), "", "", "")[:3]
        if side not in {one.value for one in Side} or not {joint, movement} <= known:
            return say(text)
        parts = {"side": say(side), "joint": say(joint), "movement": say(movement)}
        said.append(_("%(side)s %(joint)s %(movement)s") % parts)
    return "; ".join(said)


def warned(text: str) -> str:
    """Return a warning about a unit ("A: flexes the hip.") or a task; others stay as they are."""
    head, _colon, what = text.partition(": ")
    said = say(what)
    if said == what and what.endswith("."):
        said = say(what.removesuffix(".")) + "."
    if said == what:
        return say(text)
    return _("%(slot)s: %(what)s") % {"slot": say(head), "what": said}
