"""The guard: a unit that cannot be driven outside what was signed. Refuse, silence all, explain.

One `Guard` watches all units of one child. Each unit is wrapped in a `Guarded`, which is itself a
`Stimulator`; nobody outside this room ever holds the unit inside. A refusal by one silences every
unit. Time is handed in: a clock that only goes forward.

The only value that is changed on its way is the amplitude, rounded *down* to the unit's step;
`allowed` shows it beside what was asked.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import replace
from typing import final

from rheobase.errors import NotReady, OutsideEnvelope, UnitFault
from rheobase.safety import (
    UNCHANGED,
    Before,
    ChildLimits,
    ClinicLimits,
    Limits,
    after,
    child_limits,
    joint_violations,
    later,
    limits_for,
    prescription_violations,
    regions_of,
    silent,
    violations,
)
from rheobase.stimulators.protocol import (
    Acknowledged,
    Capabilities,
    ChannelState,
    Contact,
    Identity,
    Measures,
    Stimulator,
    Telemetry,
)
from rheobase.stimulus import Prescription

HALT_WITHIN_S = 0.5  # a unit that has not halted by then is given up; its watchdog ends it [s]
SAME_MA = 1e-6  # two amplitudes closer than this are the same [mA]


def rounded_down(amplitude_ma: float, step_ma: float) -> float:
    """Return the highest whole number of steps that is not above an amplitude. [mA]"""
    return round(math.floor(amplitude_ma / step_ma + SAME_MA) * step_ma, 9)


def _silence(channel: int) -> ChannelState:
    return ChannelState(
        channel=channel, amplitude_ma=0.0, pulse_width_us=0.0, gap_us=0.0, frequency_hz=0.0
    )


@final
class Guard:
    """What all units of one child have in common: limits, and the power to silence them all.

    Attributes:
        culprit: the slot whose state was the first to be refused or not confirmed since the signature,
            or "": what the others say while they are being halted is no trouble of their own.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.units: dict[str, Guarded] = {}
        self.limits: dict[str, Limits] = {}
        self.first_ma: dict[str, float] = {}  # by slot: the most that a contact check may use [mA]
        self.history: dict[str, Before] = {}  # by slot: a reopened unit does not begin anew
        self.culprit = ""
        self._child = ""
        self._child_limits = ChildLimits(units_max=0, region_rms_max_ma=0.0)
        self._regions: dict[str, frozenset[str]] = {}

    def sign(self, prescription: Prescription, clinic: ClinicLimits = UNCHANGED) -> None:
        """Take the limits of a verified prescription; nothing may be delivered without.

        Raises:
            OutsideEnvelope: the prescription asks for more than any such child may be given, or a
                unit cannot carry it. No limits are held then.
        """
        self.unsign()
        limits = limits_for(prescription, clinic)
        reasons = prescription_violations(prescription, clinic)
        for slot in limits:
            reasons += self._unfit(slot, limits[slot])
        if reasons:
            raise OutsideEnvelope(reasons)
        if prescription.child != self._child:
            self.history = {}  # another child: the time with output counts from zero again
        self._child = prescription.child
        self._child_limits = child_limits(prescription, clinic)
        self._regions = {order.slot: regions_of(order) for order in prescription.channels}
        self.first_ma = {order.slot: order.first_ma for order in prescription.channels}
        self.limits = limits

    def unsign(self) -> None:
        """Give the limits up and disarm: from now on every output is refused."""
        for unit in self.units.values():
            unit.armed = False
        self.limits = {}
        self.culprit = ""

    def judge(self, slot: str, state: ChannelState, before: Before) -> tuple[str, ...]:
        """Return every reason to refuse a state of a signed slot, alone and beside the others."""
        reasons = violations(state, before, self.limits[slot])
        if reasons:
            return tuple(f"unit {slot}: {reason}" for reason in reasons)
        others = {name: self.units[name].asked for name in self.limits}
        return joint_violations({**others, slot: state}, self._regions, self._child_limits)

    async def silence(self) -> None:
        """Halt every unit, all at once; never raises, never waits long."""
        await asyncio.gather(*(unit.halt() for unit in self.units.values()))

    async def silence_for(self, slot: str) -> None:
        """The same because of one of them; the first is remembered until the next signature."""
        self.culprit = self.culprit or slot
        await self.silence()

    def _unfit(self, slot: str, limits: Limits) -> tuple[str, ...]:
        unit = self.units.get(slot)
        if unit is None:
            return (f"no unit is open in slot {slot}",)
        can = unit.capabilities
        if can.amplitude_step_ma <= limits.step_max_ma:
            return ()
        return (
            f"unit {slot}: {can.make} moves in steps of {can.amplitude_step_ma:g} mA, above the "
            f"largest step of {limits.step_max_ma:g} mA: use a finer unit",
        )


@final
class Guarded:
    """One unit inside the guard.

    Attributes:
        slot: the name of the unit in the prescription.
        channel: the only channel it may use, counted from 1.
        asked: the last state that was let through, before rounding.
        allowed: the same with its amplitude rounded down to the unit's step.
        armed: output is possible.
        halted: the last halt was carried out, as far as the unit can tell.
        by_hand: takes what the operator reads off the dial, if the unit is set by hand. [mA]
    """

    def __init__(self, slot: str, unit: Stimulator, channel: int, guard: Guard) -> None:
        self.slot = slot
        self.channel = channel
        self.asked = _silence(channel)
        self.allowed = _silence(channel)
        self.armed = False
        self.halted = True
        self.by_hand: Callable[[float], None] | None = None
        self._unit = unit
        self._guard = guard
        guard.units[slot] = self

    @property
    def capabilities(self) -> Capabilities:
        """What the unit inside can do."""
        return self._unit.capabilities

    async def open(self) -> Identity:
        """Connect and identify; never outputs."""
        return await self._unit.open()

    async def arm(self, prescription_hash: str) -> None:
        """Make ready at 0 mA; the level starts again from zero, the time used stays used.

        Raises:
            NotReady: no prescription was signed in for this slot.
            UnitFault: the unit would not.
        """
        limits = self._guard.limits.get(self.slot)
        if limits is None:
            raise NotReady(f"Slot {self.slot} has no signed limits. Sign a prescription first.")
        now_s = self._guard.clock()
        fresh = silent(limits, now_s, 0.0, 0.0)
        used = later(self._guard.history.get(self.slot, fresh), limits, now_s)
        await self._unit.arm(prescription_hash)
        self._guard.history[self.slot] = silent(limits, now_s, used.stimulated_s, used.elapsed_s)
        self.armed = True

    async def set(self, states: tuple[ChannelState, ...]) -> Acknowledged:
        """Deliver, or silence every unit and raise.

        Raises:
            OutsideEnvelope: with every limit that was passed.
            UnitFault: the unit did not answer, or confirmed something else.
        """
        try:
            self._allow(states)
            acknowledged = await self._unit.set((self.allowed,))
            self._believe(acknowledged)
        except BaseException:
            await self._guard.silence_for(self.slot)
            raise
        return acknowledged

    async def contact(self, state: ChannelState) -> Contact:
        """Measure what one small pulse meets, from silence to silence; or silence every unit and raise.

        Raises:
            NotReady: the unit cannot measure it; nothing was asked of it.
            OutsideEnvelope: with every limit that was passed; more than the first press up; or output.
            UnitFault: the unit did not answer, or measured something else.
        """
        unit = self._unit
        if not isinstance(unit, Measures):
            raise NotReady(f"Unit {self.slot} cannot measure its pads. Look at them instead.")
        try:
            if self.asked.amplitude_ma != 0.0:
                raise OutsideEnvelope(
                    (f"unit {self.slot} delivers: contact is checked in silence",)
                )
            self._allow((state,))
            if not state.amplitude_ma <= self._guard.first_ma[self.slot]:
                reason = f"unit {self.slot}: a contact check uses the first signed current at most"
                raise OutsideEnvelope((reason,))
            found = await unit.contact(self.allowed)
            self._believe_contact(found)
        except BaseException:
            await self._guard.silence_for(self.slot)
            raise
        self._quiet()
        return found

    async def renew(self) -> None:
        """Keep the unit alive for one more watchdog period."""
        await self._unit.renew()

    async def poll(self) -> Telemetry:
        """Ask how the unit is."""
        return await self._unit.poll()

    async def zero(self) -> None:
        """Amplitude 0, still armed."""
        await self._unit.zero()
        self._quiet()

    async def halt(self) -> None:
        """Stop and disarm, whatever it takes: from any state, in bounded time, never raising.

        Without renewal the unit's own watchdog ends what no message can reach.
        """
        self.armed = False
        self._quiet()
        (trouble,) = await asyncio.gather(
            asyncio.wait_for(self._unit.halt(), HALT_WITHIN_S), return_exceptions=True
        )
        self.halted = trouble is None

    def _allow(self, states: tuple[ChannelState, ...]) -> None:
        limits = self._guard.limits.get(self.slot)
        if limits is None or not self.armed:
            raise OutsideEnvelope((f"unit {self.slot} is not armed with signed limits",))
        if [state.channel for state in states] != [self.channel]:
            raise OutsideEnvelope((f"unit {self.slot} has channel {self.channel} and no other",))
        (asked,) = states
        before = later(self._guard.history[self.slot], limits, self._guard.clock())
        reasons = self._guard.judge(self.slot, asked, before)
        if reasons:
            raise OutsideEnvelope(reasons)
        self._guard.history[self.slot] = after(asked, before)
        self.asked = asked
        self.allowed = replace(
            asked,
            amplitude_ma=rounded_down(asked.amplitude_ma, self.capabilities.amplitude_step_ma),
        )

    def _believe(self, acknowledged: Acknowledged) -> None:
        most_ma = self.allowed.amplitude_ma + SAME_MA
        confirmed = [(s.channel, 0.0 <= s.amplitude_ma <= most_ma) for s in acknowledged.states]
        if confirmed != [(self.channel, True)]:
            raise UnitFault(
                f"Unit {self.slot} confirmed {acknowledged.states} where "
                f"{self.allowed.amplitude_ma:g} mA on channel {self.channel} was sent. "
                "Every unit is silent; look at the unit before starting again."
            )

    def _believe_contact(self, found: Contact) -> None:
        if (found.channel, found.amplitude_ma) != (self.channel, self.allowed.amplitude_ma):
            raise UnitFault(
                f"Unit {self.slot} measured {found} where {self.allowed.amplitude_ma:g} mA on "
                f"channel {self.channel} was sent. Every unit is silent; look at the unit."
            )

    def _quiet(self) -> None:
        self.asked = self.allowed = _silence(self.channel)
        limits = self._guard.limits.get(self.slot)
        before = self._guard.history.get(self.slot)
        if limits is not None and before is not None:
            before = later(before, limits, self._guard.clock())
            self._guard.history[self.slot] = after(self.asked, before)
