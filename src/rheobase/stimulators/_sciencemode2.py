"""RehaStim 2 on a serial line, by ScienceMode 2.

Verified
    Against our emulator and the documented frames only, never on hardware. docs/stimulators/sciencemode2.md

Address
    PORT?channel=1     460800 baud, 8E1, no flow control

Talk
    The unit says Init every 500 ms until it is answered; then it obeys. `arm` stops whatever runs.
    A state is InitChannelList (channels, period) when channels or period change, then StartChannelList
    (width, current per channel), which alone changes a running train.

Silence
    1200 ms after the last packet the unit stops by itself and says Init again. `set` and `renew`
    (a question for its mode, which it must answer as expected) are the only packets that keep it
    alive; `poll` sends nothing and tells what the unit said by itself: stop switch, lost pad.

What the wire cannot carry
    Current in steps of 2 mA, the gap is always 100 us, one period for all channels in steps of
    0.5 ms: a rate becomes the next longer period, and the confirmed state says which.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import final

from rheobase.errors import BadInput, UnitFault
from rheobase.stimulators import _sciencemode2_frames as wire
from rheobase.stimulators._address import Address
from rheobase.stimulators._lease import Lease, by_channel, known_options, period_ms
from rheobase.stimulators._line import Language, Line, Packet
from rheobase.stimulators._sciencemode2_frames import Command, signed
from rheobase.stimulators.ports import usb_serial_number
from rheobase.stimulators.protocol import (
    Acknowledged,
    Capabilities,
    ChannelState,
    Identity,
    LeadOff,
    Telemetry,
)

REHASTIM_2 = Capabilities(
    make="RehaStim 2",
    amplitude_max_ma=126.0,  # README; the manual says 130
    amplitude_step_ma=2.0,
    pulse_width_min_us=20.0,
    pulse_width_max_us=500.0,
    frequency_min_hz=1.0,
    frequency_max_hz=40.0,  # README, all channels; the protocol says 50
    onboard_timing=True,
    watchdog_ms=1200.0,
    stop_input=True,
    lead_off=LeadOff.TEST_PULSE,
    lead_off_min_ma=0.0,
    power="not stated in what was read",
    medical_status="Certified to EN 60601-1 and EN 60601-2-10; must be kept out of reach of "
    "children and young people under 18.",
    label_min_age_years=18.0,
    source="HASOMED ScienceMode 2 protocol 1.24 and README; RehaStim 2 instructions 2.5c, "
    "pages 10, 19, 28 [SM2, SM2R, RS2M]",
)
CHANNELS = 8
GAP_US = 100.0
STEP_MS = 0.5
GROUP_MS = 8.0  # least time of a group of pulses
SLOT_MS = 1.5  # each channel's share of it
VERSION = 1
GREETING_WITHIN_S = (
    2.5  # 1.2 s until it forgets an old session, 0.5 s until it says Init, and a reserve
)
STOP_WITHIN_S = 0.1
START, INITIALISED, STARTED = 0, 1, 2


def _wrap(number: int, command: int, data: bytes) -> bytes:
    return wire.encoded(wire.Packet(number=number, command=Command(command), data=data))


LANGUAGE = Language(
    baudrate=460_800,
    parity="E",
    stopbits=1,
    rtscts=False,
    numbers=256,
    wrap=_wrap,
    unwrap=wire.decoded,
    whole=wire.is_whole,
)


def make(address: Address, clock: Callable[[], float]) -> "RehaStim2":
    """Return the RehaStim 2 on a port; nothing is opened yet.

    Raises:
        BadInput: no port, an unknown option, or a channel that does not exist.
    """
    known_options(address, "channel")
    if address.number("channel", 1) not in range(1, CHANNELS + 1):
        raise BadInput(f"A RehaStim 2 has channels 1 to {CHANNELS}. Correct the address.")
    return RehaStim2(address.port, clock)


@final
class RehaStim2:
    """One RehaStim 2, a `Stimulator`; reach it through `rheobase.stimulators.open_unit`."""

    capabilities = REHASTIM_2

    def __init__(self, port: str, clock: Callable[[], float]) -> None:
        self._line = Line(port, LANGUAGE, self._heard, self._lost)
        self._lease = Lease(f"RehaStim 2 on {port}", 1.2, clock)
        self._identity: Identity | None = None
        self._greeted = asyncio.Event()
        self._greeting: Packet | None = None
        self._connected = False  # it was answered and has not greeted since
        self._mode = START
        self._active: tuple[int, ...] = ()
        self._period_ms = 0.0
        self._error = 0  # of the last StimulationError

    async def open(self) -> Identity:
        """Open the port and answer the unit's greeting; never outputs."""
        self._lease.end("it was opened anew")
        self._line.in_use = False
        await self._meet()
        port = self._line.name
        self._identity = Identity(
            make=REHASTIM_2.make,
            serial_number=usb_serial_number(port) or port,  # the protocol tells none
            firmware=f"ScienceMode 2, version {VERSION}",
        )
        return self._identity

    async def arm(self, prescription_hash: str) -> None:
        """Greet it again (it has forgotten us meanwhile), stop what runs, and make sure of it."""
        if self._identity is None:
            raise UnitFault(f"The unit on {self._line.name} was not opened. Open it, then arm it.")
        self._lease.end("it was armed anew")
        await self._meet()
        port = self._line.name
        if (usb_serial_number(port) or port) != self._identity.serial_number:
            raise UnitFault(
                f"Another unit answers on {port}. Open it, and check channels and pads."
            )
        await self._obeyed(Command.STOP_LIST, Command.STOP_LIST_ACK, fine=(0, -3))
        self._error = 0
        self._mode, self._active, self._period_ms = START, (), 0.0
        self._lease.begin()
        self._line.in_use = True

    async def set(self, states: tuple[ChannelState, ...]) -> Acknowledged:
        """Make the unit deliver exactly these states; channels not named are at 0 mA."""
        self._lease.demand()
        wanted = by_channel(states, CHANNELS, REHASTIM_2)
        period = self._period_of(wanted)
        active = tuple(sorted({*self._active, *wanted}))
        data = wire.start_list_data(tuple(_pulse(wanted.get(channel)) for channel in active))
        wire.init_list_data(active, period, _group_ms(active))  # refuses before anything is sent
        try:
            if (active, period) != (self._active, self._period_ms):
                await self._initialise(active, period)
                self._lease.demand()  # a stop may have come between two answers
            await self._obeyed(Command.START_LIST, Command.START_LIST_ACK, data)
        except BaseException:
            self._break("a state was not confirmed")
            raise
        self._mode = STARTED
        self._lease.demand()  # it may have complained while we waited
        self._lease.renewed()
        return Acknowledged(states=tuple(_confirmed(state, period) for state in states))

    async def renew(self) -> None:
        """Ask for its mode: that keeps it alive, and shows that it is what we think."""
        self._lease.demand()
        try:
            (mode,) = await self._obeyed(Command.GET_MODE, Command.GET_MODE_ACK, size=1)
            if mode != self._mode:
                raise UnitFault(
                    f"RehaStim 2 on {self._line.name} is in mode {mode} instead of {self._mode}: "
                    "it stopped or restarted by itself. Look at it, then arm it again."
                )
        except BaseException as error:
            self._break(str(error) or "it was interrupted")
            raise
        self._lease.demand()
        self._lease.renewed()

    async def poll(self) -> Telemetry:
        """Tell what it said by itself; sends nothing."""
        if self._error not in (-1, -2):
            self._lease.demand_armed()
        return Telemetry(
            electrodes_ok=(self._error != -2,) * CHANNELS,  # it does not say which
            compliance_ok=(True,) * CHANNELS,
            stop_pressed=self._error == -1,
            battery=None,
        )

    async def zero(self) -> None:
        """All amplitudes 0, still armed."""
        self._lease.demand()
        if self._active:
            await self.set(())

    async def halt(self) -> None:
        """Stop, and again until it confirms; after its watchdog's time it is silent anyway."""
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
            answer = await self._line.ask_at_once(
                Command.STOP_LIST, Command.STOP_LIST_ACK, b"", STOP_WITHIN_S
            )
        except UnitFault:
            answer = b""
        if answer and signed(answer[0]) in (0, -3):
            self._lease.silent = True
        elif not self._lease.silent:
            await asyncio.sleep(STOP_WITHIN_S / 5)

    async def _meet(self) -> None:
        """Open the port if need be, wait for the unit's greeting unless it listens, and answer it."""
        if not self._line.is_open:
            self._connected = False
            self._line.open()
        if self._connected:
            with suppress(UnitFault):
                await self._obeyed(Command.GET_MODE, Command.GET_MODE_ACK, size=1)
                return
        self._greeted.clear()
        try:
            async with asyncio.timeout(GREETING_WITHIN_S):
                await self._greeted.wait()
        except TimeoutError:
            self._line.close()
            raise UnitFault(
                f"No RehaStim 2 greets on {self._line.name} within {GREETING_WITHIN_S:g} s. Check "
                "that it is switched on, in ScienceMode, and that this is its port."
            ) from None
        greeting = self._greeting
        version = greeting.data[0] if greeting is not None and greeting.data else 0
        fits = version == VERSION
        number = 0 if greeting is None else greeting.number
        self._line.tell(Command.INIT_ACK, bytes((0 if fits else -5 & 0xFF,)), number)
        if not fits:
            raise UnitFault(
                f"The unit on {self._line.name} speaks version {version} of ScienceMode 2 instead "
                f"of {VERSION}. It cannot be used with this program."
            )
        self._connected = True
        await self._obeyed(Command.GET_MODE, Command.GET_MODE_ACK, size=1)

    async def _initialise(self, active: tuple[int, ...], period: float) -> None:
        if self._mode != START:
            await self._obeyed(Command.STOP_LIST, Command.STOP_LIST_ACK)
            self._mode = START
        data = wire.init_list_data(active, period, _group_ms(active))
        await self._obeyed(Command.INIT_LIST, Command.INIT_LIST_ACK, data)
        self._mode, self._active, self._period_ms = INITIALISED, active, period

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
        result = signed(told[0]) if told else -1
        if result not in fine or len(told) != 1 + size:
            raise UnitFault(
                f"RehaStim 2 on {self._line.name} answered {command.name} with "
                f"{wire.RESULTS.get(result, result)}. Look at the unit, then arm it again."
            )
        return told[1:]

    def _period_of(self, wanted: dict[int, ChannelState]) -> float:
        """Return the one period of all channels that deliver; what it was if none does. [ms]"""
        periods = {
            period_ms(state.frequency_hz, STEP_MS, REHASTIM_2)
            for state in wanted.values()
            if state.amplitude_ma > 0.0
        }
        if len(periods) > 1:
            raise BadInput(
                "A RehaStim 2 has one rate for all its channels. Choose one in the plan."
            )
        return periods.pop() if periods else self._period_ms or 1000.0 / REHASTIM_2.frequency_max_hz

    def _heard(self, packet: Packet) -> None:
        if packet.command == Command.INIT:
            self._greeting, self._connected = packet, False
            self._lease.silent = True  # it says this only when it has stopped
            self._break("it restarted, or its watchdog ended the output")
            self._greeted.set()
        elif packet.command == Command.STIMULATION_ERROR:
            self._error = signed(packet.data[0]) if packet.data else -3
            self._break(wire.STIMULATION_ERRORS.get(self._error, f"error {self._error}"))
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
            self._line.tell(Command.STOP_LIST)


def _group_ms(active: tuple[int, ...]) -> float:
    return max(GROUP_MS, SLOT_MS * len(active))


def _pulse(state: ChannelState | None) -> tuple[float, float]:
    """Return width and current of one channel. [us, mA]"""
    if state is None or state.amplitude_ma == 0.0:
        return REHASTIM_2.pulse_width_min_us, 0.0
    if state.gap_us != GAP_US:
        raise BadInput(
            f"gap_us={state.gap_us} cannot be sent: the gap of a RehaStim 2 is always "
            f"{GAP_US:g} us. Sign a gap of {GAP_US:g} us for this unit."
        )
    return state.pulse_width_us, state.amplitude_ma


def _confirmed(state: ChannelState, period: float) -> ChannelState:
    return replace(state, frequency_hz=1000.0 / period) if state.amplitude_ma > 0.0 else state
