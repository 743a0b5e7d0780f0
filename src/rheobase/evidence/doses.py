"""What to aim at for a treatment focus, and what each age may start with and reach.

The age bands are proposed defaults throughout and need clinical sign-off. The tables are
`envelopes.toml` and `age_bands.toml`.
"""

from dataclasses import dataclass
from functools import cache
from typing import final

from rheobase.errors import BadInput
from rheobase.evidence.load import entries, raw
from rheobase.evidence.protocols import Focus, Level, Value
from rheobase.stimulus.codec import from_plain


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What to aim at for one treatment focus (fields: see `envelopes.toml`)."""

    focus: Focus
    title: str
    level: Level
    strength: str
    strength_tag: str
    sources: tuple[str, ...]
    source: str
    frequency_hz: Value
    pulse_width_us: Value
    pulse_width_small_us: Value
    on_s: Value
    off_s: Value
    ramp_up_s: Value
    repetitions: Value | None = None
    minutes: Value | None = None
    per_week: Value | None = None
    weeks: Value | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBand:
    """Start values and caps of one age band.

    Attributes:
        key, title: name, and for people.
        from_months, below_months: the ages. [months]
        mode: how stimulation is given at this age.
        units_at_first, units_max: units in the first block, and ever. [1]
        flacc: behaviour is scored by FLACC; else on a faces scale.
        every_s, stop_at, stop_at_rise: how often, and what stops. [s, points, points]
        frequency_hz, pulse_width_us: default and range. [Hz, us]
        start_ma, step_ma: where the ladder begins, and its rung. [mA]
        soft_cap_ma: highest current without an override. [mA]
        ramp_up_s: default and range. [s]
        minutes: per muscle and session at first, and at most. [min]
        pads_mm: smallest and largest pad proposed. [mm]
        train_s: longest single train. [s]
        valid_days: how long a signature holds. [days]
        extra: what else holds.
        needs_override: a therapist must take it on with a reason.
    """

    key: str
    title: str
    from_months: float
    below_months: float
    mode: str
    units_at_first: int
    units_max: int
    flacc: bool
    every_s: Value
    stop_at: Value
    stop_at_rise: Value
    frequency_hz: Value
    pulse_width_us: Value
    start_ma: Value
    step_ma: Value
    soft_cap_ma: Value
    ramp_up_s: Value
    minutes: Value
    pads_mm: Value
    train_s: Value
    valid_days: Value
    extra: str
    needs_override: bool


SOURCE_OF_BANDS = "rheobase_defaults"


@cache
def envelopes() -> dict[Focus, Envelope]:
    """Return the envelope of every focus.

    Raises:
        BadInput: naming the first entry that is incomplete.
    """
    return {
        Focus(key): from_plain(Envelope, {"focus": key, **entry}, f"envelopes.{key}")
        for key, entry in raw("envelopes").items()
    }


@cache
def age_bands() -> tuple[AgeBand, ...]:
    """Return the age bands, youngest first.

    Raises:
        BadInput: naming the first entry that is incomplete.
    """
    return tuple(entries(AgeBand, "age_bands").values())


def band_of(age_months: float) -> AgeBand:
    """Return the band of an age. [months]

    Raises:
        BadInput: if no band holds it.
    """
    for band in age_bands():
        if band.from_months <= age_months < band.below_months:
            return band
    raise BadInput(
        f"There are no start values for an age of {age_months:g} months. "
        f"They reach from {age_bands()[0].from_months:g} to {age_bands()[-1].below_months - 1:g}."
    )
