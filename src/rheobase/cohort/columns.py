"""The columns of a study's table: name with its unit, kind, and what it is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

from rheobase.cohort.answers import QUANTILES, Row
from rheobase.cohort.study import Study

if TYPE_CHECKING:
    import pyarrow as pa

LICENCE: Final = "Apache-2.0, as the software that computed it"
PERCENT = {"p05": "5th percentile", "p50": "median", "p95": "95th percentile"}
BANDS = (  # name, unit, what
    ("motor_threshold", "ma", "current of the first visible contraction"),
    ("sensory_threshold", "ma", "current of the first feeling"),
    ("recruited", "", "share of the target's motor axons at this dose"),
    ("neighbour_recruited", "", "greatest share among the target's neighbours at this dose"),
    ("selectivity", "", "recruited less neighbour_recruited, twin by twin"),
    ("torque", "nm", "peak joint torque of the first contraction"),
    ("torque_fraction", "", "the same, of the child's own maximum"),
    ("fatigue_left", "", "peak of the last contraction over that of the first"),
    ("angle", "deg", "angle reached less resting angle, along direction"),
    ("discomfort", "", "relative index; 1 is the median child at motor threshold"),
)
UCUM = {
    "ma": "mA", "us": "us", "hz": "Hz", "mm": "mm", "cm": "cm", "kg": "kg", "nm": "N.m",
    "deg": "deg", "months": "mo",
}  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: with its unit as a suffix where it has one.
        kind: "text", "number", "count", "yes or no" or "neighbours".
        text: what it is.
    """

    name: str
    kind: str
    text: str

    @property
    def unit(self) -> str:
        """The unit as in UCUM, "1" for a share, "" for what is no number."""
        if self.kind != "number":
            return ""
        return UCUM.get(self.name.rsplit("_", 1)[-1], "1")


def columns_of(study: Study) -> tuple[Column, ...]:
    """Return the columns of a study's table, in order."""
    return (
        *_child(study),
        *_dose(),
        Column(name="refused", kind="text", text="why the model gives no answer; else empty"),
        Column(name="words_only", kind="yes or no",
               text="below two years and not calibrated: words, no numbers"),
        Column(name="strength", kind="text", text="the word for the contraction"),
        Column(name="joint", kind="text", text="that moves"),
        Column(name="direction", kind="text", text="of the movement"),
        Column(name="limiter", kind="text", text="what stops the movement"),
        Column(name="no_movement", kind="text", text="why there is a torque only"),
        *(
            Column(name=f"{name}_{short}{'_' if unit else ''}{unit}", kind="number",
                   text=f"{what}, {PERCENT[short]} of the twins")
            for name, unit, what in BANDS
            for short, _ in QUANTILES
        ),
        Column(name="neighbour", kind="text", text="neighbour that is recruited most"),
        Column(name="neighbours", kind="neighbours", text="every neighbour's share at this dose"),
    )  # fmt: skip


def _child(study: Study) -> tuple[Column, ...]:
    return (
        Column(name="child", kind="count", text="number of the virtual child"),
        Column(name="age_months", kind="number", text="age"),
        Column(name="sex", kind="text", text="for the growth tables"),
        Column(name="condition", kind="text", text="for the priors"),
        Column(name="gmfcs", kind="count", text="gross motor function class"),
        *(
            Column(name=f"measured_{m.quantity.value}", kind="number", text="of this child's body")
            for m in study.population.measures
        ),
        Column(name="height_p50_cm", kind="number", text="of the median twin"),
        Column(name="mass_p50_kg", kind="number", text="of the median twin"),
        Column(name="girth_p50_mm", kind="number", text="at the target, of the median twin"),
        Column(name="fat_p50_mm", kind="number", text="over the target, of the median twin"),
    )


def _dose() -> tuple[Column, ...]:
    return (
        Column(name="dose", kind="count", text="number in the grid"),
        Column(name="placement", kind="text", text="name of the placement"),
        Column(name="muscle", kind="text", text="target"),
        Column(name="side", kind="text", text="of the child"),
        *(
            Column(name=f"{pad}_{what}", kind=kind, text=f"{pad} pad: {text}")
            for pad in ("active", "other")
            for what, kind, text in (
                ("segment", "text", "segment it lies on"),
                ("u", "number", "place along the segment, 0 to 1"),
                ("phi_deg", "number", "place around it, 0 in front, 90 lateral"),
                ("width_mm", "number", "around the limb"),
                ("height_mm", "number", "along the limb"),
            )
        ),
        Column(name="amplitude_ma", kind="number", text="of the leading phase"),
        Column(name="pulse_width_us", kind="number", text="of one phase"),
        Column(name="frequency_hz", kind="number", text="pulses per second"),
    )


def table_of(study: Study, rows: list[Row], about: dict[str, str]) -> "pa.Table":
    """Return rows as an Arrow table with typed columns; what is missing is null.

    Args:
        study: gives the columns.
        rows: by column.
        about: metadata of the table.
    """
    import pyarrow as pa  # not needed to draw a child or to print help

    columns = columns_of(study)
    schema = pa.schema([_field(pa, one) for one in columns], metadata=about)
    extra = {name for row in rows for name in row} - {one.name for one in columns}
    if extra:
        raise TypeError(f"rows hold what is no column: {', '.join(sorted(extra))}")
    return pa.Table.from_pylist(rows, schema=schema)


def _field(pa: Any, column: Column) -> Any:
    share = pa.struct(
        [("muscle", pa.string())] + [(f"recruited_{short}", pa.float64()) for short, _ in QUANTILES]
    )
    kinds = {
        "text": pa.string(),
        "number": pa.float64(),
        "count": pa.int32(),
        "yes or no": pa.bool_(),
        "neighbours": pa.list_(share),
    }
    about = {"description": column.text, **({"unit": column.unit} if column.unit else {})}
    return pa.field(column.name, kinds[column.kind], metadata=about)
