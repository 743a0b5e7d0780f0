"""What every unit must be able to do, whatever its make. Standard library only."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, final, runtime_checkable


class LeadOff(StrEnum):
    """How a unit notices a pad that has come off."""

    NONE = "none"
    TEST_PULSE = "test pulse before every pulse"
    ABOVE_CURRENT = "only above a current"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What one make of unit can do, as its maker documents it.

    Attributes:
        make: name of the make and model.
        amplitude_max_ma: highest current. [mA]
        amplitude_step_ma: smallest step on the wire. [mA]
        pulse_width_min_us, pulse_width_max_us: range of one phase. [us]
        frequency_min_hz, frequency_max_hz: range. [Hz]
        onboard_timing: the unit times its own pulses.
        watchdog_ms: silence on the wire after which the unit stops by itself, or None. [ms]
        stop_input: the unit has a wired stop switch that it reports.
        lead_off: how it notices a lost pad.
        lead_off_min_ma: current below which it cannot. [mA]
        power: "battery", "bus" or "mains".
        medical_status: the maker's own words on intended use.
        label_min_age_years: youngest age on the label, or None if the label names none. [years]
        source: where this was read.
        contact_check: it can measure the voltage of one pulse (`Measures`).
    """

    make: str
    amplitude_max_ma: float
    amplitude_step_ma: float
    pulse_width_min_us: float
    pulse_width_max_us: float
    frequency_min_hz: float
    frequency_max_hz: float
    onboard_timing: bool
    watchdog_ms: float | None
    stop_input: bool
    lead_off: LeadOff
    lead_off_min_ma: float
    power: str
    medical_status: str
    label_min_age_years: float | None
    source: str
    contact_check: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who answered on a port."""

    make: str
    serial_number: str
    firmware: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """The whole wished-for state of one channel; never a change against what was before.

    Attributes:
        channel: number on the unit, from 1.
        amplitude_ma: 0 is silence. [mA]
        pulse_width_us: one phase. [us]
        gap_us: between the phases. [us]
        frequency_hz: pulses per second. [Hz]
    """

    channel: int
    amplitude_ma: float
    pulse_width_us: float
    gap_us: float
    frequency_hz: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What a unit confirmed, per channel, in the order of the request."""

    states: tuple[ChannelState, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """What a unit reports when asked.

    Attributes:
        electrodes_ok: per channel; True also means "not able to tell below lead_off_min_ma".
        compliance_ok: per channel; False when the source voltage could not drive the current.
        stop_pressed: the wired stop, if there is one.
        battery: fraction left, or None. [1]
    """

    electrodes_ok: tuple[bool, ...]
    compliance_ok: tuple[bool, ...]
    stop_pressed: bool
    battery: float | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What one pulse met between its two pads. What that means is judged elsewhere.

    Attributes:
        channel: number on the unit, from 1.
        amplitude_ma: of the pulse. [mA]
        voltage_v: highest voltage while it lasted. [V]
        resistance_ohm: voltage over current. [ohm]
        low_ohm, high_ohm: the same with what the wire rounds away of both. [ohm]
    """

    channel: int
    amplitude_ma: float
    voltage_v: float
    resistance_ohm: float
    low_ohm: float
    high_ohm: float


class Stimulator(Protocol):
    """One unit. Full-state, idempotent, leased: nothing is ever re-sent by the driver itself."""

    @property
    def capabilities(self) -> Capabilities:
        """What this make can do."""

    async def open(self) -> Identity:
        """Connect and identify; never outputs.

        Raises:
            UnitFault: nobody or somebody unexpected answered.
        """

    async def arm(self, prescription_hash: str) -> None:
        """Make ready at 0 mA, bound to one signed prescription.

        Raises:
            UnitFault: the unit would not.
        """

    async def set(self, states: tuple[ChannelState, ...]) -> Acknowledged:
        """Make the unit deliver exactly these states.

        Raises:
            BadInput: an unknown channel, or a value the wire cannot carry exactly.
            UnitFault: no answer in time, or an error.
        """

    async def renew(self) -> None:
        """Keep the unit alive for one more watchdog period: the only keep-alive there is."""

    async def poll(self) -> Telemetry:
        """Ask how the unit is."""

    async def zero(self) -> None:
        """All amplitudes 0, still armed."""

    async def halt(self) -> None:
        """Stop and take the high voltage off; from any state, in bounded time, never raising."""


@runtime_checkable
class Measures(Protocol):
    """A unit that can measure what its pads meet."""

    async def contact(self, state: ChannelState) -> Contact:
        """Give one pulse of a state and measure its voltage; armed at 0 mA before and after.

        Raises:
            BadInput: a pulse the wire cannot carry; nothing was sent.
            UnitFault: no answer in time, or an odd one; the unit is disarmed.
        """


@runtime_checkable
class Dialled(Protocol):
    """A unit that no cable reaches: a person sets its dial and says what it shows."""

    def dial_shows(self, amplitude_ma: float) -> None:
        """Take the operator's word for the amplitude on the dial. [mA]

        Raises:
            BadInput: the unit is not armed, or its dial cannot show that.
        """
