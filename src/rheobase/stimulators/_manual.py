"""The therapist's own stand-alone unit: the console says what to set, the therapist confirms it.

Most clinics own such a unit, and no cable reaches it. It times its own cycles. What is asked for
here is an instruction to a person; what is confirmed is what that person said the dial shows. While
output is wished for, the unit is taken to give the confirmed amplitude, never more than was asked.

Address
    NAME?step_ma=0.5&max_ma=80     as on the unit's own dial

Limits of this way
    Nothing here can turn the unit off: `halt` asks the operator to do it, and forgets the dial, so
    that it must be confirmed anew. There is no watchdog, no pad check, no stop input.

Verified
    In tests only; it is a procedure, not a device.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import final

from rheobase.errors import BadInput, UnitFault
from rheobase.stimulators._address import Address
from rheobase.stimulators.protocol import (
    Acknowledged,
    Capabilities,
    ChannelState,
    Identity,
    LeadOff,
    Telemetry,
)

MANUAL = Capabilities(
    make="stand-alone unit, set by hand",
    amplitude_max_ma=80.0,
    amplitude_step_ma=0.5,
    pulse_width_min_us=50.0,
    pulse_width_max_us=400.0,
    frequency_min_hz=1.0,
    frequency_max_hz=100.0,
    onboard_timing=True,
    watchdog_ms=None,
    stop_input=False,
    lead_off=LeadOff.NONE,
    lead_off_min_ma=0.0,
    power="battery",
    medical_status="as on the unit's own label",
    label_min_age_years=None,
    source="the unit's own manual",
)


def make(address: Address, _clock: Callable[[], float]) -> "ManualUnit":
    """Return the stand-alone unit of an address.

    Raises:
        BadInput: a step or a largest amplitude of 0.
    """
    step_ma = address.number("step_ma", MANUAL.amplitude_step_ma)
    max_ma = address.number("max_ma", MANUAL.amplitude_max_ma)
    if step_ma == 0.0 or max_ma == 0.0:
        raise BadInput("step_ma and max_ma are those of the unit's dial and lie above 0.")
    return ManualUnit(
        address.port or "manual",
        replace(MANUAL, amplitude_step_ma=step_ma, amplitude_max_ma=max_ma),
    )


@final
class ManualUnit:
    """One stand-alone unit, a `Stimulator`; reach it through `rheobase.stimulators.open_unit`."""

    def __init__(self, name: str, capabilities: Capabilities) -> None:
        self.capabilities = capabilities
        self._name = name
        self._armed = False
        self._dial_ma = 0.0
        self._asked: ChannelState | None = None

    async def open(self) -> Identity:
        """Name the unit."""
        return Identity(make=self.capabilities.make, serial_number=self._name, firmware="")

    async def arm(self, prescription_hash: str) -> None:
        """Begin with the dial at 0."""
        self._armed = True
        self._dial_ma = 0.0
        self._asked = None

    async def set(self, states: tuple[ChannelState, ...]) -> Acknowledged:
        """Take what the operator should set; confirm what the operator has confirmed."""
        if not self._armed:
            raise UnitFault(
                f"Unit {self._name} was stopped. Turn its dial to 0, then arm it again."
            )
        self._asked = states[0]
        confirmed_ma = min(states[0].amplitude_ma, self._dial_ma)
        return Acknowledged(states=(replace(states[0], amplitude_ma=confirmed_ma),))

    async def renew(self) -> None:
        """Nothing to keep alive."""

    async def poll(self) -> Telemetry:
        """Nothing can be seen of it."""
        return Telemetry(
            electrodes_ok=(True,),
            compliance_ok=(True,),
            stop_pressed=False,
            battery=None,
        )

    async def zero(self) -> None:
        """The operator turns the dial to 0."""
        self._dial_ma = 0.0

    async def halt(self) -> None:
        """The operator turns the unit off; nothing counts as confirmed any more."""
        self._armed = False
        self._dial_ma = 0.0
        self._asked = None

    def dial_shows(self, amplitude_ma: float) -> None:
        """Take the operator's word for the amplitude on the dial. [mA]

        Raises:
            BadInput: the unit is not armed, or its dial cannot show that.
        """
        if not self._armed:
            raise BadInput(f"Unit {self._name} is not armed. Arm it before setting its dial.")
        if not 0.0 <= amplitude_ma <= self.capabilities.amplitude_max_ma:
            raise BadInput(
                f"The dial of unit {self._name} shows 0 to {self.capabilities.amplitude_max_ma:g} "
                "mA. Read it again."
            )
        self._dial_ma = amplitude_ma
