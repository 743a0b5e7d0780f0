"""Whether a serial unit may deliver, since when it was last kept alive, and why it may not any more."""

import math
from collections.abc import Callable
from typing import final

from rheobase.errors import BadInput, UnitFault
from rheobase.stimulators._address import Address
from rheobase.stimulators.protocol import Capabilities, ChannelState

ON_GRID = 1e-9  # a period this close to a step of the grid, relative to it, lies on it


@final
class Lease:
    """The right of one unit to deliver: armed, renewed, lost; never back by itself.

    Attributes:
        armed: it may deliver.
        silent: nothing can come out of the unit, as far as anybody can tell.
        why: why it may not.

    Args:
        name: of the unit, for messages.
        watchdog_s: silence after which the unit ends by itself. [s]
        clock: seconds that only go forward.
    """

    def __init__(self, name: str, watchdog_s: float, clock: Callable[[], float]) -> None:
        self.armed = False
        self.silent = True
        self.why = "it was not armed"
        self.watchdog_s = watchdog_s
        self._name = name
        self._clock = clock
        self._renewed_s = -math.inf

    def begin(self) -> None:
        """The unit is ready at 0 mA."""
        self.armed, self.silent, self.why = True, False, ""
        self._renewed_s = self._clock()

    def renewed(self) -> None:
        """The unit was just heard to be alive."""
        self._renewed_s = self._clock()

    def lapsed(self) -> bool:
        """The unit's own watchdog may have ended it."""
        return self._clock() - self._renewed_s > self.watchdog_s

    def end(self, why: str) -> None:
        """The right is lost; the first reason is kept."""
        if self.armed:
            self.why = why
        self.armed = False

    def demand(self) -> None:
        """Insist that the unit may deliver, and has been kept alive.

        Raises:
            UnitFault: with the reason why not.
        """
        if self.armed and self.lapsed():
            self.end(
                f"nothing was sent for {self.watchdog_s:g} s and its watchdog ended the output"
            )
        self.demand_armed()

    def demand_armed(self) -> None:
        """Insist that the unit is armed; enough for a look, which may come after a lapse.

        Raises:
            UnitFault: with the reason why not.
        """
        if not self.armed:
            raise UnitFault(
                f"{self._name} does not deliver: {self.why}. Look at the unit, then arm it again."
            )


def period_ms(frequency_hz: float, step_ms: float, can: Capabilities) -> float:
    """Return the period of a rate on the unit's grid: the next longer one, never a faster train. [ms]

    Raises:
        BadInput: a rate that the unit cannot give.
    """
    if not can.frequency_min_hz <= frequency_hz <= can.frequency_max_hz:
        raise BadInput(
            f"frequency_hz={frequency_hz} cannot be sent: {can.make} gives "
            f"{can.frequency_min_hz:g} to {can.frequency_max_hz:g} Hz. Change it in the plan."
        )
    steps = 1000.0 / frequency_hz / step_ms
    nearest = round(steps)
    near = abs(steps - nearest) <= ON_GRID * steps
    return step_ms * (nearest if near else math.ceil(steps))


def by_channel(
    states: tuple[ChannelState, ...], channels: int, can: Capabilities
) -> dict[int, ChannelState]:
    """Return the states by channel, lowest first.

    Raises:
        BadInput: a channel that does not exist or comes twice, or an amplitude out of range.
    """
    for state in states:
        if state.channel not in range(1, channels + 1):
            raise BadInput(
                f"channel={state.channel!r} does not exist: {can.make} has channels 1 to "
                f"{channels}. Nothing was sent."
            )
        if not 0.0 <= state.amplitude_ma <= can.amplitude_max_ma:
            raise BadInput(
                f"amplitude_ma={state.amplitude_ma} cannot be sent: {can.make} gives 0 to "
                f"{can.amplitude_max_ma:g} mA. Nothing was sent."
            )
    found = {state.channel: state for state in sorted(states, key=lambda one: one.channel)}
    if len(found) != len(states):
        raise BadInput("A channel comes twice. Name each channel once. Nothing was sent.")
    return found


def known_options(address: Address, *names: str) -> None:
    """Insist that an address has a port and only options that mean something.

    Raises:
        BadInput: no port, or an option that is not known.
    """
    if not address.port:
        raise BadInput("The address names no port. Write e.g. /dev/ttyUSB0?channel=1.")
    unknown = sorted(set(address.options) - set(names))
    if unknown:
        raise BadInput(
            f"The address has {unknown[0]!r}, which is not known. Use: {', '.join(names)}."
        )
