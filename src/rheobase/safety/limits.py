"""The hard caps by age, and what they leave of one signed prescription.

Source: the reference on clinical facts, 1.10, tag clinical:D. Every number is a proposed default
that needs clinical sign-off; no manual prints a paediatric cap. The caps are compiled in: no file
and no setting raises them. A clinic may lower them (`ClinicLimits`), never raise them.

Valid for a charge-balanced two-phase pulse through self-adhesive pads on intact skin.
"""

from dataclasses import dataclass
from typing import final

from rheobase.stimulus import ChannelOrder, Prescription, Waveform
from rheobase.stimulus.charge import current_rms_ma, phase_charge_uc
from rheobase.stimulus.checks import in_range
from rheobase.stimulus.pulse import Train

TAG = "clinical:D"
STANDING = "proposed default, needs clinical sign-off"

DENSITY_MAX_MA_PER_CM2 = 1.0  # r.m.s.; reached means refused (devices 2.4, proposal)
CONTACT_FRACTION = 0.5  # worst case: half the pad has lifted (devices 2.4, proposal) [1]
RISE_MAX_MA_PER_S = 2.0  # of a level that was not reached before (devices 7.3, proposal)
RAMP_OUT_S = 5.0  # after the signed time, for the session to ramp out before the guard ends it [s]
SEARCH_MIN_HZ = 0.5  # motor-point search and twitches, any age (clinical 1.9)
SEARCH_MAX_HZ = 3.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What any child of an age may be given. [clinical:D]

    Attributes:
        name: as shown.
        from_months: youngest age. [months]
        below_months: age at which the next band begins. [months]
        units_max: units with output at the same time. [1]
        amplitude_max_ma: highest current. [mA]
        step_max_ma: largest single rise of the level. [mA]
        ramp_up_min_s: shortest ramp from 0 to the level. [s]
        pulse_width_min_us, pulse_width_max_us: range of one phase. [us]
        frequency_min_hz, frequency_max_hz: range of a treating train. [Hz]
        muscle_max_min: longest stimulated time of one muscle in a session. [min]
        session_max_min: longest session, rests included. [min]
        score_every_max_s: longest time between two comfort scores. [s]
    """

    name: str
    from_months: float
    below_months: float
    units_max: int
    amplitude_max_ma: float
    step_max_ma: float
    ramp_up_min_s: float
    pulse_width_min_us: float
    pulse_width_max_us: float
    frequency_min_hz: float
    frequency_max_hz: float
    muscle_max_min: float
    session_max_min: float
    score_every_max_s: float

    @property
    def strongest(self) -> Train:
        """The strongest train of the band: every cap at once."""
        return Train(
            waveform=Waveform.SYMMETRIC_BIPHASIC,
            amplitude_ma=self.amplitude_max_ma,
            pulse_width_us=self.pulse_width_max_us,
            frequency_hz=self.frequency_max_hz,
            gap_us=0.0,
        )

    @property
    def phase_charge_max_uc(self) -> float:
        """Largest charge of one phase. [uC]"""
        return phase_charge_uc(self.strongest)

    @property
    def region_rms_max_ma(self) -> float:
        """All units on one body region together: no more than one unit at every cap. [mA]"""
        return current_rms_ma(self.strongest)


INFANT = Band(
    name="4 to 12 months",
    from_months=4.0,
    below_months=12.0,
    units_max=2,
    amplitude_max_ma=8.0,
    step_max_ma=0.5,
    ramp_up_min_s=2.0,
    pulse_width_min_us=50.0,
    pulse_width_max_us=150.0,
    frequency_min_hz=1.0,
    frequency_max_hz=20.0,
    muscle_max_min=10.0,
    session_max_min=30.0,
    score_every_max_s=60.0,
)
TODDLER = Band(
    name="1 to 3 years",
    from_months=12.0,
    below_months=36.0,
    units_max=2,
    amplitude_max_ma=15.0,
    step_max_ma=0.5,
    ramp_up_min_s=2.0,
    pulse_width_min_us=50.0,
    pulse_width_max_us=200.0,
    frequency_min_hz=5.0,
    frequency_max_hz=30.0,
    muscle_max_min=15.0,
    session_max_min=45.0,
    score_every_max_s=300.0,
)
CHILD = Band(
    name="3 to 7 years",
    from_months=36.0,
    below_months=96.0,
    units_max=3,
    amplitude_max_ma=30.0,
    step_max_ma=1.0,
    ramp_up_min_s=1.0,
    pulse_width_min_us=50.0,
    pulse_width_max_us=300.0,
    frequency_min_hz=10.0,
    frequency_max_hz=35.0,
    muscle_max_min=30.0,
    session_max_min=60.0,
    score_every_max_s=300.0,
)
YOUTH = Band(
    name="8 to 18 years",
    from_months=96.0,
    below_months=228.0,
    units_max=3,
    amplitude_max_ma=60.0,
    step_max_ma=1.0,
    ramp_up_min_s=1.0,
    pulse_width_min_us=50.0,
    pulse_width_max_us=400.0,
    frequency_min_hz=10.0,
    frequency_max_hz=50.0,
    muscle_max_min=30.0,
    session_max_min=60.0,
    score_every_max_s=600.0,
)
BANDS = (INFANT, TODDLER, CHILD, YOUTH)


def band_for(age_months: float) -> Band:
    """Return the band of an age; a birthday belongs to the older band. [months]

    Raises:
        BadInput: for an age nobody signed caps for, or no number.
    """
    in_range("age_months", age_months, INFANT.from_months, YOUTH.below_months, "months")
    return next((band for band in BANDS if age_months < band.below_months), YOUTH)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicLimits:
    """What a clinic lowers, for every age; None leaves the compiled cap as it is.

    Attributes:
        amplitude_max_ma: highest current. [mA]
        step_max_ma: largest single rise. [mA]
        phase_charge_max_uc: largest charge of one phase. [uC]
        density_max_ma_per_cm2: r.m.s. current density at half contact. [mA/cm2]
        frequency_max_hz: highest rate. [Hz]
        muscle_max_min: stimulated time of one muscle. [min]
        session_max_min: session, rests included. [min]
        units_max: units with output at the same time. [1]
    """

    amplitude_max_ma: float | None = None
    step_max_ma: float | None = None
    phase_charge_max_uc: float | None = None
    density_max_ma_per_cm2: float | None = None
    frequency_max_hz: float | None = None
    muscle_max_min: float | None = None
    session_max_min: float | None = None
    units_max: int | None = None

    def __post_init__(self) -> None:
        highest = {
            "amplitude_max_ma": YOUTH.amplitude_max_ma,
            "step_max_ma": YOUTH.step_max_ma,
            "phase_charge_max_uc": YOUTH.phase_charge_max_uc,
            "density_max_ma_per_cm2": DENSITY_MAX_MA_PER_CM2,
            "frequency_max_hz": YOUTH.frequency_max_hz,
            "muscle_max_min": YOUTH.muscle_max_min,
            "session_max_min": YOUTH.session_max_min,
            "units_max": YOUTH.units_max,
        }
        for name, cap in highest.items():
            value = getattr(self, name)
            if value is not None:
                in_range(name, value, 0.0, cap, "(the compiled cap; a clinic can only lower it)")

    def lower(self, name: str, cap: float) -> float:
        """Return a compiled cap, or the clinic's value where that is lower."""
        value: float | None = getattr(self, name)
        return cap if value is None else min(cap, value)


UNCHANGED = ClinicLimits()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one channel of one child may be given: caps, clinic and signature, the lowest of each.

    Attributes:
        amplitude_max_ma: highest current. [mA]
        step_max_ma: largest single rise of the level. [mA]
        rise_max_ma_per_s: fastest rise of a level that was not reached before. [mA/s]
        ramp_up_s: the signed ramp from 0 to a level that was reached before. [s]
        phase_charge_max_uc: largest charge of one phase. [uC]
        density_max_ma_per_cm2: r.m.s., refused when reached. [mA/cm2]
        contact_cm2: area in worst-case contact. [cm2]
        pulse_width_min_us, pulse_width_max_us: range of one phase. [us]
        gap_max_us: longest pause between the phases. [us]
        frequency_min_hz, frequency_max_hz: range of a treating train. [Hz]
        stimulated_max_s: time with output. [s]
        session_max_s: time since output first began. [s]
    """

    amplitude_max_ma: float
    step_max_ma: float
    rise_max_ma_per_s: float
    ramp_up_s: float
    phase_charge_max_uc: float
    density_max_ma_per_cm2: float
    contact_cm2: float
    pulse_width_min_us: float
    pulse_width_max_us: float
    gap_max_us: float
    frequency_min_hz: float
    frequency_max_hz: float
    stimulated_max_s: float
    session_max_s: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLimits:
    """What all units together may do to one child.

    Attributes:
        units_max: units with output at the same time. [1]
        region_rms_max_ma: sum of r.m.s. currents on one body region. [mA]
    """

    units_max: int
    region_rms_max_ma: float


def limits_for(prescription: Prescription, clinic: ClinicLimits = UNCHANGED) -> dict[str, Limits]:
    """Return the limits of every slot: the lowest of caps, clinic and signature."""
    band = band_for(prescription.age_months)
    return {
        o.slot: _limits(o, prescription.session_min, band, clinic) for o in prescription.channels
    }


def child_limits(prescription: Prescription, clinic: ClinicLimits = UNCHANGED) -> ChildLimits:
    """Return the limits of all units together."""
    band = band_for(prescription.age_months)
    return ChildLimits(
        units_max=int(clinic.lower("units_max", band.units_max)),
        region_rms_max_ma=band.region_rms_max_ma,
    )


def _limits(order: ChannelOrder, session_min: float, band: Band, clinic: ClinicLimits) -> Limits:
    muscle_min = min(clinic.lower("muscle_max_min", band.muscle_max_min), order.minutes_max)
    session_min = min(clinic.lower("session_max_min", band.session_max_min), session_min)
    frequency_max_hz = clinic.lower("frequency_max_hz", band.frequency_max_hz)
    return Limits(
        amplitude_max_ma=min(
            clinic.lower("amplitude_max_ma", band.amplitude_max_ma), order.ceiling_ma
        ),
        step_max_ma=min(clinic.lower("step_max_ma", band.step_max_ma), order.step_ma),
        rise_max_ma_per_s=RISE_MAX_MA_PER_S,
        ramp_up_s=max(order.pattern.ramp_up_s, band.ramp_up_min_s),
        phase_charge_max_uc=clinic.lower("phase_charge_max_uc", band.phase_charge_max_uc),
        density_max_ma_per_cm2=clinic.lower("density_max_ma_per_cm2", DENSITY_MAX_MA_PER_CM2),
        contact_cm2=order.montage.smallest_area_cm2 * CONTACT_FRACTION,
        pulse_width_min_us=band.pulse_width_min_us,
        pulse_width_max_us=min(band.pulse_width_max_us, order.pulse_width_us),
        gap_max_us=order.gap_us,
        frequency_min_hz=band.frequency_min_hz,
        frequency_max_hz=min(frequency_max_hz, order.frequency_hz),
        stimulated_max_s=muscle_min * 60.0 + RAMP_OUT_S,
        session_max_s=session_min * 60.0 + RAMP_OUT_S,
    )
