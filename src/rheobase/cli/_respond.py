"""From a case file to one muscle's response: what `recruitment` and `move` share."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rheobase.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rheobase.model.response import Band, Response, Task
    from rheobase.model.twins import Twins
    from rheobase.model.twins.unit_pool import Bout
    from rheobase.planner.case import Case, Target
    from rheobase.stimulus.pads import Montage, Side
    from rheobase.stimulus.pulse import Train

TWINS, SEED = 256, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the options of a command ask for; None takes the case's or the usual.

    Attributes:
        muscle: key, or None for the first target.
        side: "left" or "right", or None for the target's.
        amplitude_ma: of the train. [mA]
        pulse_width_us: of one phase. [us]
        frequency_hz: of the train. [Hz]
        pad_mm: diameter of both round pads, or None for the usual. [mm]
    """

    muscle: str | None
    side: str | None
    amplitude_ma: float
    pulse_width_us: float
    frequency_hz: float
    pad_mm: float | None


def response_of(file: Path, asked: Asked) -> "tuple[Case, Response]":
    """Return the case and what the model expects with pads at the usual places.

    Raises:
        BadInput: if the file is no case, or the model has no business with the request.
    """
    from rheobase.model.chain import respond

    case, question = question_of(file, asked)
    return case, respond(*question)


def bout_of(file: Path, asked: Asked) -> "Bout":
    """Return what the motor units of the muscle do, under the same question.

    Raises:
        BadInput: as `response_of`.
    """
    from rheobase.evidence import muscle_sets
    from rheobase.model.muscle.fuglevand1993 import units
    from rheobase.model.twins.unit_pool import bout

    pool, fatigue = units(muscle_sets.pool_shape()), muscle_sets.unit_fatigue()
    return bout(*question_of(file, asked)[1], pool=pool, fatigue=fatigue)


def question_of(file: Path, asked: Asked) -> "tuple[Case, tuple[Twins, Montage, Train, Task]]":
    """Return the case, and twins, pads at the usual places, train and task to ask the model about.

    Raises:
        BadInput: if the file is no case, or names no muscle the model knows.
    """
    from dataclasses import replace

    from rheobase.evidence.chain_parameters import chain_parameters
    from rheobase.model.response import Task
    from rheobase.model.twins import calibrated, twins_of
    from rheobase.model.twins.usual import usual_montage
    from rheobase.planner.case import Case
    from rheobase.planner.files import read_file
    from rheobase.planner.frame import frame_of
    from rheobase.planner.predict import known_child
    from rheobase.stimulus.prescription import Posture
    from rheobase.stimulus.pulse import Train, Waveform

    case = read_file(Case, file)
    if asked.side not in (None, "left", "right"):
        raise BadInput(f"--side is {asked.side!r}. Use left or right.")
    key, side = _wanted(frame_of(case).targets, asked)
    child = known_child(case)
    twins = calibrated(twins_of(child, chain_parameters(), TWINS, SEED), case.observations)
    montage = usual_montage(twins, twins.parameters.muscle(key), side)
    if asked.pad_mm is not None:
        pads = (replace(pad, width_mm=asked.pad_mm, height_mm=asked.pad_mm) for pad in montage.pads)
        montage = replace(montage, active=next(pads), other=next(pads))
    train = Train(
        waveform=Waveform.SYMMETRIC_BIPHASIC,
        amplitude_ma=asked.amplitude_ma,
        pulse_width_us=asked.pulse_width_us,
        frequency_hz=asked.frequency_hz,
        gap_us=0.0,
    )
    task = Task(
        muscle=key,
        side=side,
        posture=case.posture or Posture.SITTING,
        voluntary=0.0,
        on_s=5.0,
        off_s=10.0,
        minutes=10.0,
    )
    return case, (twins, montage, train, task)


def say_what_to_look_at_again(case: "Case") -> None:
    """Print, beside the answer, which bedside observations deserve a second look."""
    import sys

    from rheobase.planner.predict import asked_again, known_child

    for text in asked_again(known_child(case), case.observations):
        print(f"rheobase: {text}", file=sys.stderr)


def _wanted(targets: "tuple[Target, ...]", asked: Asked) -> "tuple[str, Side]":
    """Return muscle and side: as asked, else the first target of the case or of its task."""
    from rheobase.stimulus.pads import Side

    given = next((t for t in targets if asked.muscle in (None, t.muscle)), targets[0])
    return given.muscle if asked.muscle is None else asked.muscle, Side(
        asked.side
    ) if asked.side else given.side


def shown(band: "Band", unit: str) -> str:
    """Return a band for people: middle, and the range that holds 90 % of the twins."""
    middle, low, high = (_number(value, band) for value in (band.middle, band.low, band.high))
    return f"{middle}{f' {unit}' if unit else ''} (90 %: {low} to {high})"


def _number(value: float, band: "Band") -> str:
    """Return three digits; 0 for what is nothing beside the largest of the band."""
    largest = max(abs(band.low), abs(band.middle), abs(band.high))
    return "0" if abs(value) < 1e-3 * largest else f"{value:.3g}"


def plain_response(response: "Response", *, numbers: bool) -> dict[str, Any]:
    """Return a response as plain JSON types; without its numbers where only words may be shown."""
    from rheobase.evidence.load import made_by
    from rheobase.planner.in_words import in_words
    from rheobase.stimulus.codec import to_plain

    kept = response if numbers or not response.words_only else in_words(response)
    return {**to_plain(kept), "extrapolated": response.words_only, **made_by()}


def words_page(response: "Response") -> str:
    """Return the words that may be shown below two years: direction, and how strong."""
    moves = response.movement
    lines = [f"{response.muscle}, {response.side.value}: {response.strength.value} (extrapolated)"]
    if moves is not None:
        lines.append(f"  {moves.joint} {moves.direction}; limited by: {moves.limiter}")
    elif response.no_movement:
        lines.append(f"  {response.no_movement}")
    return "\n".join([*lines, "", caution(response)])


def numbers_or_refuse(response: "Response", numbers: bool, plot: Path | None) -> None:
    """Refuse to draw numbers that may not be shown.

    Raises:
        BadInput: below two years, uncalibrated, if a plot is wanted without --numbers.
    """
    if plot is not None and response.words_only and not numbers:
        raise BadInput(
            "Below two years the model is extrapolated, and there are words but no curves. Enter what "
            "was seen of this muscle at the bedside in the case, or add --numbers for research."
        )


def caution(response: "Response") -> str:
    """Return the sentence that must stand under every answer."""
    people = sorted({b.population for b in response.basis})
    text = f"A model, not a promise. Rests on: {'; '.join(people)}."
    if response.words_only:
        text += (
            " Extrapolated: below two years nobody has measured what the model would need. Until "
            "this muscle was seen at the bedside only the word counts; --numbers shows the rest, for "
            "research."
        )
    return text


def fan(axes: object, x: "Sequence[float]", bands: "Sequence[Band]", label: str) -> None:
    """Draw a middle line with its 90 % band."""
    line = axes.plot(x, [b.middle for b in bands], label=label)[0]  # type: ignore[attr-defined]
    axes.fill_between(  # type: ignore[attr-defined]
        x, [b.low for b in bands], [b.high for b in bands], color=line.get_color(), alpha=0.18
    )
