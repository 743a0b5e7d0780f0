"""The steps of one session, as a table: which command belongs where, and what leads on.

    screen > skin > pads > twitch > search > ladder > blocks > ramp out > skin after > measure > done
                             any step with output > stopped > ladder, or > skin after

Pure: a `Progress` and a command give the next `Progress`, or a refusal that says what comes first.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, final

from rheobase.errors import BadInput, NotReady
from rheobase.stimulus import BehaviourGate


class Step(StrEnum):
    """Where a session is."""

    SCREEN = "screen"
    SKIN = "skin"
    PADS = "pads"
    TWITCH = "twitch"
    SEARCH = "search"
    LADDER = "ladder"
    BLOCKS = "blocks"
    RAMP_OUT = "ramp out"
    SKIN_AFTER = "skin after"
    MEASURE = "measure"
    STOPPED = "stopped"
    DONE = "done"


LADDER_LEVELS = ("sensory", "twitch", "motor", "functional", "maximal")
CHECKLIST = {
    "identity": "This is the child of this plan",
    "agreed": "The child and the parent agree today",
    "well": "No fever, no seizure, no new medication or toxin, no new implant, no new pain",
    "stop": "Everybody knows the stop: screen, unit and cable",
    "baseline": "A quick measure without stimulation was taken",
}
SKIN_WORST = 1  # 0 clear, 1 faint and even, 2 marked, 3 broken: from 2 on no current
ANYTIME = frozenset({"behaviour", "note", "clear_fault", "confirm_manual"})
CONTACT = frozenset({"contact"})  # where a unit can measure what its pads meet
SENSOR = frozenset({"rest", "threshold"})  # where a plan is started by a sensor
COMMANDS: dict[Step, frozenset[str]] = {
    Step.SCREEN: frozenset({"checklist", "finish"}),
    Step.SKIN: frozenset({"skin", "finish"}),
    Step.PADS: frozenset({"pads", "finish"}),
    Step.TWITCH: frozenset(
        {"twitch", "search_up", "search_down", "louder", "quieter", "found", "pause", "finish"}
        | CONTACT
    ),
    Step.SEARCH: frozenset(
        {"twitch", "search_up", "search_down", "louder", "quieter", "found", "pause", "finish"}
        | CONTACT
    ),
    Step.LADDER: frozenset(
        {"louder", "quieter", "ladder", "start", "pause", "resume", "finish", *CONTACT, *SENSOR}
    ),
    Step.BLOCKS: frozenset(
        {"louder", "quieter", "ladder", "start", "pause", "resume", "trigger", "finish", *SENSOR}
    ),
    Step.RAMP_OUT: frozenset(),
    Step.SKIN_AFTER: frozenset({"skin"}),
    Step.MEASURE: frozenset({"finish"}),
    Step.STOPPED: frozenset({"checklist", "finish"}),
    Step.DONE: frozenset(),
}
ALL_COMMANDS = frozenset.union(ANYTIME, *COMMANDS.values())


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a session has come.

    Attributes:
        step: where it is.
        slots: its units.
        padded: units whose pads were confirmed.
        twitched: units whose twitch was seen in the right muscle.
        found: place kept by the search, by slot.
        ladder: current at each level reached, by slot. [mA]
        baseline: comfort score without stimulation, or None. [1]
        score: last comfort score, or None. [1]
        scored_ms: when it was given. [ms]
        delivered: current has flowed in this session.
        why: reason of the last stop, or "".
    """

    step: Step
    slots: tuple[str, ...]
    padded: frozenset[str]
    twitched: frozenset[str]
    found: dict[str, Any]
    ladder: dict[str, dict[str, float]]
    baseline: int | None
    score: int | None
    scored_ms: float
    delivered: bool
    why: str


def beginning(slots: tuple[str, ...]) -> Progress:
    """Return a session that has just been opened."""
    return Progress(
        step=Step.SCREEN,
        slots=slots,
        padded=frozenset(),
        twitched=frozenset(),
        found={},
        ladder={},
        baseline=None,
        score=None,
        scored_ms=0.0,
        delivered=False,
        why="",
    )


def check_allowed(progress: Progress, do: str) -> None:
    """Refuse a command that does not belong to this step.

    Raises:
        BadInput: if there is no such command.
        NotReady: if it belongs to another step.
    """
    if do not in ALL_COMMANDS:
        raise BadInput(f"do={do!r} is not known. Use one of: {', '.join(sorted(ALL_COMMANDS))}.")
    if do in ANYTIME and progress.step is not Step.DONE:
        return
    if do not in COMMANDS[progress.step]:
        now = ", ".join(sorted(COMMANDS[progress.step])) or "nothing but stop"
        raise NotReady(f"{do} does not belong to the step '{progress.step}'. Possible now: {now}.")


def screened(progress: Progress, items: dict[str, bool] | None) -> Progress:
    """Return the progress after the screen of the day, or after the look that follows a stop.

    Raises:
        NotReady: naming every point that was not confirmed.
    """
    open_points = [text for key, text in CHECKLIST.items() if not (items or {}).get(key, True)]
    if open_points:
        raise NotReady(f"Not today, or not yet: {'; '.join(open_points)}. Settle this first.")
    if progress.step is not Step.STOPPED:
        return replace(progress, step=Step.SKIN)
    return _led_on(replace(progress, step=Step.TWITCH, ladder={}))


def skin_seen(progress: Progress, score: int) -> Progress:
    """Return the progress after a look at the skin.

    Raises:
        NotReady: if the skin is too red to begin.
    """
    if score not in (0, 1, 2, 3):
        raise BadInput(
            f"score={score!r} is no skin score. Use 0 clear, 1 faint, 2 marked, 3 broken."
        )
    if progress.step is Step.SKIN_AFTER:
        return replace(progress, step=Step.MEASURE)
    if score > SKIN_WORST:
        raise NotReady("The skin is marked or broken under a pad. No current here today; finish.")
    return replace(progress, step=Step.PADS)


def pads_on(progress: Progress, slots: tuple[str, ...]) -> Progress:
    """Return the progress once the pads of some units are on."""
    return replace(progress, padded=progress.padded | set(slots))


def armed(progress: Progress) -> Progress:
    """Return the progress once every unit is armed at 0 mA."""
    return _led_on(replace(progress, step=Step.TWITCH))


def twitch_seen(progress: Progress, slot: str) -> Progress:
    """Return the progress once a unit's twitch was seen in the right muscle."""
    return _led_on(replace(progress, twitched=progress.twitched | {slot}))


def place_found(progress: Progress, slot: str, place: Any) -> Progress:
    """Return the progress once the best place for a unit is kept."""
    twitched = progress.twitched | {slot}
    return _led_on(replace(progress, found={**progress.found, slot: place}, twitched=twitched))


def level_reached(progress: Progress, slot: str, level: str, amplitude_ma: float) -> Progress:
    """Return the progress once a level of the ladder was seen.

    Raises:
        BadInput: if there is no such level.
        NotReady: if the unit is at 0 mA.
    """
    if level not in LADDER_LEVELS:
        raise BadInput(f"level={level!r} is not known. Use one of: {', '.join(LADDER_LEVELS)}.")
    if amplitude_ma == 0.0:
        raise NotReady(f"Unit {slot} stands at 0 mA, so nothing was reached. Press up first.")
    reached = {**progress.ladder.get(slot, {}), level: amplitude_ma}
    return replace(progress, ladder={**progress.ladder, slot: reached})


def scored(progress: Progress, score: int, now_ms: float) -> Progress:
    """Return the progress after a comfort score; before any current it is the baseline.

    Raises:
        BadInput: if the score is not a whole number from 0 to 10.
    """
    if type(score) is not int or not 0 <= score <= 10:
        raise BadInput(f"score={score!r} is no comfort score. Give a whole number from 0 to 10.")
    baseline = progress.baseline if progress.delivered else score
    return replace(progress, baseline=baseline, score=score, scored_ms=now_ms)


def gate_closed(progress: Progress, gate: BehaviourGate) -> str:
    """Return why the last comfort score silences every unit, or ""."""
    if progress.score is None or progress.baseline is None:
        return ""
    if progress.score >= gate.stop_at:
        return f"{gate.scale.value} is {progress.score}; the plan stops at {gate.stop_at}."
    if progress.score - progress.baseline >= gate.stop_at_rise:
        return (
            f"{gate.scale.value} rose from {progress.baseline} to {progress.score}; "
            f"the plan stops at a rise of {gate.stop_at_rise}."
        )
    return ""


def due_in_s(progress: Progress, gate: BehaviourGate, now_ms: float) -> float:
    """Return the time until the next comfort score; negative if it is overdue. [s]"""
    if progress.score is None:
        return 0.0
    return gate.every_s - (now_ms - progress.scored_ms) / 1000.0


def check_comfort(progress: Progress, gate: BehaviourGate, now_ms: float) -> None:
    """Refuse to begin output without a fresh and calm comfort score.

    Raises:
        NotReady: saying which score is missing.
    """
    if progress.score is None:
        raise NotReady("There is no comfort score without current yet. Score the child first.")
    closed = gate_closed(progress, gate)
    if closed:
        raise NotReady(f"{closed} Comfort the child, score again, and go on only if it is calm.")
    if due_in_s(progress, gate, now_ms) <= 0.0:
        raise NotReady("The last comfort score is too old. Score the child again.")


def stopped(progress: Progress, why: str) -> Progress:
    """Return the progress after a stop, a fault or a comfort score that silences."""
    if progress.step in (
        Step.SCREEN,
        Step.SKIN,
        Step.PADS,
        Step.SKIN_AFTER,
        Step.MEASURE,
        Step.DONE,
    ):
        return replace(progress, why=why)
    return replace(progress, step=Step.STOPPED, why=why, ladder={})


def finishing(progress: Progress) -> Progress:
    """Return the progress after the therapist ends the session."""
    if progress.step is Step.MEASURE or not progress.delivered:
        return replace(progress, step=Step.DONE)
    after_stop = progress.step is Step.STOPPED
    return replace(progress, step=Step.SKIN_AFTER if after_stop else Step.RAMP_OUT)


def _led_on(progress: Progress) -> Progress:
    """Twitch leads to search, search to the ladder, once every unit is through."""
    everyone = set(progress.slots)
    if progress.step is Step.TWITCH and progress.twitched >= everyone:
        progress = replace(progress, step=Step.SEARCH)
    if progress.step is Step.SEARCH and set(progress.found) >= everyone:
        progress = replace(progress, step=Step.LADDER)
    return progress
