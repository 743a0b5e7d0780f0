"""A virtual unit on virtual skin: delivers nothing, behaves and misbehaves like a real one.

Address
    NAME?profile=fine&latency_ms=12&area_cm2=25&contact=1&dryness=0&frames=FILE&faults=FAULT@SECONDS,...

    profile: "fine" (0.1 mA steps), "stimulator2" (test pulse, stop switch, 1.2 s watchdog) or
        "stimulator4" (pads seen off only from 15 mA on, 2 s watchdog), like units in use.
    frames: a file to which every frame is written, with its time, as a bench would see it.
    faults, on a script, in seconds after arming: silent (no answer), error, wrong (confirms more
        than was sent), nan, pad-off, half-off, dry, stop-switch, reboot, deaf (cannot be halted).

Silence
    Without a frame for the length of its watchdog the unit stops by itself, and must be armed anew.

Verified
    Against the figures of the reference on devices, section 3. It is no real unit.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from rheobase.errors import BadInput, UnitFault
from rheobase.stimulators._address import Address
from rheobase.stimulators._skin import DRYING_PER_MIN, Skin
from rheobase.stimulators.protocol import (
    Acknowledged,
    Capabilities,
    ChannelState,
    Identity,
    LeadOff,
    Telemetry,
)

ANSWER_WITHIN_S = 0.2  # an answer that is later counts as none
SOURCE_V = 150.0
FAULTS = (
    "silent",
    "error",
    "wrong",
    "nan",
    "pad-off",
    "half-off",
    "dry",
    "stop-switch",
    "reboot",
    "deaf",
)

FINE = Capabilities(
    make="virtual unit, fine steps",
    amplitude_max_ma=100.0,
    amplitude_step_ma=0.1,
    pulse_width_min_us=20.0,
    pulse_width_max_us=500.0,
    frequency_min_hz=0.5,
    frequency_max_hz=100.0,
    onboard_timing=True,
    watchdog_ms=1200.0,
    stop_input=True,
    lead_off=LeadOff.TEST_PULSE,
    lead_off_min_ma=0.0,
    power="battery",
    medical_status="virtual: no device, no output",
    label_min_age_years=None,
    source="this file",
)
PROFILES = {
    "fine": FINE,
    "stimulator2": replace(
        FINE,
        make="virtual unit with a test pulse",
        amplitude_max_ma=130.0,
        amplitude_step_ma=1.0,
        label_min_age_years=18.0,
    ),
    "stimulator4": replace(
        FINE,
        make="virtual unit that sees lost pads from 15 mA",
        amplitude_max_ma=130.0,
        amplitude_step_ma=0.5,
        watchdog_ms=2000.0,
        stop_input=False,
        lead_off=LeadOff.ABOVE_CURRENT,
        lead_off_min_ma=15.0,
        power="bus",
    ),
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What goes wrong, and when. [s after arming]"""

    at_s: dict[str, float]

    @classmethod
    def read(cls, text: str) -> "Script":
        """Return the script of `fault@seconds,fault@seconds`.

        Raises:
            BadInput: an unknown fault or no time.
        """
        at_s = {}
        for part in filter(None, text.split(",")):
            fault, _, when = part.partition("@")
            if fault not in FAULTS:
                raise BadInput(f"fault={fault!r} is not known. Use one of: {', '.join(FAULTS)}.")
            at_s[fault] = Address(port="", options={fault: when or "0"}).number(fault, 0.0)
        return cls(at_s=at_s)


def make(address: Address, clock: Callable[[], float]) -> "VirtualUnit":
    """Return the virtual unit of an address.

    Raises:
        BadInput: an unknown profile or fault, or an option out of range.
    """
    options = address.options
    profile = options.get("profile", "fine")
    if profile not in PROFILES:
        raise BadInput(f"profile={profile!r} is not known. Use one of: {', '.join(PROFILES)}.")
    contact = address.number("contact", 1.0)
    area_cm2 = address.number("area_cm2", 25.0)
    if not 0.0 < contact <= 1.0 or area_cm2 == 0.0:
        raise BadInput("contact must lie above 0 and up to 1, and area_cm2 above 0.")
    skin = Skin(
        area_cm2=area_cm2, contact=contact, dryness=address.number("dryness", 0.0), off=False
    )
    latency_s = address.number("latency_ms", 1.0) / 1000.0
    script = Script.read(options.get("faults", ""))
    return VirtualUnit(
        name=address.port or "virtual",
        capabilities=PROFILES[profile],
        skin=skin,
        latency_s=latency_s,
        script=script,
        frames=Path(options["frames"]) if "frames" in options else None,
        clock=clock,
    )


@final
class VirtualUnit:
    """One virtual unit, a `Stimulator`; reach it through `rheobase.stimulators.open_unit`."""

    def __init__(
        self,
        *,
        name: str,
        capabilities: Capabilities,
        skin: Skin,
        latency_s: float,
        script: Script,
        frames: Path | None,
        clock: Callable[[], float],
    ) -> None:
        self.capabilities = capabilities
        self._name = name
        self._skin = skin
        self._latency_s = latency_s
        self._script = script
        self._frames = frames
        self._clock = clock
        self._armed_s: float | None = None  # none: disarmed
        self._heard_s = 0.0
        self._state: ChannelState | None = None

    async def open(self) -> Identity:
        """Answer with a name; never outputs."""
        await self._answer("open")
        return Identity(
            make=self.capabilities.make, serial_number=f"VIRTUAL-{self._name}", firmware="1"
        )

    async def arm(self, prescription_hash: str) -> None:
        """Make ready at 0 mA."""
        await self._answer("arm")
        self._state = None
        self._armed_s = self._heard_s = self._clock()

    async def set(self, states: tuple[ChannelState, ...]) -> Acknowledged:
        """Take a state, after the unit's latency."""
        self._live("set")
        self._write(f"set {states[0].amplitude_ma:g}")
        await self._answer("set")
        self._heard_s = self._clock()
        self._state = states[0]
        confirmed = states[0].amplitude_ma + (1.0 if self._happens("wrong") else 0.0)
        if self._happens("nan"):
            confirmed = float("nan")
        return Acknowledged(states=(replace(states[0], amplitude_ma=confirmed),))

    async def renew(self) -> None:
        """Start the watchdog's period again."""
        self._live("renew")
        self._write("renew")
        await self._answer("renew")
        self._heard_s = self._clock()

    async def poll(self) -> Telemetry:
        """Report pads, voltage and stop switch."""
        self._live("poll")
        await self._answer("poll")
        skin, state = self._skin_now(), self._state
        set_ma = 0.0 if state is None else state.amplitude_ma
        width_us = 0.0 if state is None else state.pulse_width_us
        sees = self.capabilities.lead_off is not LeadOff.ABOVE_CURRENT
        sees = sees or set_ma >= self.capabilities.lead_off_min_ma
        return Telemetry(
            electrodes_ok=(not (skin.off and sees),),
            compliance_ok=(skin.delivered_ma(set_ma, width_us, SOURCE_V) >= set_ma,),
            stop_pressed=self.capabilities.stop_input and self._happens("stop-switch"),
            battery=1.0,
        )

    async def zero(self) -> None:
        """Amplitude 0, still armed."""
        self._live("zero")
        await self._answer("zero")
        self._state = None

    async def halt(self) -> None:
        """Stop and disarm."""
        self._write("halt")
        if self._happens("deaf"):
            await asyncio.sleep(ANSWER_WITHIN_S * 10.0)
        await asyncio.sleep(self._latency_s)
        self._state = None
        self._armed_s = None

    def output_ma(self) -> float:
        """Return what reaches the skin now: nothing once the watchdog has ended it. [mA]"""
        if self._state is None or not self._awake():
            return 0.0
        state = self._state
        return self._skin_now().delivered_ma(state.amplitude_ma, state.pulse_width_us, SOURCE_V)

    def density_ma_per_cm2(self) -> float:
        """Return the peak current density where the pad still touches. [mA/cm2]"""
        skin = self._skin_now()
        return self.output_ma() / (skin.area_cm2 * skin.contact)

    def _write(self, frame: str) -> None:
        if self._frames is not None:
            with self._frames.open("a", encoding="ascii") as file:
                file.write(f"{self._clock():.6f} {frame}\n")

    def _awake(self) -> bool:
        watchdog_ms = self.capabilities.watchdog_ms or float("inf")
        quiet_ms = (self._clock() - self._heard_s) * 1000.0
        return self._armed_s is not None and quiet_ms <= watchdog_ms

    def _live(self, what: str) -> None:
        if not self._awake() or self._happens("reboot"):
            self._state = self._armed_s = None
            raise UnitFault(
                f"Virtual unit {self._name} is not armed and does not take {what!r}: it was not "
                "armed, its watchdog ended the output, or it restarted. Open and arm it again."
            )

    async def _answer(self, what: str) -> None:
        if self._happens("silent"):
            await asyncio.sleep(ANSWER_WITHIN_S)
            raise UnitFault(
                f"Virtual unit {self._name} gave no answer to {what!r} within "
                f"{ANSWER_WITHIN_S:g} s. Look at its link before starting again."
            )
        await asyncio.sleep(self._latency_s)
        if self._happens("error"):
            raise UnitFault(
                f"Virtual unit {self._name} answered {what!r} with an error. Look at the unit "
                "before starting again."
            )

    def _happens(self, fault: str) -> bool:
        at_s = self._script.at_s.get(fault)
        if at_s is None or self._armed_s is None:
            return False
        return self._clock() - self._armed_s >= at_s

    def _skin_now(self) -> Skin:
        worn_min = 0.0 if self._armed_s is None else (self._clock() - self._armed_s) / 60.0
        dryness = 1.0 if self._happens("dry") else self._skin.dryness + DRYING_PER_MIN * worn_min
        return Skin(
            area_cm2=self._skin.area_cm2,
            contact=self._skin.contact * (0.5 if self._happens("half-off") else 1.0),
            dryness=dryness,
            off=self._happens("pad-off"),
        )
