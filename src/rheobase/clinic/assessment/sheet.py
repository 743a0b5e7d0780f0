"""Which measures are asked for, in which order: the rows of the measuring sheet.

Only the order and the wording live here; scales and errors come from evidence/instruments.toml.
Angles follow the joint's own sign: flexion, dorsiflexion and (wrist) extension positive, straight 0.
"""

from dataclasses import dataclass
from typing import Final, final

from rheobase.clinic.assessment.scales import GMFM_WORDS, MAS_CODES, MRC_CODES, SCALE_JOINTS
from rheobase.errors import BadInput
from rheobase.evidence.instruments import Instrument, instrument

PARTS: Final = (("basics", "Class, size and comfort"), ("legs", "Legs"), ("arms", "Arms"))
SIDES: Final = ("left", "right")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the sheet.

    Attributes:
        part: which sheet it is on.
        group: its heading.
        label: what is measured, in words.
        instrument_key: key in evidence/instruments.toml.
        quantity: what the model calls it.
        joint, movement: where, or "".
        sided: there is a left and a right one.
        grades: word to number, for scales that are written in words.
        help: how to measure it, in a few words.
    """

    part: str
    group: str
    label: str
    instrument_key: str
    quantity: str
    joint: str = ""
    movement: str = ""
    sided: bool = True
    grades: tuple[tuple[str, float], ...] = ()
    help: str = ""

    @property
    def key(self) -> str:
        """Its name in forms and links."""
        return "-".join(
            p.replace(" ", "_") for p in (self.joint, self.movement, self.quantity) if p
        )

    @property
    def instrument(self) -> Instrument:
        """The instrument it is measured with."""
        return instrument(self.instrument_key)

    @property
    def sides(self) -> tuple[str, ...]:
        """Left and right, or the one nameless side."""
        return SIDES if self.sided else ("",)

    def value_of(self, word: str) -> float:
        """Return the number of one typed word.

        Raises:
            BadInput: if it is neither a number of the scale nor one of its grades.
        """
        grades = dict(self.grades)
        if word in grades:
            return grades[word]
        try:
            value = float(word.replace(",", ".").replace("−", "-"))
        except ValueError:
            expected = ", ".join(grades) or f"a number in {self.instrument.unit}"
            raise BadInput(f"{self.label}: {word!r} is not known. Write {expected}.") from None
        if grades:
            raise BadInput(
                f"{self.label}: {word!r} is not a grade. Use one of: {', '.join(grades)}."
            )
        self.instrument.check(value)
        return value

    def word_of(self, value: float) -> str:
        """Return a value as it is written on paper."""
        for word, number in self.grades:
            if number == value:
                return word
        return f"{value:g}"


CLASSES: Final = tuple((word, float(n)) for n, word in enumerate(("I", "II", "III", "IV", "V"), 1))
MAS: Final = tuple((word, float(code)) for word, code in MAS_CODES.items())
MRC: Final = tuple(MRC_CODES.items())
TWO: Final = (("0", 0.0), ("1", 1.0), ("2", 2.0))
NUMBERS: Final = tuple((str(n), float(n)) for n in range(11))
QUALITY: Final = tuple((str(n), float(n)) for n in range(6))
FACES: Final = tuple((str(n), float(n)) for n in (0, 2, 4, 6, 8, 10))


def _basics() -> list[Row]:
    def row(group: str, label: str, key: str, quantity: str, **more: object) -> Row:
        return Row(
            part="basics",
            group=group,
            label=label,
            instrument_key=key,
            quantity=quantity,
            sided=False,
            **more,  # type: ignore[arg-type]
        )

    return [
        row("Function class", "GMFCS", "gmfcs", "gmfcs", grades=CLASSES, help="I to V"),
        row("Function class", "MACS or Mini-MACS", "macs", "macs", grades=CLASSES, help="I to V"),
        row("Function class", "CFCS", "cfcs", "cfcs", grades=CLASSES, help="I to V"),
        row("Body", "Height", "height", "height_cm", help="lying below two years"),
        row("Body", "Mass", "mass", "mass_kg"),
        row("Body", "Waist girth", "tape_girth", "waist_girth_mm"),
        row("Body", "Abdomen skinfold", "skinfold", "abdomen_skinfold_mm"),
        row(
            "Gross motor",
            "GMFM-88, total",
            "gmfm88",
            "gmfm88_percent",
            help="computed elsewhere; item by item above",
        ),
        row("Gross motor", "Six-minute walk", "six_minute_walk", "six_minute_walk_m"),
        row(
            "Comfort at rest",
            "Faces, chosen by the child",
            "faces",
            "faces",
            grades=FACES,
            help="our own drawings",
        ),
        row(
            "Comfort at rest",
            "Faces card (FPS-R)",
            "fps_r",
            "fps_r",
            grades=FACES,
            help="your card",
        ),
        row("Comfort at rest", "Number from 0 to 10", "nrs", "nrs", grades=NUMBERS),
    ]


def _size(part: str, label: str, key: str, quantity: str, where: str = "") -> Row:
    return Row(
        part=part, group="Size", label=label, instrument_key=key, quantity=quantity, help=where
    )


def _joint(part: str, group: str, label: str, place: str, **more: object) -> Row:
    joint, movement = place.split(" ", 1)
    return Row(part=part, group=group, label=label, joint=joint, movement=movement, **more)  # type: ignore[arg-type]


def _strength(part: str, names: dict[str, str], *, with_force: bool) -> list[Row]:
    mrc = {"instrument_key": "mrc", "quantity": "strength_mrc", "grades": MRC}
    rows = [
        _joint(part, "Strength, by hand", f"{name}, MRC", place, **mrc)
        for place, name in names.items()
    ]
    force = {"instrument_key": "hhd", "quantity": "force_n"}
    arm = {
        "instrument_key": "tape_length",
        "quantity": "lever_arm_mm",
        "help": "joint axis to the dynamometer's pad",
    }
    for place, name in names.items() if with_force else ():
        rows.append(_joint(part, "Strength, dynamometer", f"{name}, force", place, **force))
        rows.append(_joint(part, "Strength, dynamometer", f"{name}, lever arm", place, **arm))
    return rows


def _tone(part: str, names: dict[str, str], caught: dict[str, str]) -> list[Row]:
    mas = {"instrument_key": "mas", "quantity": "tone_mas_code", "grades": MAS}
    catch = {
        "instrument_key": "tardieu_r1",
        "quantity": "catch_deg",
        "help": "as fast as possible (V3); note the position",
    }
    quality = {
        "instrument_key": "tardieu_quality",
        "quantity": "tardieu_quality",
        "grades": QUALITY,
        "help": "at the same speed",
    }
    return [
        *(_joint(part, "Tone", f"{n}, Ashworth", place, **mas) for place, n in names.items()),
        *(
            _joint(part, "Tone", f"{n}, angle of catch (R1)", place, **catch)
            for place, n in caught.items()
        ),
        *(
            _joint(part, "Tone", f"{n}, quality of the reaction", place, **quality)
            for place, n in caught.items()
        ),
    ]


def _range(part: str, rows: tuple[tuple[str, str, str, str], ...]) -> list[Row]:
    return [
        _joint(
            part,
            "Range",
            label,
            place,
            instrument_key="arom" if quantity == "active_deg" else "prom",
            quantity=quantity,
            help=how,
        )
        for label, quantity, place, how in rows
    ]


LEG_MUSCLES: Final = {
    "hip extension": "Hip extensors",
    "hip abduction": "Hip abductors",
    "knee extension": "Knee extensors",
    "knee flexion": "Knee flexors",
    "ankle dorsiflexion": "Dorsiflexors",
    "ankle plantarflexion": "Plantarflexors",
}
LEG_SPASTIC: Final = {
    "knee flexion": "Hamstrings",
    "knee extension": "Quadriceps",
    "ankle plantarflexion": "Plantarflexors",
}
LEG_ANGLES: Final = (
    ("Hip, end of extension", "passive_min_deg", "hip extension", "0 is straight"),
    ("Hip, end of abduction", "abduction_end_deg", "hip abduction", "knee straight"),
    ("Knee, end of extension", "passive_min_deg", "knee extension", "a lack of 10 is 10"),
    ("Knee, end of flexion", "passive_max_deg", "knee flexion", ""),
    ("Ankle, end of dorsiflexion (R2)", "passive_max_deg", "ankle dorsiflexion", "knee straight"),
    ("Ankle, end of plantarflexion", "passive_min_deg", "ankle plantarflexion", "negative"),
    ("Ankle, active dorsiflexion", "active_deg", "ankle dorsiflexion", "by itself"),
)


def _selective() -> list[Row]:
    return [
        _joint(
            "legs",
            "Selective control (SCALE)",
            f"{joint.capitalize()}, selective control",
            f"{joint} selective",
            instrument_key="selective_joint",
            quantity="selective_control",
            grades=TWO,
        )
        for joint in SCALE_JOINTS
    ]


def _legs() -> list[Row]:
    caught = {k: LEG_SPASTIC[k] for k in ("knee flexion", "ankle plantarflexion")}
    # The model bends a hip in one plane only: tone and range across it are kept, not modelled.
    adductors = _joint(
        "legs",
        "Tone",
        "Hip adductors, Ashworth",
        "hip adduction",
        instrument_key="mas",
        quantity="adductor_mas_code",
        grades=MAS,
    )
    return [
        *_range("legs", LEG_ANGLES),
        adductors,
        *_tone("legs", LEG_SPASTIC, caught),
        *_strength("legs", LEG_MUSCLES, with_force=True),
        *_selective(),
        _size("legs", "Thigh length", "tape_length", "thigh_length_mm", "trochanter to knee line"),
        _size("legs", "Shank length", "tape_length", "shank_length_mm", "knee line to ankle"),
        _size("legs", "Foot length", "tape_length", "foot_length_mm"),
        _size("legs", "Thigh girth", "tape_girth", "thigh_girth_mm", "middle"),
        _size("legs", "Calf girth", "tape_girth", "calf_girth_mm", "thickest place"),
        _size("legs", "Thigh skinfold", "skinfold", "thigh_skinfold_mm"),
        _size("legs", "Calf skinfold", "skinfold", "calf_skinfold_mm"),
    ]


def _arms() -> list[Row]:
    muscles = {
        "shoulder flexion": "Shoulder flexors",
        "elbow extension": "Elbow extensors",
        "wrist extension": "Wrist extensors",
        "fingers extension": "Finger extensors",
    }
    spastic = {"elbow flexion": "Elbow flexors", "wrist flexion": "Wrist flexors"}
    angles = (
        ("Elbow, end of extension", "passive_min_deg", "elbow extension", "a lack of 10 is 10"),
        ("Wrist, end of extension", "passive_max_deg", "wrist extension", "fingers straight"),
        ("Wrist, active extension", "active_deg", "wrist extension", "by itself"),
        ("Shoulder, active flexion", "active_deg", "shoulder flexion", "by itself"),
    )
    return [
        *_range("arms", angles),
        *_tone("arms", spastic, spastic),
        *_strength("arms", muscles, with_force=False),
        _size("arms", "Upper arm length", "tape_length", "upper_arm_length_mm"),
        _size("arms", "Forearm length", "tape_length", "forearm_length_mm"),
        _size("arms", "Hand length", "tape_length", "hand_length_mm"),
        _size("arms", "Upper arm girth", "tape_girth", "upper_arm_girth_mm"),
        _size("arms", "Forearm girth", "tape_girth", "forearm_girth_mm"),
        _size("arms", "Triceps skinfold", "skinfold", "triceps_skinfold_mm"),
    ]


ROWS: Final = (*_basics(), *_legs(), *_arms())
# Sums that are computed from a whole set of entries, never typed.
SUMS: Final = (
    Row(
        part="basics", group="Comfort at rest", label="FLACC without stimulation",
        instrument_key="flacc", quantity="flacc", sided=False,
    ),
    Row(
        part="basics", group="Comfort at rest", label="r-FLACC without stimulation",
        instrument_key="r_flacc", quantity="r_flacc", sided=False,
    ),
    *(
        Row(
            part="basics", group="Gross motor", label=f"GMFM {letter}, {words}",
            instrument_key=f"gmfm_{letter.lower()}", quantity=f"gmfm_{letter.lower()}_percent",
            sided=False,
        )
        for letter, words in GMFM_WORDS.items()
    ),
    Row(
        part="basics", group="Gross motor", label="GMFM-88, goal dimensions",
        instrument_key="gmfm_goal", quantity="gmfm_goal_percent", sided=False,
    ),
    Row(
        part="legs", group="Selective control (SCALE)", label="SCALE, sum of the leg",
        instrument_key="scale", quantity="scale_total",
    ),
)  # fmt: skip


def row(key: str) -> Row:
    """Return one row by its key.

    Raises:
        BadInput: if there is none.
    """
    for one in (*ROWS, *SUMS):
        if one.key == key:
            return one
    raise BadInput(f"There is no measure {key!r} on the sheet. Open the sheet again.")


def row_of(quantity: str, joint: str, movement: str) -> Row | None:
    """Return the row a record belongs to, or None for one that is no longer on the sheet."""
    for one in (*ROWS, *SUMS):
        if (one.quantity, one.joint, one.movement) == (quantity, joint, movement):
            return one
    return None
