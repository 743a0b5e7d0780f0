"""Which measures are asked for, in which order: the rows of the measuring sheet.

Only the order and the wording live here; scales and errors come from evidence/instruments.toml.
Angles follow the joint's own sign: flexion, dorsiflexion and (wrist) extension positive, straight 0.
"""

from dataclasses import dataclass
from typing import Any, Final, final

from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic.assessment.scales import GMFM_WORDS, MAS_CODES, MRC_CODES, SCALE_JOINTS
from rheobase.errors import BadInput
from rheobase.evidence.instruments import Instrument, instrument

PARTS: Final = (
    ("basics", _("Class, size and comfort")),
    ("legs", _("Legs")),
    ("arms", _("Arms")),
)
SIDES: Final = ("left", "right")
# Headings of the sheet, as the rows name them.
GROUPS: Final = (
    (noop("Function class"), noop("Body"), noop("Gross motor"), noop("Comfort at rest")),
    (noop("Range"), noop("Tone"), noop("Strength, by hand"), noop("Strength, dynamometer")),
    (noop("Selective control (SCALE)"), noop("Size")),
)
# The joints of the selective control rows, as a label begins.
JOINTS: Final = (noop("Hip"), noop("Knee"), noop("Ankle"), noop("Subtalar"), noop("Toes"))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the sheet.

    Attributes:
        part: which sheet it is on.
        group: its heading.
        label: what is measured, in words, in the reader's language.
        instrument_key: key in evidence/instruments.toml.
        quantity: what the model calls it.
        joint, movement: where, or "".
        sided: there is a left and a right one.
        grades: word to number, for scales that are written in words.
        help: how to measure it, in a few words, likewise.
    """

    part: str
    group: str
    label: Any  # text, or text that is translated when it is read
    instrument_key: str
    quantity: str
    joint: str = ""
    movement: str = ""
    sided: bool = True
    grades: tuple[tuple[str, float], ...] = ()
    help: Any = ""

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
            number = gettext("a number in %(unit)s") % {"unit": self.instrument.unit}
            raise BadInput(
                gettext("%(what)s: %(typed)s is not known. Write %(expected)s.")
                % {
                    "what": self.label,
                    "typed": repr(word),
                    "expected": ", ".join(grades) or number,
                }
            ) from None
        if grades:
            raise BadInput(
                gettext("%(what)s: %(typed)s is not a grade. Use one of: %(grades)s.")
                % {"what": self.label, "typed": repr(word), "grades": ", ".join(grades)}
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


def _basic(group: str, label: Any, key: str, quantity: str, **more: object) -> Row:
    return Row(
        part="basics",
        group=group,
        label=label,
        instrument_key=key,
        quantity=quantity,
        sided=False,
        **more,  # type: ignore[arg-type]
    )


def _function() -> list[Row]:
    def row(label: Any, key: str) -> Row:
        return _basic("Function class", label, key, key, grades=CLASSES, help=_("I to V"))

    return [row(_("GMFCS"), "gmfcs"), row(_("MACS or Mini-MACS"), "macs"), row(_("CFCS"), "cfcs")]


def _body() -> list[Row]:
    height, lying = pgettext_lazy("of a child", "Height"), _("lying below two years")
    return [
        _basic("Body", height, "height", "height_cm", help=lying),
        _basic("Body", _("Mass"), "mass", "mass_kg"),
        _basic("Body", _("Waist girth"), "tape_girth", "waist_girth_mm"),
        _basic("Body", _("Abdomen skinfold"), "skinfold", "abdomen_skinfold_mm"),
    ]


def _gross_motor() -> list[Row]:
    group, elsewhere = "Gross motor", _("computed elsewhere; item by item above")
    return [
        _basic(group, _("GMFM-88, total"), "gmfm88", "gmfm88_percent", help=elsewhere),
        _basic(group, _("Six-minute walk"), "six_minute_walk", "six_minute_walk_m"),
    ]


def _comfort() -> list[Row]:
    def row(label: Any, key: str, **more: object) -> Row:
        return _basic("Comfort at rest", label, key, key, **more)

    chosen, ours = _("Faces, chosen by the child"), _("our own drawings")
    return [
        row(chosen, "faces", grades=FACES, help=ours),
        row(_("Faces card (FPS-R)"), "fps_r", grades=FACES, help=_("your card")),
        row(_("Number from 0 to 10"), "nrs", grades=NUMBERS),
    ]


def _size(part: str, label: Any, key: str, quantity: str, where: Any = "") -> Row:
    return Row(
        part=part, group="Size", label=label, instrument_key=key, quantity=quantity, help=where
    )


def _joint(part: str, group: str, label: Any, place: str, **more: object) -> Row:
    joint, movement = place.split(" ", 1)
    return Row(part=part, group=group, label=label, joint=joint, movement=movement, **more)  # type: ignore[arg-type]


def _strength(part: str, names: dict[str, Any], *, with_force: bool) -> list[Row]:
    mrc = {"instrument_key": "mrc", "quantity": "strength_mrc", "grades": MRC}
    rows = [
        _joint(
            part, "Strength, by hand", format_lazy(_("{muscle}, MRC"), muscle=name), place, **mrc
        )
        for place, name in names.items()
    ]
    force = {"instrument_key": "hhd", "quantity": "force_n"}
    arm = {
        "instrument_key": "tape_length",
        "quantity": "lever_arm_mm",
        "help": _("joint axis to the dynamometer's pad"),
    }
    for place, name in names.items() if with_force else ():
        rows.append(
            _joint(
                part,
                "Strength, dynamometer",
                format_lazy(_("{muscle}, force"), muscle=name),
                place,
                **force,
            )
        )
        rows.append(
            _joint(
                part,
                "Strength, dynamometer",
                format_lazy(_("{muscle}, lever arm"), muscle=name),
                place,
                **arm,
            )
        )
    return rows


def _tone(part: str, names: dict[str, Any], caught: dict[str, Any]) -> list[Row]:
    mas = {"instrument_key": "mas", "quantity": "tone_mas_code", "grades": MAS}
    catch = {
        "instrument_key": "tardieu_r1",
        "quantity": "catch_deg",
        "help": _("as fast as possible (V3); note the position"),
    }
    quality = {
        "instrument_key": "tardieu_quality",
        "quantity": "tardieu_quality",
        "grades": QUALITY,
        "help": _("at the same speed"),
    }
    return [
        *(
            _joint(part, "Tone", format_lazy(_("{muscle}, Ashworth"), muscle=n), place, **mas)
            for place, n in names.items()
        ),
        *(
            _joint(
                part,
                "Tone",
                format_lazy(_("{muscle}, angle of catch (R1)"), muscle=n),
                place,
                **catch,
            )
            for place, n in caught.items()
        ),
        *(
            _joint(
                part,
                "Tone",
                format_lazy(_("{muscle}, quality of the reaction"), muscle=n),
                place,
                **quality,
            )
            for place, n in caught.items()
        ),
    ]


def _range(part: str, rows: tuple[tuple[Any, str, str, Any], ...]) -> list[Row]:
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
    "hip extension": _("Hip extensors"),
    "hip abduction": _("Hip abductors"),
    "knee extension": _("Knee extensors"),
    "knee flexion": _("Knee flexors"),
    "ankle dorsiflexion": _("Dorsiflexors"),
    "ankle plantarflexion": _("Plantarflexors"),
}
LEG_SPASTIC: Final = {
    "knee flexion": _("Hamstrings"),
    "knee extension": _("Quadriceps"),
    "ankle plantarflexion": _("Plantarflexors"),
}
LEG_ANGLES: Final = (
    (_("Hip, end of extension"), "passive_min_deg", "hip extension", _("0 is straight")),
    (_("Hip, end of abduction"), "abduction_end_deg", "hip abduction", _("knee straight")),
    (_("Knee, end of extension"), "passive_min_deg", "knee extension", _("a lack of 10 is 10")),
    (_("Knee, end of flexion"), "passive_max_deg", "knee flexion", ""),
    (
        _("Ankle, end of dorsiflexion (R2)"),
        "passive_max_deg",
        "ankle dorsiflexion",
        _("knee straight"),
    ),
    (_("Ankle, end of plantarflexion"), "passive_min_deg", "ankle plantarflexion", _("negative")),
    (_("Ankle, active dorsiflexion"), "active_deg", "ankle dorsiflexion", _("by itself")),
)


def _selective() -> list[Row]:
    return [
        _joint(
            "legs",
            "Selective control (SCALE)",
            format_lazy(_("{joint}, selective control"), joint=_(joint.capitalize())),
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
        _("Hip adductors, Ashworth"),
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
        _size(
            "legs",
            _("Thigh length"),
            "tape_length",
            "thigh_length_mm",
            _("trochanter to knee line"),
        ),
        _size("legs", _("Shank length"), "tape_length", "shank_length_mm", _("knee line to ankle")),
        _size("legs", _("Foot length"), "tape_length", "foot_length_mm"),
        _size("legs", _("Thigh girth"), "tape_girth", "thigh_girth_mm", _("middle")),
        _size("legs", _("Calf girth"), "tape_girth", "calf_girth_mm", _("thickest place")),
        _size("legs", _("Thigh skinfold"), "skinfold", "thigh_skinfold_mm"),
        _size("legs", _("Calf skinfold"), "skinfold", "calf_skinfold_mm"),
    ]


def _arms() -> list[Row]:
    muscles = {
        "shoulder flexion": _("Shoulder flexors"),
        "elbow extension": _("Elbow extensors"),
        "wrist extension": _("Wrist extensors"),
        "fingers extension": _("Finger extensors"),
    }
    spastic = {"elbow flexion": _("Elbow flexors"), "wrist flexion": _("Wrist flexors")}
    angles = (
        (
            _("Elbow, end of extension"),
            "passive_min_deg",
            "elbow extension",
            _("a lack of 10 is 10"),
        ),
        (_("Wrist, end of extension"), "passive_max_deg", "wrist extension", _("fingers straight")),
        (_("Wrist, active extension"), "active_deg", "wrist extension", _("by itself")),
        (_("Shoulder, active flexion"), "active_deg", "shoulder flexion", _("by itself")),
    )
    return [
        *_range("arms", angles),
        *_tone("arms", spastic, spastic),
        *_strength("arms", muscles, with_force=False),
        _size("arms", _("Upper arm length"), "tape_length", "upper_arm_length_mm"),
        _size("arms", _("Forearm length"), "tape_length", "forearm_length_mm"),
        _size("arms", _("Hand length"), "tape_length", "hand_length_mm"),
        _size("arms", _("Upper arm girth"), "tape_girth", "upper_arm_girth_mm"),
        _size("arms", _("Forearm girth"), "tape_girth", "forearm_girth_mm"),
        _size("arms", _("Triceps skinfold"), "skinfold", "triceps_skinfold_mm"),
    ]


ROWS: Final = (*_function(), *_body(), *_gross_motor(), *_comfort(), *_legs(), *_arms())
# Sums that are computed from a whole set of entries, never typed.
SUMS: Final = (
    Row(
        part="basics", group="Comfort at rest", label=_("FLACC without stimulation"),
        instrument_key="flacc", quantity="flacc", sided=False,
    ),
    Row(
        part="basics", group="Comfort at rest", label=_("r-FLACC without stimulation"),
        instrument_key="r_flacc", quantity="r_flacc", sided=False,
    ),
    *(
        Row(
            part="basics", group="Gross motor", label=format_lazy(_("GMFM {letter}, {words}"), letter=letter, words=_(words)),
            instrument_key=f"gmfm_{letter.lower()}", quantity=f"gmfm_{letter.lower()}_percent",
            sided=False,
        )
        for letter, words in GMFM_WORDS.items()
    ),
    Row(
        part="basics", group="Gross motor", label=_("GMFM-88, goal dimensions"),
        instrument_key="gmfm_goal", quantity="gmfm_goal_percent", sided=False,
    ),
    Row(
        part="legs", group="Selective control (SCALE)", label=_("SCALE, sum of the leg"),
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
    raise BadInput(
        gettext("There is no measure %(key)s on the sheet. Open the sheet again.")
        % {"key": repr(key)}
    )


def row_of(quantity: str, joint: str, movement: str) -> Row | None:
    """Return the row a record belongs to, or None for one that is no longer on the sheet."""
    for one in (*ROWS, *SUMS):
        if (one.quantity, one.joint, one.movement) == (quantity, joint, movement):
            return one
    return None
