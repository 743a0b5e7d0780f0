"""What does a plan of 35 Hz become on a RehaMove 3? (The unit is emulated: nothing delivers current.)"""

import asyncio
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from rheobase.simulated import cast
from rheobase.simulated.emulators import Scenario, emulator
from rheobase.stimulators import ChannelState, Guard, open_unit
from rheobase.stimulus import Segment

order = replace(cast.order("A", "quadriceps", Segment.THIGH), frequency_hz=35.0)
plan = cast.mila((order,))


async def session(port: str) -> ChannelState:
    """Open, sign in, arm, deliver one mA, stop."""
    guard = Guard(time.monotonic)
    unit = open_unit("sciencemode34", port, slot="A", guard=guard)
    print((await unit.open()).make)
    guard.sign(plan)  # refuses a plan that no such child may have, or that the unit cannot carry
    await unit.arm("the digest of the signed plan")
    asked = ChannelState(
        channel=1,
        amplitude_ma=1.0,
        pulse_width_us=order.pulse_width_us,
        gap_us=order.gap_us,
        frequency_hz=order.frequency_hz,
    )
    (confirmed,) = (await unit.set((asked,))).states
    await unit.halt()
    return confirmed


with (
    tempfile.TemporaryDirectory() as folder,
    emulator("sciencemode34", Scenario(), Path(folder)) as unit,
):
    confirmed = asyncio.run(session(unit.port))
    given_ma = [entry.ma for entry in unit.log.of("output")]

print(f"asked {order.frequency_hz:g} Hz, given {confirmed.frequency_hz:.2f} Hz")
assert abs(confirmed.frequency_hz - 1000.0 / 29.0) < 1e-9  # the next longer step of 0.5 ms
assert given_ma == [1.0, 0.0]
