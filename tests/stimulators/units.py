"""A unit that records what reaches it and fails on demand, and a clock that a test moves."""

import asyncio
from dataclasses import replace

from rheobase.errors import UnitFault
from rheobase.stimulators import (
    Acknowledged,
    Capabilities,
    ChannelState,
    Contact,
    Guard,
    Guarded,
    Identity,
    LeadOff,
    Telemetry,
)

CAPABILITIES = Capabilities(
    make="recorder",
    amplitude_max_ma=100.0,
    amplitude_step_ma=0.5,
    pulse_width_min_us=20.0,
    pulse_width_max_us=500.0,
    frequency_min_hz=0.5,
    frequency_max_hz=100.0,
    onboard_timing=True,
    watchdog_ms=1200.0,
    stop_input=False,
    lead_off=LeadOff.NONE,
    lead_off_min_ma=0.0,
    power="none",
    medical_status="none",
    label_min_age_years=None,
    source="a test",
)


class Clock:
    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


class Recorder:
    """A `Stimulator` that keeps a list of what it was told."""

    def __init__(self, step_ma=0.5):
        self.capabilities = replace(CAPABILITIES, amplitude_step_ma=step_ma)
        self.told = []
        self.fails = set()
        self.answer = None

    def _take(self, what):
        self.told.append(what)
        if what in self.fails or "everything" in self.fails:
            raise UnitFault(f"No answer to {what}. Look at it.")

    async def open(self):
        self._take("open")
        return Identity(make="recorder", serial_number="1", firmware="1")

    async def arm(self, prescription_hash):
        self._take("arm")
        self.hash = prescription_hash

    async def set(self, states):
        self.told.append(states[0].amplitude_ma)
        if "set" in self.fails:
            raise UnitFault("No answer to set. Look at it.")
        return Acknowledged(states=states) if self.answer is None else self.answer(states)

    async def renew(self):
        self._take("renew")

    async def poll(self):
        self._take("poll")
        return Telemetry(
            electrodes_ok=(True,),
            compliance_ok=(True,),
            stop_pressed=False,
            battery=None,
        )

    async def zero(self):
        self._take("zero")

    async def halt(self):
        self.told.append("halt")
        if "halt" in self.fails:
            raise OSError("the port has gone")
        if "hang" in self.fails:
            await asyncio.sleep(3600.0)


def state(amplitude_ma, channel=1, **changes):
    whole = ChannelState(
        channel=channel,
        amplitude_ma=amplitude_ma,
        pulse_width_us=50.0,
        gap_us=0.0,
        frequency_hz=20.0,
    )
    return replace(whole, **changes)


def guarded(plan, clinic=None, step_ma=0.5):
    """A guard, its units and its clock, for every slot of a plan; nothing armed yet."""
    clock = Clock()
    guard = Guard(clock)
    units = {}
    for order in plan.channels:
        units[order.slot] = Recorder(step_ma)
        Guarded(order.slot, units[order.slot], 1, guard)
    return guard, units, clock


def run(story):
    return asyncio.run(story)


async def armed(signed, **options):
    """The same, signed and armed."""
    guard, units, clock = guarded(signed, **options)
    await arm_all(guard, units, signed)
    return guard, units, clock


async def arm_all(guard, units, signed):
    """Sign and arm every unit of a guard; what it was told until then is forgotten."""
    guard.sign(signed)
    for unit in guard.units.values():
        await unit.arm("digest")
    for unit in units.values():
        unit.told.clear()


class Measurer(Recorder):
    """A recorder that can also measure what its pads meet: a thousand ohms."""

    def __init__(self, step_ma=0.1):
        super().__init__(step_ma)
        self.finds = lambda found: found

    async def contact(self, state):
        self.told.append(("contact", state.amplitude_ma))
        if "contact" in self.fails:
            raise UnitFault("No answer to contact. Look at it.")
        ma = state.amplitude_ma
        found = Contact(
            channel=state.channel,
            amplitude_ma=ma,
            voltage_v=ma,
            resistance_ohm=1000.0,
            low_ohm=900.0,
            high_ohm=1100.0,
        )
        return self.finds(found)
