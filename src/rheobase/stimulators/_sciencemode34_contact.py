"""What one pulse of a RehaMove 3 or P24 meets: low level, voltage read back. Input and output by its caller.

Source
    HASOMED ScienceMode 3 protocol 3.2.4, ScienceMode 4 C library 4.0.0, read through devices 1.4
    [devices:P]: Ll_init = measurement << 4 | high voltage << 1; the answer to Ll_channel_config comes
    after the pulse, with the time between samples and 128 samples of 16 bits.

Not certain
    The unit of a sample. The public driver science_mode_4 divides by 100 and calls it volts; the C
    library says that a sample "needs to be multiplied with 100". Also which connector carries the
    channels 1 to 4, and that a unit at low level keeps no output. A 1 kohm load shows all three: 1 V
    at 1 mA, on that channel alone. docs/decisions/0015-electrode-check.md

The order of talk: mid level off, low level on, one pulse, low level off, mid level on at 0 mA. Whatever
goes wrong is raised, and whoever called stops the unit.
"""

from collections.abc import Awaitable, Callable

from rheobase.errors import BadInput, UnitFault
from rheobase.stimulators._sciencemode34_frames import ChannelPulse, Command, one_pulse_data
from rheobase.stimulators.protocol import Contact

WITHIN_S = 0.45  # all of it; four switches of the high voltage take 160 ms
VOLTAGE, STANDARD_SOURCE = 2, 0
INIT_DATA = bytes((VOLTAGE << 4 | STANDARD_SOURCE << 1,))
STOP_ALL_ON_ERROR = b"\x01"
SAMPLES = 128
HEAD = 4  # connector and channel, kind of measurement, time between samples
SIZE = HEAD + 2 * SAMPLES
VOLTS = 0.01  # of one count [V]
HALF_STEP_MA = 0.25  # how far the current may lie from what was set: half a step (assumed)
Ask = Callable[[Command, Command, bytes, int], Awaitable[bytes]]


def request(pulse: ChannelPulse) -> bytes:
    """Return the arguments that give one pulse.

    Raises:
        BadInput: no current to measure with, or a value the wire cannot carry.
    """
    data = one_pulse_data(pulse)
    if not pulse.amplitude_ma > 0.0:
        raise BadInput("A pulse of 0 mA measures nothing. Ask for a current. Nothing was sent.")
    return data


async def measured(ask: Ask, pulse: ChannelPulse, low_level: Callable[[bool], None]) -> Contact:
    """Return what one pulse met; before and after, the unit is at mid level without output.

    Args:
        ask: sends a command and returns what follows the result in its answer of a known size.
        pulse: to give.
        low_level: is told when the unit may be at low level, and when it is no more.

    Raises:
        BadInput: a pulse that cannot be sent.
        UnitFault: by `ask`, or an answer that does not belong to this pulse.
    """
    data = request(pulse)
    await ask(Command.ML_STOP, Command.ML_STOP_ACK, b"", 0)
    low_level(True)
    await ask(Command.LL_INIT, Command.LL_INIT_ACK, INIT_DATA, 0)
    told = await ask(Command.LL_CONFIG, Command.LL_CONFIG_ACK, data, SIZE)
    await ask(Command.LL_STOP, Command.LL_STOP_ACK, b"", 0)
    low_level(False)
    await ask(Command.ML_INIT, Command.ML_INIT_ACK, STOP_ALL_ON_ERROR, 0)
    return found(pulse, told)


def found(pulse: ChannelPulse, told: bytes) -> Contact:
    """Return what the samples say of a pulse: its highest voltage, which ends the first phase.

    Raises:
        UnitFault: samples of another channel, or of something else than the voltage.
    """
    connector, channel = divmod(pulse.channel - 1, 4)
    if told[:2] != bytes((connector << 4 | channel, VOLTAGE)):
        raise UnitFault(
            f"The unit measured something else than the voltage of channel {pulse.channel}: "
            f"{told[:HEAD].hex(' ')}. Look at the unit, then arm it again."
        )
    samples = (int.from_bytes(told[at : at + 2], "big") for at in range(HEAD, SIZE, 2))
    volts = VOLTS * max(samples)
    ma = pulse.amplitude_ma
    return Contact(
        channel=pulse.channel,
        amplitude_ma=ma,
        voltage_v=volts,
        resistance_ohm=1000.0 * volts / ma,
        low_ohm=1000.0 * max(0.0, volts - VOLTS) / (ma + HALF_STEP_MA),
        high_ohm=1000.0 * (volts + VOLTS) / (ma - HALF_STEP_MA),
    )
