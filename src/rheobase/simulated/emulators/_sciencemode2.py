"""A RehaStim 2 as its protocol describes it: eight channels in two modules, test pulse, wired stop.

Source: the reference on devices, 1.1 and 1.3 [devices:P]; what it leaves open is marked "assumed".

Says Init every 500 ms until it is answered. 1200 ms after the last valid packet it stops, forgets
everything and says Init again. A lost pad or the stop switch ends all stimulation.
"""

from typing import final

from rheobase.simulated.emulators._device import Reply, World
from rheobase.simulated.emulators._wire import Heard, Wire

INIT_EVERY_S = 0.5
WATCHDOG_S = 1.2
VERSION = 1
SHORTEST_PERIOD_MS = 8.0
HIGHEST_MA, LONGEST_US = 130, 500

INIT, INIT_ACK, UNKNOWN, WATCHDOG, GET_MODE = 1, 2, 3, 4, 10
INIT_LIST, START_LIST, STOP_LIST, SINGLE_PULSE, STIMULATION_ERROR = 30, 32, 34, 36, 38
NAMES = {
    INIT_ACK: "InitAck",
    WATCHDOG: "Watchdog",
    GET_MODE: "GetStimulationMode",
    INIT_LIST: "InitChannelListMode",
    START_LIST: "StartChannelListMode",
    STOP_LIST: "StopChannelListMode",
    SINGLE_PULSE: "SinglePulse",
}
DONE, PARAMETER, MODE, BUSY = 0, -2, -3, -8
STOP_SWITCH, ELECTRODE, MODULE = -1, -2, -3
UNESCAPED = {byte ^ 0x55: byte for byte in (0x0A, 0x0F, 0x55, 0x81, 0xF0)}


@final
class RehaStim2:
    """The unit behind a ScienceMode 2 port."""

    wide = False
    latency_ms = (10.0, 24.0)

    def __init__(self) -> None:
        self._wire = Wire(wide=False)
        self._own_number = 0
        self._connected = False
        self._heard_s = self._init_s = 0.0
        self._mode = 0  # 0 start, 1 initialised, 2 started
        self._active: tuple[int, ...] = ()
        self._ma: dict[int, int] = {}

    def begin(self, now_s: float) -> None:
        """Switch on: say Init at once."""
        self._reset()
        self._init_s = now_s - INIT_EVERY_S

    def name(self, heard: Heard) -> str:
        """Return the name of a command, for the log."""
        return NAMES.get(heard.command, f"command {heard.command}")

    def asked_ma(self, heard: Heard) -> float:
        """Return the highest current a frame asks for. [mA]"""
        if heard.command == START_LIST:
            return float(max(heard.data[3::4], default=0))
        return float(heard.data[3]) if heard.command == SINGLE_PULSE and heard.data[3:] else 0.0

    def flags(self, heard: Heard) -> tuple[str, ...]:
        """Return what a strict unit might mind in a frame."""
        found = []
        if heard.command not in NAMES and heard.command in UNESCAPED:
            meant = NAMES.get(UNESCAPED[heard.command], "")
            found.append(f"{heard.command:02X} looks like {meant} masked without its escape byte")
        if heard.command == INIT_LIST and heard.data[3:] and heard.data[3] * 0.5 + 1.5 < 8.0:
            found.append("t2 below 8 ms")
        return tuple(found)

    def arrived(self, heard: Heard, now_s: float) -> bool:
        """A valid packet feeds the watchdog; InitAck and Watchdog are carried out at once."""
        self._heard_s = now_s
        if heard.command == INIT_ACK and not self._connected:
            self._connected = heard.data[:1] == b"\x00"
        return self._connected and heard.command not in (INIT_ACK, WATCHDOG)

    def takes_ms(self, heard: Heard) -> float:
        """Nothing beyond the latency."""
        return 0.0

    def busy(self, heard: Heard) -> Reply | None:
        """-8 while another command is being carried out."""
        return self._reply(heard, BUSY)

    def obey(self, heard: Heard, now_s: float) -> tuple[Reply, ...]:
        """Carry out a command."""
        if not self._connected:
            return ()
        if heard.command == GET_MODE:
            return (self._reply(heard, DONE, bytes((self._mode,))),)
        carried_out = {
            INIT_LIST: self._init_list,
            START_LIST: self._start_list,
            STOP_LIST: self._stop_list,
            SINGLE_PULSE: self._single_pulse,
        }
        if heard.command in carried_out:
            return (self._reply(heard, carried_out[heard.command](heard.data)),)
        frame = self._wire.frame(self._next(), UNKNOWN, bytes((heard.command,)))
        return (Reply(name="UnknownCommand", frame=frame),)

    def pass_time(self, now_s: float, world: World) -> tuple[Reply, ...]:
        """Watchdog and Init; the stop switch and a test pulse before every pulse."""
        if self._connected and now_s - self._heard_s > WATCHDOG_S:
            self._reset()
            self._init_s = now_s - INIT_EVERY_S
        if not self._connected:
            if now_s - self._init_s < INIT_EVERY_S:
                return ()
            self._init_s = now_s
            frame = self._wire.frame(self._next(), INIT, bytes((VERSION,)))
            return (Reply(name="Init", frame=frame),)
        if self._mode == 2 and world.stop_pressed:
            return self._fails(STOP_SWITCH)
        if any(ma > 0 and channel in world.pads_off for channel, ma in self._ma.items()):
            return self._fails(ELECTRODE)
        return ()

    def module_failed(self, now_s: float) -> tuple[Reply, ...]:
        """A stimulation module fails."""
        return self._fails(MODULE)

    def output_ma(self) -> float:
        """Return the output of all channels together. [mA]"""
        return float(sum(self._ma.values()))

    def _init_list(self, data: bytes) -> int:
        if self._mode == 2:
            return MODE  # assumed: stop first
        if len(data) != 7 or data[0] > 7:
            return PARAMETER
        self._active = tuple(n + 1 for n in range(8) if data[1] >> n & 1)
        period_ms = (data[4] << 8 | data[5]) * 0.5 + 1.0
        slots_ms = 1.5 * len(self._active)  # every active channel, one after the other
        if not self._active or period_ms < max(SHORTEST_PERIOD_MS, slots_ms) or data[4] > 8:
            return PARAMETER
        self._mode = 1
        return DONE

    def _start_list(self, data: bytes) -> int:
        if self._mode == 0:
            return MODE
        if len(data) != 4 * len(self._active):
            return PARAMETER
        quads = [data[i : i + 4] for i in range(0, len(data), 4)]
        for pulses, high, low, ma in quads:
            if pulses > 2 or (high << 8 | low) > LONGEST_US or ma > HIGHEST_MA:
                return PARAMETER
        self._mode = 2
        self._ma = {channel: quad[3] for channel, quad in zip(self._active, quads, strict=True)}
        return DONE

    def _stop_list(self, data: bytes) -> int:
        self._stop()
        return DONE if not data else PARAMETER  # assumed: no error when nothing runs

    def _single_pulse(self, data: bytes) -> int:
        if self._mode == 2:
            return MODE
        fine = len(data) == 4 and data[0] < 8 and data[3] <= HIGHEST_MA
        return DONE if fine and (data[1] << 8 | data[2]) <= LONGEST_US else PARAMETER

    def _fails(self, error: int) -> tuple[Reply, ...]:
        self._stop()
        frame = self._wire.frame(self._next(), STIMULATION_ERROR, bytes((error & 0xFF,)))
        return (Reply(name=f"StimulationError {error}", frame=frame),)

    def _stop(self) -> None:
        self._mode, self._ma = 0, {}

    def _reset(self) -> None:
        self._stop()
        self._connected = False

    def _next(self) -> int:
        self._own_number = self._own_number + 1 & 0xFF
        return self._own_number

    def _reply(self, heard: Heard, result: int, data: bytes = b"") -> Reply:
        frame = self._wire.frame(heard.number, heard.command + 1, bytes((result & 0xFF,)) + data)
        return Reply(name=f"{self.name(heard)}Ack {result}", frame=frame)
