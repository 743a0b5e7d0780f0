"""A RehaMove 3 or a P24, mid and low level, as the protocol describes it: pads seen from 15 mA, no stop input.

Source: the reference on devices, 1.1 and 1.4 [devices:P]; what it leaves open is marked "assumed".

2 s after the last Ml_update or Ml_get_current_data the output pauses; any Ml_update brings it back.
At low level a pulse is given when it is commanded, and answered once it is over, with 128 samples if
asked. Other commands are answered as unknown; their layouts were not read.
"""

from typing import final

from rheobase.errors import BadInput
from rheobase.simulated.emulators._device import Reply, World
from rheobase.simulated.emulators._load import DRY, GOOD, OFF
from rheobase.simulated.emulators._wire import Heard, Wire

PAUSE_S = 2.0
PADS_SEEN_MA = 15.0
HIGHEST_MA = 130.0
LL_INIT, LL_CONFIG, LL_STOP = 0, 2, 4
ML_INIT, ML_UPDATE, ML_STOP, ML_DATA = 30, 32, 34, 36
GET_ID, RESET, STATUS, UNKNOWN, VERSION = 52, 58, 62, 67, 68
NAMES = {
    LL_INIT: "Ll_init",
    LL_CONFIG: "Ll_channel_config",
    LL_STOP: "Ll_stop",
    ML_INIT: "Ml_init",
    ML_UPDATE: "Ml_update",
    ML_STOP: "Ml_stop",
    ML_DATA: "Ml_get_current_data",
    GET_ID: "Get_device_id",
    RESET: "Reset",
    STATUS: "Get_stim_status",
    VERSION: "Get_extended_version",
}
DONE, PARAMETER, NOT_INITIALISED, SAW_NO_PAD, UNKNOWN_COMMAND, BUSY = 0, 2, 7, 10, 11, 21
NO_LEVEL, LOW_LEVEL, INITIALISED, RUNNING = 0, 1, 2, 3
VOLTAGE, SAMPLES = 2, 128
FINE, ELECTRODE, LOW_CURRENT = 0, 1, 3
SLOW_MS = 39.0  # begin and end of a level switch the high voltage
PROFILES = {  # channels, protocol, name
    "rehamove3": (4, (3, 2, 4), b"RM3-EMUL01"),
    "p24": (8, (4, 0, 0), b"P24-EMUL01"),
}


@final
class MidLevel:
    """The unit behind a ScienceMode 3 or 4 port.

    Raises:
        BadInput: an unknown profile.
    """

    wide = True
    latency_ms = (1.0, 1.0)

    def __init__(self, profile: str = "rehamove3") -> None:
        if profile not in PROFILES:
            raise BadInput(f"profile={profile!r} is not one of: {', '.join(PROFILES)}.")
        self._wire = Wire(wide=True)
        self._channels, self._protocol, self._id = PROFILES[profile]
        self._kept_s = 0.0
        self._level = NO_LEVEL
        self._measures = 0  # at low level: 0 nothing, 2 the voltage
        self._pulse = (0.0, 0.0)  # current of the last single pulse [mA], and when it is over [s]
        self._world = World()
        self._stops_all = True
        self._paused = False
        self._ma: dict[int, float] = {}
        self._states: dict[int, int] = {}

    def begin(self, now_s: float) -> None:
        """Switch on."""
        self._stop()

    def name(self, heard: Heard) -> str:
        """Return the name of a command, for the log."""
        return NAMES.get(heard.command, f"command {heard.command}")

    def asked_ma(self, heard: Heard) -> float:
        """Return the highest current a frame asks for. [mA]"""
        read = _points_of(heard)
        return 0.0 if read is None else max((_peak(points) for points in read.values()), default=0)

    def flags(self, heard: Heard) -> tuple[str, ...]:
        """Return what a strict unit, or a bench, might mind in a frame."""
        read = _points_of(heard)
        if read is None:
            return ("an update or a pulse that ends too early or too late",)
        uneven = [c for c, points in read.items() if sum(t * ma for t, ma in points) != 0]
        return tuple(f"the charge of channel {channel} is not balanced" for channel in uneven)

    def arrived(self, heard: Heard, now_s: float) -> bool:
        """Every command is answered."""
        return True

    def takes_ms(self, heard: Heard) -> float:
        """Switching the high voltage takes about 40 ms."""
        return SLOW_MS if heard.command in (ML_INIT, ML_STOP, LL_INIT, LL_STOP) else 0.0

    def busy(self, heard: Heard) -> Reply | None:
        """21 while another command is being carried out."""
        return self._reply(heard, BUSY)

    def obey(self, heard: Heard, now_s: float) -> tuple[Reply, ...]:
        """Carry out a command."""
        if heard.command in (GET_ID, VERSION, STATUS):
            return (self._reply(heard, DONE, self._told(heard.command)),)
        if heard.command in (ML_DATA, LL_CONFIG):
            tell = self._current_data if heard.command == ML_DATA else self._single_pulse
            return (tell(heard, now_s),)
        if heard.command in NAMES:
            return (self._reply(heard, self._result(heard, now_s)),)
        frame = self._wire.frame(heard.number, UNKNOWN, bytes((UNKNOWN_COMMAND,)))
        return (Reply(name="Unknown_command", frame=frame),)

    def pass_time(self, now_s: float, world: World) -> tuple[Reply, ...]:
        """Pause after 2 s; see pads from 15 mA on, and currents that cannot be reached."""
        self._world = world
        if now_s >= self._pulse[1]:
            self._pulse = (0.0, 0.0)
        if self._level in (INITIALISED, RUNNING) and now_s - self._kept_s > PAUSE_S:
            self._paused = True
        if self._paused:
            return ()
        for channel, ma in list(self._ma.items()):
            if channel in world.pads_off and ma >= PADS_SEEN_MA:
                self._channel_fails(channel, ELECTRODE)
            elif channel in world.too_little and ma > 0.0:
                self._channel_fails(channel, LOW_CURRENT)
        return ()

    def module_failed(self, now_s: float) -> tuple[Reply, ...]:
        """It has one source; its failure is a stop without a word. Assumed."""
        self._stop()
        return ()

    def output_ma(self) -> float:
        """Return the output of all channels together. [mA]"""
        return self._pulse[0] + (0.0 if self._paused else sum(self._ma.values()))

    def _told(self, command: int) -> bytes:
        if command == GET_ID:
            return self._id
        if command == STATUS:
            return bytes((self._level, 6 if self._level else 1))  # high voltage: 150 V, or off
        return bytes((1, 0, 0, *self._protocol, 0, 0, 0, 0, 1, 1))

    def _result(self, heard: Heard, now_s: float) -> int:
        if heard.command == ML_UPDATE:
            return self._update(heard.data, now_s)
        if heard.command == ML_INIT:
            return self._init(heard.data)
        if heard.command == LL_INIT:
            return self._low_init(heard.data)
        return self._ended(heard.command)

    def _init(self, data: bytes) -> int:
        if len(data) != 1 or data[0] > 1:
            return PARAMETER
        if self._level == LOW_LEVEL:
            return NOT_INITIALISED
        self._stop()
        self._level, self._stops_all = INITIALISED, data[0] == 1
        return DONE

    def _low_init(self, data: bytes) -> int:
        if self._level != NO_LEVEL:
            return NOT_INITIALISED
        if len(data) != 1 or data[0] not in (0, VOLTAGE << 4):  # the standard source, 150 V, alone
            return PARAMETER
        self._level, self._measures = LOW_LEVEL, data[0] >> 4
        return DONE

    def _ended(self, command: int) -> int:
        """End a level; another level than the one that is on is not ended. Assumed."""
        own = {ML_STOP: (INITIALISED, RUNNING), LL_STOP: (LOW_LEVEL,)}.get(command)
        if own is not None and self._level not in own:
            return NOT_INITIALISED
        self._stop()
        return DONE

    def _single_pulse(self, heard: Heard, now_s: float) -> Reply:
        """Give one pulse, and say what it met. Without the mark "execute" nothing is given."""
        read = _points_of(heard)
        if self._level != LOW_LEVEL:
            return self._reply(heard, NOT_INITIALISED)
        if read is None or any(channel > self._channels for channel in read):
            return self._reply(heard, PARAMETER)
        ((channel, points),) = read.items()
        ma, us = _peak(points), sum(us for us, _ in points)
        where = heard.data[0]
        head = bytes(((where >> 4 & 1) << 4 | where >> 5 & 3, self._measures))
        if ma > HIGHEST_MA:
            return self._reply(heard, PARAMETER)
        off = channel in self._world.pads_off
        if off and ma >= PADS_SEEN_MA:
            return self._reply(heard, SAW_NO_PAD, head)
        if where >> 7:
            self._pulse = (ma, now_s + us / 1e6)
        if not self._measures:
            return self._reply(heard, DONE, head)
        load = OFF if off else DRY if channel in self._world.pads_dry else GOOD
        every_us, volts = load.volts(points, SAMPLES)
        samples = b"".join(round(100.0 * v).to_bytes(2, "big") for v in volts)
        return self._reply(heard, DONE, head + round(every_us).to_bytes(2, "big") + samples)

    def _update(self, data: bytes, now_s: float) -> int:
        if self._level not in (INITIALISED, RUNNING):
            return NOT_INITIALISED
        read = _channels(data)
        if read is None or any(channel > self._channels for channel in read):
            return PARAMETER
        if any(not points or _peak(points) > HIGHEST_MA for points in read.values()):
            return PARAMETER
        self._level, self._paused, self._kept_s = RUNNING, False, now_s
        self._ma = {channel: _peak(points) for channel, points in read.items()}
        self._states = {}
        return DONE

    def _current_data(self, heard: Heard, now_s: float) -> Reply:
        if self._level not in (INITIALISED, RUNNING):
            return self._reply(heard, NOT_INITIALISED)
        if heard.data != b"\x04":  # the layout of the other selections was not read
            return self._reply(heard, PARAMETER)
        self._kept_s = now_s
        mask = sum(1 << (c - 1) for c, ma in self._ma.items() if ma > 0.0 and not self._paused)
        nibbles = bytearray(4)
        for channel, state in self._states.items():
            nibbles[(channel - 1) // 2] |= state << (4 if channel % 2 == 0 else 0)
        return self._reply(heard, DONE, bytes((4, mask)) + bytes(nibbles))

    def _channel_fails(self, channel: int, state: int) -> None:
        self._states[channel] = state
        if self._stops_all:
            self._ma = {}
        else:
            self._ma.pop(channel, None)

    def _stop(self) -> None:
        self._level, self._paused, self._pulse = NO_LEVEL, False, (0.0, 0.0)
        self._ma, self._states = {}, {}

    def _reply(self, heard: Heard, result: int, data: bytes = b"") -> Reply:
        frame = self._wire.frame(heard.number, heard.command + 1, bytes((result,)) + data)
        return Reply(name=f"{self.name(heard)}_ack {result}", frame=frame)


Points = list[tuple[int, float]]  # duration [us], current [mA]


def _channels(data: bytes) -> dict[int, Points] | None:
    """Return the points of every channel of an update, or None if it is not well formed."""
    if not data:
        return None
    found: dict[int, Points] = {}
    at = 1
    for channel in (n + 1 for n in range(8) if data[0] >> n & 1):
        head = data[at : at + 3]
        if len(head) < 3:
            return None
        count = (head[0] >> 4) + 1
        words = data[at + 3 : at + 3 + 4 * count]
        if len(words) < 4 * count or int.from_bytes(head[1:], "big") >> 1 == 0:
            return None
        found[channel] = _read(words)
        at += 3 + 4 * count
    return found if at == len(data) else None


def _points_of(heard: Heard) -> dict[int, Points] | None:
    """Return what a frame asks of each channel, or None if it is not well formed."""
    if heard.command == ML_UPDATE:
        return _channels(heard.data)
    if heard.command != LL_CONFIG:
        return {}
    words = heard.data[1:]
    if not heard.data or len(words) != 4 * ((heard.data[0] & 0xF) + 1):
        return None
    connector, channel = heard.data[0] >> 4 & 1, heard.data[0] >> 5 & 3
    return {1 + 4 * connector + channel: _read(words)}


def _read(words: bytes) -> Points:
    whole = [int.from_bytes(words[i : i + 4], "big") for i in range(0, len(words), 4)]
    return [(word >> 20, ((word >> 10 & 0x3FF) - 300) / 2) for word in whole]


def _peak(points: Points) -> float:
    return max((abs(ma) for _, ma in points), default=0.0)
