"""RehaMove 3 and P24 on a serial line, by ScienceMode 3 and 4, mid level; low level for the contact check.

Verified
    Against our emulator and the documented frames only, never on hardware. docs/stimulators/sciencemode34.md

Address
    PORT?channel=1                            3 000 000 baud, 8N2, RTS/CTS
    PORT?channel=1&research=acknowledged      a P24: "not intended to be used for medical purposes
                                              on human beings"; without these words it is refused

Talk
    `open` asks for name and version. `arm` sends Ml_init: any error of a channel stops all. A state is
    one Ml_update with every channel of it. `halt` sends Ml_stop, high voltage off, and asks for the
    status until it shows. `contact` leaves mid level for one pulse (_sciencemode34_contact).

Silence
    2 s after the last Ml_update or Ml_get_current_data the unit pauses, and *any later Ml_update
    brings it back*: so after 2 s without either we take the right to deliver away ourselves.
    Only `set` and `renew` (Ml_get_current_data, which also tells of lost pads) are sent that keep it
    alive; `poll` asks for the status, which does not.

What the wire cannot carry
    Current in steps of 0.5 mA, period in steps of 0.5 ms: a rate becomes the next longer period, and
    the confirmed state says which. A gap is 0, or 10 to 100 us.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import final

from rheobase.errors import BadInput, UnitFault
from rheobase.stimulators import _sciencemode34_contact as low
from rheobase.stimulators import _sciencemode34_frames as wire
from rheobase.stimulators._address import Address
from rheobase.stimulators._lease import Lease, by_channel, known_options, period_ms
from rheobase.stimulators._line import Language, Line, Packet
from rheobase.stimulators._sciencemode34_frames import ChannelPulse, Command
from rheobase.stimulators.protocol import (
    Acknowledged,
    Capabilities,
    ChannelState,
    Contact,
    Identity,
    LeadOff,
    Telemetry,
)

REHAMOVE_3 = Capabilities(
    make="RehaMove 3",
    amplitude_max_ma=130.0,
    amplitude_step_ma=0.5,
    pulse_width_min_us=20.0,
    pulse_width_max_us=500.0,  # the unit goes further; no plan does
    frequency_min_hz=1.0,
    frequency_max_hz=100.0,  # the unit goes further; no plan does
    onboard_timing=True,
    watchdog_ms=2000.0,
    stop_input=False,
    lead_off=LeadOff.ABOVE_CURRENT,
    lead_off_min_ma=15.0,
    power="battery",
    medical_status='"Research application" on the flyer; its class as a device was not found.',
    label_min_age_years=None,
    source="HASOMED ScienceMode 3 protocol 3.2.4, flyer 2017-07, C library 4.0.0 [SM3, RM3F, CLIB]",
    contact_check=True,
)
P24 = replace(
    REHAMOVE_3,
    make="P24",
    power="bus",
    medical_status="Intended for research applications only and not intended to be used for medical "
    "purposes on human beings; to be kept out of the reach of children.",
    source="HASOMED P24 instructions 1.1, pages 7 to 29, C library 4.0.0 [P24, CLIB]",
)
MODELS = {3: (REHAMOVE_3, 4), 4: (P24, 8)}  # by version of the protocol: abilities, channels
STEP_MS = 0.5
SILENT_US = 20.0  # width of a pulse of 0 mA
STOP_WITHIN_S = 0.15  # switching the high voltage off takes about 40 ms
NO_LEVEL, LOW_LEVEL, MID_LEVEL, RUNNING = 0, 1, 2, 3
NOT_INITIALISED = 7
CHANNEL_TROUBLES = (0, 10, 16, 28)  # results of Ml_get_current_data that speak of channels
EVERY_CHANNEL = b"\x04"


def _wrap(number: int, command: int, data: bytes) -> bytes:
    return wire.encoded(wire.Packet(number=number, command=Command(command), data=data))


LANGUAGE = Language(
    baudrate=3_000_000,
    parity="N",
    stopbits=2,
    rtscts=True,
    numbers=64,
    wrap=_wrap,
    unwrap=wire.decoded,
    whole=wire.is_whole,
)


def make(address: Address, clock: Callable[[], float]) -> "MidLevel":
    """Return the unit on a port; nothing is opened yet.

    Raises:
        BadInput: no port, an unknown option, or a channel that does not exist.
    """
    known_options(address, "channel", "research")
    if address.number("channel", 1) not in range(1, 9):
        raise BadInput("A RehaMove 3 has channels 1 to 4, a P24 1 to 8. Correct the address.")
    research = address.options.get("research", "")
    if research not in ("", "acknowledged"):
        raise BadInput(f"research={research!r} is not known. Write research=acknowledged.")
    return MidLevel(
        address.port, int(address.number("channel", 1)), research == "acknowledged", clock
    )


@final
class MidLevel:
    """One RehaMove 3 or P24, a `Stimulator`; reach it through `rheobase.stimulators.open_unit`."""

    def __init__(self, port: str, channel: int, research: bool, clock: Callable[[], float]) -> None:
        self.capabilities = P24 if research else REHAMOVE_3
        self._line = Line(port, LANGUAGE, self._heard, self._lost)
        self._lease = Lease(f"Unit on {port}", 2.0, clock)
        self._channel, self._research = channel, research
        self._channels = 8 if research else 4
        self._identity: Identity | None = None
        self._active: tuple[int, ...] = ()
        self._troubles: dict[int, int] = {}  # by channel, as the unit numbers them
        self._low = False  # it may be at low level

    async def open(self) -> Identity:
        """Open the port and ask for name and version; never outputs."""
        self._lease.end("it was opened anew")
        self._line.in_use = False
        self._identity = await self._identify()
        return self._identity

    async def arm(self, prescription_hash: str) -> None:
        """Make sure it is the same unit, stop what runs, and begin mid level with nothing on."""
        if self._identity is None:
            raise UnitFault(f"The unit on {self._line.name} was not opened. Open it, then arm it.")
        self._lease.end("it was armed anew")
        if await self._identify() != self._identity:
            raise UnitFault(
                f"Another unit answers on {self._line.name}. Open it, and check channels and pads."
            )
        await self._obeyed(Command.ML_STOP, Command.ML_STOP_ACK, fine=(0, NOT_INITIALISED))
        if (await self._status())[0] == LOW_LEVEL:  # left there by a session that was cut off
            await self._obeyed(Command.LL_STOP, Command.LL_STOP_ACK)
        self._lease.silent = self._low = False
        await self._obeyed(Command.ML_INIT, Command.ML_INIT_ACK, low.STOP_ALL_ON_ERROR)
        self._active, self._troubles = (), {}
        self._lease.begin()
        self._line.in_use = True

    async def set(self, states: tuple[ChannelState, ...]) -> Acknowledged:
        """Make the unit deliver exactly these states; channels not named are at 0 mA."""
        self._lease.demand()
        wanted = by_channel(states, self._channels, self.capabilities)
        # Every channel that ever had a state is named, at 0 mA: what a missing one does is not said.
        active = tuple(sorted({*self._active, *wanted}))
        pulses = tuple(self._pulse(channel, wanted.get(channel)) for channel in active)
        data = wire.update_data(pulses)
        try:
            await self._obeyed(Command.ML_UPDATE, Command.ML_UPDATE_ACK, data)
        except BaseException as error:
            self._break(str(error) or "a state was not confirmed")
            raise
        self._active = active
        self._lease.demand()
        self._lease.renewed()
        periods = {pulse.channel: pulse.period_ms for pulse in pulses}
        return Acknowledged(states=tuple(_confirmed(one, periods[one.channel]) for one in states))

    async def contact(self, state: ChannelState) -> Contact:
        """Give one pulse at low level and measure its voltage; then mid level again, at 0 mA."""
        self._lease.demand()
        by_channel((state,), self._channels, self.capabilities)
        pulse = self._pulse(state.channel, state)
        low.request(pulse)  # what cannot be sent is refused before anything is
        try:
            async with asyncio.timeout(low.WITHIN_S):
                found = await low.measured(self._while_armed, pulse, self._at_low_level)
                self._lease.demand()
        except TimeoutError:
            self._break("its contact check took too long")
            raise UnitFault(
                f"The contact check of unit {self._line.name} took longer than "
                f"{1000 * low.WITHIN_S:.0f} ms. Look at the unit, then arm it again."
            ) from None
        except BaseException as error:
            self._break(str(error) or "its contact check was interrupted")
            raise
        self._active = ()
        self._lease.renewed()
        return found

    async def renew(self) -> None:
        """Ask for the state of every channel: that keeps it alive."""
        self._lease.demand()
        try:
            told = await self._obeyed(
                Command.ML_GET_DATA,
                Command.ML_GET_DATA_ACK,
                EVERY_CHANNEL,
                size=6,
                fine=CHANNEL_TROUBLES,
            )
        except BaseException as error:
            self._break(str(error) or "it was interrupted")
            raise
        nibbles = [byte >> shift & 0xF for byte in told[2:] for shift in (0, 4)]
        self._troubles = {channel: code for channel, code in enumerate(nibbles, 1) if code}
        self._lease.renewed()
        if self._troubles:
            words = (
                f"channel {channel}: {wire.CHANNEL_STATES.get(code, f'error {code}')}"
                for channel, code in self._troubles.items()
            )
            self._break(f"it stopped by itself ({', '.join(words)})")

    async def poll(self) -> Telemetry:
        """Ask for its status, which keeps nothing alive; tell what the last `renew` found."""
        if not self._troubles:
            self._lease.demand_armed()
            status, _voltage = await self._status()
            expected = RUNNING if self._active else MID_LEVEL
            if status != expected:
                self._break(f"it is in status {status} instead of {expected}: it restarted")
                self._lease.demand_armed()
        states = [self._troubles.get(channel, 0) for channel in range(1, 9)]
        return Telemetry(
            electrodes_ok=tuple(state not in (1, 2) for state in states),
            compliance_ok=tuple(state != 3 for state in states),
            stop_pressed=False,
            battery=None,  # the layout of its answer was not read
        )

    async def zero(self) -> None:
        """All amplitudes 0, still armed."""
        self._lease.demand()
        if self._active:
            await self.set(())

    async def halt(self) -> None:
        """Stop, high voltage off, until it shows; after its watchdog's time it is silent anyway."""
        self._lease.end("it was halted")
        self._line.in_use = False
        self._line.break_off("it is being halted")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._lease.watchdog_s + STOP_WITHIN_S):
                while not self._lease.silent:
                    await self._stop_once()
        self._lease.silent = True

    async def _stop_once(self) -> None:
        try:
            if self._low:
                await self._line.ask_at_once(
                    Command.LL_STOP, Command.LL_STOP_ACK, b"", STOP_WITHIN_S
                )
            await self._line.ask_at_once(Command.ML_STOP, Command.ML_STOP_ACK, b"", STOP_WITHIN_S)
            told = await self._line.ask_at_once(
                Command.GET_STIM_STATUS, Command.GET_STIM_STATUS_ACK, b"", STOP_WITHIN_S
            )
        except UnitFault:
            told = b""
        self._lease.silent = told[:2] == bytes((0, NO_LEVEL))
        if not self._lease.silent:
            await asyncio.sleep(STOP_WITHIN_S / 5)

    async def _identify(self) -> Identity:
        if not self._line.is_open:
            self._line.open()
        try:
            name = await self._obeyed(Command.GET_ID, Command.GET_ID_ACK, size=10)
            version = await self._obeyed(
                Command.GET_EXTENDED_VERSION, Command.GET_EXTENDED_VERSION_ACK, size=12
            )
        except UnitFault as error:
            self._line.close()
            raise UnitFault(f"No RehaMove 3 or P24 answers on {self._line.name}: {error}") from None
        firmware, protocol = version[:3], version[3:6]
        self._fits(protocol[0])
        return Identity(
            make=self.capabilities.make,
            serial_number=name.decode("ascii", "replace").strip("\0 "),
            firmware=f"{_dotted(firmware)}, ScienceMode {_dotted(protocol)}",
        )

    def _fits(self, generation: int) -> None:
        """Take the abilities of the unit that answered.

        Raises:
            UnitFault: an unknown one, a P24 without acknowledgement, or too few channels.
        """
        port = self._line.name
        if generation not in MODELS:
            self._line.close()
            raise UnitFault(
                f"The unit on {port} speaks ScienceMode {generation}, which this program does not."
            )
        can, channels = MODELS[generation]
        if can is P24 and not self._research:
            self._line.close()
            raise UnitFault(
                f"The unit on {port} is a P24: for research only, not for treatment of human beings. "
                "To go on with a study, add research=acknowledged to its address; it is recorded."
            )
        if self._channel > channels:
            self._line.close()
            raise UnitFault(
                f"The {can.make} on {port} has channels 1 to {channels}, not {self._channel}. "
                "Correct the address."
            )
        self.capabilities, self._channels = can, channels

    async def _status(self) -> tuple[int, int]:
        """Return level and high voltage, as the unit numbers them."""
        try:
            told = await self._obeyed(Command.GET_STIM_STATUS, Command.GET_STIM_STATUS_ACK, size=2)
        except BaseException as error:
            self._break(str(error) or "it was interrupted")
            raise
        return told[0], told[1]

    async def _while_armed(
        self, command: Command, answer: Command, data: bytes, size: int
    ) -> bytes:
        """Ask, but nothing more once the right to deliver is lost."""
        self._lease.demand()
        told = await self._obeyed(command, answer, data, size=size)
        self._lease.renewed()
        return told

    def _at_low_level(self, may_be: bool) -> None:
        self._low = may_be

    async def _obeyed(
        self,
        command: Command,
        answer: Command,
        data: bytes = b"",
        *,
        size: int = 0,
        fine: tuple[int, ...] = (0,),
    ) -> bytes:
        """Ask, and return what follows the result.

        Raises:
            UnitFault: no answer, or an error.
        """
        told = await self._line.ask(command, answer, data)
        result = told[0] if told else 1
        if result not in fine or len(told) != 1 + size:
            raise UnitFault(
                f"Unit on {self._line.name} answered {command.name} with "
                f"{wire.RESULTS.get(result, result)}. Look at the unit, then arm it again."
            )
        return told[1:]

    def _pulse(self, channel: int, state: ChannelState | None) -> ChannelPulse:
        if state is None or state.amplitude_ma == 0.0:
            rate_hz, width_us, gap_us, ma = 10.0, SILENT_US, 0.0, 0.0
        else:
            rate_hz, width_us = state.frequency_hz, state.pulse_width_us
            gap_us, ma = state.gap_us, state.amplitude_ma
        return ChannelPulse(
            channel=channel,
            amplitude_ma=ma,
            pulse_width_us=width_us,
            gap_us=gap_us,
            period_ms=period_ms(rate_hz, STEP_MS, self.capabilities),
        )

    def _heard(self, packet: Packet) -> None:
        if packet.command == Command.GENERAL_ERROR:
            code = packet.data[0] if packet.data else -1
            self._break(f"it reported {wire.RESULTS.get(code, f'error {code}')}")
        elif packet.command == Command.UNKNOWN:
            self._line.break_off("it does not know a command; it may be of another make")
            self._break("it does not know a command")
        else:
            self._break(f"an answer came late, twice or unasked (command {packet.command})")

    def _lost(self, why: str) -> None:
        self._break(why)

    def _break(self, why: str) -> None:
        """End the right to deliver, and tell the unit so at once."""
        if not self._lease.armed:
            return
        self._lease.end(why)
        self._line.in_use = False
        self._line.break_off(why)
        with suppress(UnitFault):
            if self._low:
                self._line.tell(Command.LL_STOP)
            self._line.tell(Command.ML_STOP)


def _confirmed(state: ChannelState, period: float) -> ChannelState:
    return replace(state, frequency_hz=1000.0 / period) if state.amplitude_ma > 0.0 else state


def _dotted(version: bytes) -> str:
    return ".".join(str(part) for part in version)
