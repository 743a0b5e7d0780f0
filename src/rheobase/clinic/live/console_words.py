"""What the console's script says, in the reader's language: its own texts, and those of the bedside.

The script holds no text of its own. `OWN` are its sentences, with places for values in braces; what
the bedside sends (phases, levels, cues, what to do at a dial) is English and is said over.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic.plan.words import moves
from rheobase.session.steps import CHECKLIST
from rheobase.stimulus import Prescription

TROUBLES: Final = {
    "stop_lost": _("STOP did not reach the clinic. Use the switch on the unit, or pull its plug."),
    "command_lost": _("The command did not reach the bedside. Look at the units, then try again."),
    "unit_says": _("Unit {slot}:"),
    "seen": _("I have seen it"),
    "release": _("Release the unit"),
}
UNIT: Final = {
    "phase": "{phase}, {ma} mA",
    "pads_unknown": _("not checked"),
    "pads_good": _("no fault seen"),
    "pads_bad": _("a pad may be off"),
    "contact_good": _("contact good when checked: {kohm} kΩ ({low} to {high})"),
    "contact_poor": _("contact poor when checked: {kohm} kΩ ({low} to {high}); press on or renew"),
    "contact_open": _("a pad or lead is off: {kohm} kΩ; put it on, then check again"),
    "locked": _("Increase locked: press less first."),
    "named": _("{slot}: {muscle}, {side}"),
}
BEHAVIOUR: Final = {
    "scores": _("Without current {baseline}, last {last}."),
    "next_score": _("Next score within {left} min."),
    "score_now": _("Score the child now."),
}
PANELS: Final = {
    "look_for": _("Look for: {expected}"),
    "all_confirmed": _("All confirmed"),
    "today": _("Is everything as it should be today?"),
    "skin_before": _("Wash, dry, look. How is the skin where the pads will sit?"),
    "pad_on": _("On: {unit}"),
    "pads": _("Pads flat and whole, leads away from joints. Confirm each unit."),
    "check_contact": _("Check contact"),
    "pulses": _("Single pulses"),
    "twitch_seen": _("Twitch seen"),
    "twitch": _(
        "One unit at a time: raise with + on its card until the right muscle twitches, then "
        "confirm. Score the child at rest first."
    ),
    "place_of": _("Place of the pad of unit {slot}"),
    "where": _("Where? (as planned)"),
    "keep_place": _("Keep this place"),
    "search": _(
        "Move the pad, press − or +, until the smallest current gives a clear, isolated twitch. "
        "Then keep the place."
    ),
    "reached": _("{level}: {ma} mA"),
    "ladder": _(
        "One unit at a time, in this posture: raise with +, and mark each level when you see it."
    ),
    "start": _("Start the activity"),
    "now": _("Now!"),
    "now_who": _("Now! ({who})"),
    "pause": pgettext_lazy("the deed", "Pause"),
    "go_on": pgettext_lazy("the deed", "Go on"),
    "next_block": _("Next block"),
    "finish": pgettext_lazy("the deed", "Finish"),
    "block_runs": _("Block {n} runs"),
    "block_paused": _("Block {n} is paused"),
    "block_done": _("Block {n} is done. Rest, score, go on."),
    "ramp_out": _("Everything ramps down."),
    "skin_after": _("Pads off from the edge. How is the skin?"),
    "measure": _("Repeat the quick measure without stimulation, and write it into the chart."),
    "done": pgettext_lazy("the deed", "Done"),
    "well": _("All is well: back to the levels"),
    "end_here": _("End here"),
    "stopped": _("Stopped. Every unit is silent and every level is at 0."),
    "unsure": _(
        "Stopped, but unit {units} did not confirm that it is silent. Switch it off at the unit, now."
    ),
    "why": _("Why: {why}."),
    "note": _("Write the note"),
    "over": _("The session has ended. Every unit is silent and disarmed."),
}
STRIP: Final = {
    "refused": _("refused:"),
    "next_step": _("next step: {step}"),
    "next_step_unnamed": _("next step"),
    "recognised": _("recognised"),
    "contact_by": _("{verdict}, {volts} V at {ma} mA"),
    "block_begins": _("block begins"),
    "effort": _("the child's effort: {level} above {threshold}"),
    "by_pedal": _("by the pedal"),
    "effort_refused": _("effort not taken:"),
    "rest_failed": _("rest not measured:"),
    "rest_measured": _("rest {mean}, SD {sd}: threshold {threshold}"),
    "sensor_says": _("sensor:"),
    "sensor_heard": _("sensor: {stream} is heard"),
}
OWN: Final = TROUBLES | UNIT | BEHAVIOUR | PANELS | STRIP
STAGES: Final = {
    "OFF": pgettext_lazy("a unit", "off"),
    "IDENTIFIED": pgettext_lazy("a unit", "recognised"),
    "CHECKED": pgettext_lazy("a unit", "checked"),
    "ARMED": pgettext_lazy("a unit", "ready"),
    "RUNNING": pgettext_lazy("a unit", "on"),
    "PAUSED": pgettext_lazy("a unit", "paused"),
    "STOPPING": pgettext_lazy("a unit", "stopping"),
    "FAULT": pgettext_lazy("a unit", "fault"),
}
COMMANDS: Final = {
    "checklist": _("checks confirmed"),
    "skin": _("skin looked at"),
    "pads": _("pads on"),
    "contact": _("contact checked"),
    "twitch": pgettext_lazy("in the journal", "twitch"),
    "louder": pgettext_lazy("in the journal", "more"),
    "quieter": pgettext_lazy("in the journal", "less"),
    "found": _("place kept"),
    "ladder": _("level marked"),
    "start": _("activity started"),
    "trigger": pgettext_lazy("in the journal", "now"),
    "pause": pgettext_lazy("in the journal", "paused"),
    "resume": _("goes on"),
    "finish": pgettext_lazy("in the journal", "finish"),
    "behaviour": pgettext_lazy("in the journal", "score"),
    "clear_fault": _("fault seen"),
    "note": pgettext_lazy("in the journal", "remark"),
    "rest": _("measure rest"),
    "threshold": _("threshold set"),
}
SKIN: Final = (
    pgettext_lazy("the skin", "clear"),
    pgettext_lazy("the skin", "faint, even redness"),
    pgettext_lazy("the skin", "marked redness"),
    pgettext_lazy("the skin", "broken"),
)
PHASES: Final = {
    "on": pgettext_lazy("a pulse train", "on"),
    "off": pgettext_lazy("a pulse train", "off"),
    "ramp up": pgettext_lazy("a pulse train", "ramp up"),
    "ramp down": pgettext_lazy("a pulse train", "ramp down"),
    "rest": pgettext_lazy("a pulse train", "rest"),
    "waiting": pgettext_lazy("a pulse train", "waiting"),
    "silent": pgettext_lazy("a pulse train", "silent"),
}
# What the bedside calls levels, steps, buttons and events, and how a session ended.
KEPT: Final = (
    (noop("sensory"), noop("twitch"), noop("motor"), noop("functional"), noop("maximal")),
    (noop("screen"), noop("skin"), noop("pads"), noop("search"), noop("ladder"), noop("blocks")),
    (noop("ramp out"), noop("skin after"), noop("measure"), noop("stopped"), noop("done")),
    (noop("therapist button"), noop("child button")),
    (noop("trouble"), noop("supervisor lost"), noop("eased"), noop("armed"), noop("contraction")),
    (noop("manual"), noop("observation"), noop("clear fault"), noop("minutes used")),
    (noop("block over"), noop("session over"), noop("pulses over"), noop("supervisor")),
    (noop("locked memory"), noop("priority"), noop("confirmed")),
    (noop("finished"), noop("interrupted")),
)
CHECKS: Final = (
    noop("This is the child of this plan"),
    noop("The child and the parent agree today"),
    noop("No fever, no seizure, no new medication or toxin, no new implant, no new pain"),
    noop("Everybody knows the stop: screen, unit and cable"),
    noop("A quick measure without stimulation was taken"),
)
# What a person does at a stand-alone unit, as the bedside words it.
DIALS: Final = (
    noop("Turn the dial of unit {slot} to 0."),
    noop("Set unit {slot} to {ma} mA, {us} µs, {hz} Hz, then confirm."),
)


def console_words(prescription: Prescription) -> dict[str, Any]:
    """Return every text the console's script needs, as plain JSON.

    Returns:
        words: the script's own texts by name; stages, phases, commands: what the bedside's words
        mean; skin: words of the scores 0 to 3; said: other texts of the bedside, said over; dials:
        (as the bedside words it, said over), with places for values.
    """
    return {
        "words": {key: str(text) for key, text in OWN.items()},
        "stages": {key: str(text) for key, text in STAGES.items()},
        "phases": {key: str(text) for key, text in PHASES.items()},
        "commands": {key: str(text) for key, text in COMMANDS.items()},
        "skin": [str(text) for text in SKIN],
        "said": {text: moves(text) for text in set(_kept(prescription)) if text},
        "dials": [(text, gettext(text)) for text in DIALS],
    }


def _kept(prescription: Prescription) -> Iterator[str]:
    for row in KEPT:
        yield from row
    yield from CHECKLIST.values()
    for activity in prescription.activities:
        yield activity.name
        yield activity.cue_therapist
        yield activity.cue_child
        yield activity.expected_movement
