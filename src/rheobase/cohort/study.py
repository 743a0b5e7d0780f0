"""What a study asks: which virtual children, and which doses each of them is given.

Every value is checked when it is born; muscles are checked against the catalogue by `known`.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import final

from rheobase.cohort.bodies import DRAWN
from rheobase.errors import BadInput
from rheobase.model.body.child import AGE_MONTHS, Condition, Quantity, Sex
from rheobase.model.twins.parameters import ChainParameters
from rheobase.stimulus.checks import in_range, some_text
from rheobase.stimulus.pads import Montage, Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

MOST_CHILDREN, MOST_DOSES = 1_000_000, 10_000
LARGEST_SEED = 2**32 - 1


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Children of one condition.

    Attributes:
        condition: for the priors.
        share: how many there are, relative to the other groups. [1]
        gmfcs: gross motor function class 1 to 5, or None.
    """

    condition: Condition
    share: float
    gmfcs: int | None = None

    def __post_init__(self) -> None:
        in_range("share", self.share, 1e-6, 1e6, "(relative to the other groups)")
        if self.gmfcs is not None:
            in_range("gmfcs", self.gmfcs, 1, 5, "(GMFCS level)")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is measured of every child: drawn from the norms of its age, sex and condition.

    Attributes:
        quantity: what; its unit is in its name.
        error: standard error with which the child's twins hold it, same unit.
    """

    quantity: Quantity
    error: float

    def __post_init__(self) -> None:
        if self.quantity not in DRAWN:
            words = ", ".join(sorted(q.value for q in DRAWN))
            raise BadInput(f"{self.quantity.value} cannot be drawn. Use one of: {words}.")
        in_range(f"error of {self.quantity.value}", self.error, 0.0, 100.0, "of the same unit")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Which virtual children there are.

    Attributes:
        children: how many. [1]
        seed: same seed, same children; more children keep those that were there.
        from_months, to_months: ages, drawn evenly. [months]
        sexes: drawn evenly.
        groups: drawn by their shares.
        measures: of every child's body; without any, a child's twins are as wide as the norms.
    """

    children: int
    seed: int
    from_months: float
    to_months: float
    sexes: tuple[Sex, ...]
    groups: tuple[Group, ...]
    measures: tuple[Measured, ...] = ()

    def __post_init__(self) -> None:
        in_range("children", self.children, 1, MOST_CHILDREN, "children")
        in_range("seed", self.seed, 0, LARGEST_SEED, "(a whole number)")
        in_range("from_months", self.from_months, *AGE_MONTHS, "months")
        in_range("to_months", self.to_months, self.from_months, AGE_MONTHS[1], "months")
        _some_once("sexes", self.sexes)
        _some_once("groups", [(g.condition, g.gmfcs) for g in self.groups])
        _once("measures", [m.quantity for m in self.measures])


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where the pads lie.

    Attributes:
        name: of the placement, in every row.
        muscle: key of the target.
        side: of the child.
        pad_mm: diameter of both pads at the usual places, or None for their usual size. [mm]
        montage: the pads themselves instead of the usual places, or None.
    """

    name: str
    muscle: str
    side: Side
    pad_mm: float | None = None
    montage: Montage | None = None

    def __post_init__(self) -> None:
        some_text("name", self.name, 60)
        some_text("muscle", self.muscle, 60)
        if self.pad_mm is not None:
            in_range("pad_mm", self.pad_mm, 10.0, 200.0, "mm")
            if self.montage is not None:
                raise BadInput("pad_mm and montage both size the pads. Give one of them.")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """A grid of doses: every placement with every width, amplitude and frequency.

    Attributes:
        placements: of the pads.
        amplitude_ma: of the leading phase. [mA]
        pulse_width_us: of one phase. [us]
        frequency_hz: pulses per second. [Hz]
        waveform: of every pulse.
        gap_us: between its phases. [us]
        posture: of the child.
        voluntary: how much the child contracts the muscle by itself. [1]
        on_s, off_s: contraction and rest. [s]
        minutes: length of the session. [min]
    """

    placements: tuple[Placement, ...]
    amplitude_ma: tuple[float, ...]
    pulse_width_us: tuple[float, ...]
    frequency_hz: tuple[float, ...]
    waveform: Waveform
    gap_us: float
    posture: Posture
    voluntary: float
    on_s: float
    off_s: float
    minutes: float

    def __post_init__(self) -> None:
        _some_once("placements", [p.name for p in self.placements])
        for name in ("amplitude_ma", "pulse_width_us", "frequency_hz"):
            _some_once(name, getattr(self, name))
        in_range("doses", self.count, 1, MOST_DOSES, "doses a child")
        in_range("voluntary", self.voluntary, 0.0, 1.0, "of the child's own effort")
        in_range("on_s", self.on_s, 0.5, 60.0, "s")
        in_range("off_s", self.off_s, 0.0, 300.0, "s")
        in_range("minutes", self.minutes, 0.1, 120.0, "min")
        self.trains()

    @property
    def count(self) -> int:
        """How many doses a child is given."""
        grid = (self.placements, self.pulse_width_us, self.amplitude_ma, self.frequency_hz)
        product = 1
        for axis in grid:
            product *= len(axis)
        return product

    def trains(self) -> tuple[Train, ...]:
        """Return the trains of one placement, width by width, amplitude by amplitude."""
        return tuple(
            Train(
                waveform=self.waveform, amplitude_ma=amplitude, pulse_width_us=width,
                frequency_hz=frequency, gap_us=self.gap_us,
            )
            for width in self.pulse_width_us
            for amplitude in self.amplitude_ma
            for frequency in self.frequency_hz
        )  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A cohort and its doses: the same study gives the same table, wherever it is computed.

    Attributes:
        title: for people.
        population: the children.
        doses: what each of them is given.
        twins: of every child, 32 to 4096. [1]
    """

    title: str
    population: Population
    doses: Doses
    twins: int

    def __post_init__(self) -> None:
        some_text("title", self.title, 200)
        in_range("twins", self.twins, 32, 4096, "twins")


def known(study: Study, parameters: ChainParameters) -> Study:
    """Return a study whose muscles are all in the catalogue.

    Raises:
        BadInput: naming the placement whose muscle is not, and the muscles there are.
    """
    for placement in study.doses.placements:
        try:
            parameters.muscle(placement.muscle)
        except BadInput as error:
            raise BadInput(f"In the placement {placement.name!r}: {error}") from None
    return study


def _some_once(name: str, values: Iterable[Hashable]) -> None:
    kept = list(values)
    if not kept:
        raise BadInput(f"{name} is empty. Give at least one.")
    _once(name, kept)


def _once(name: str, values: Iterable[Hashable]) -> None:
    kept = list(values)
    if len(set(kept)) != len(kept):
        raise BadInput(f"{name} holds the same twice. Give each once.")
