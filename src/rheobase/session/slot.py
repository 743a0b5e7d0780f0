"""One unit in the supervisor's hands: what it should deliver now, and what it confirmed last."""

from dataclasses import replace
from typing import final

from rheobase.session.messages import Confirmed, ContactFound, Wish
from rheobase.session.states import Unit
from rheobase.stimulators import (
    Acknowledged,
    ChannelState,
    Contact,
    Guarded,
    LeadOff,
    Telemetry,
)

RENEW_S = 0.2  # between two renewals, which show a lost port; a quarter of the watchdog if shorter
POLL_S = 0.5  # between two looks at pads, voltage and stop switch
BATTERY_LOW = 0.1  # [1]
PROMPT_S = 300.0  # with output, between two prompts to look at pads that the unit cannot see


@final
class Slot:
    """One unit and its timing.

    Attributes:
        name: as in the prescription.
        unit: the guarded unit.
        state: where it is.
        confirmed_ma: what it confirmed last. [mA]
        renewed_s, polled_s: when it was kept alive and looked at. [s]
        busy: it is being talked to.
    """

    def __init__(self, name: str, unit: Guarded) -> None:
        self.name = name
        self.unit = unit
        self.state = Unit()
        self.confirmed_ma = 0.0
        self.renewed_s = 0.0
        self.polled_s = 0.0
        self.busy = False
        self._eased_from: ChannelState = unit.asked
        self._eased_s = 0.0
        self._complained: frozenset[str] = frozenset()
        self._prompted_s: float | None = None  # none while there is no output

    def begin_easing(self, now_s: float) -> None:
        """Lower the output from what it is now."""
        self._eased_from = self.unit.asked
        self._eased_s = now_s

    def target(self, wish: Wish | None, now_s: float, ease_s: float) -> ChannelState:
        """Return what the unit should deliver; a missing wish is silence.

        Args:
            wish: what the session wishes, or None.
            now_s: this moment. [s]
            ease_s: length of a ramp down. [s]
        """
        if wish is None:
            return replace(self.unit.asked, amplitude_ma=0.0)
        if self.state.easing:
            left = max(0.0, 1.0 - (now_s - self._eased_s) / ease_s)
            eased_ma = self._eased_from.amplitude_ma * left
            amplitude_ma = min(eased_ma, wish.amplitude_ma, self.unit.asked.amplitude_ma)
            return replace(self.unit.asked, amplitude_ma=amplitude_ma)
        return ChannelState(
            channel=self.unit.channel,
            amplitude_ma=wish.amplitude_ma,
            pulse_width_us=wish.pulse_width_us,
            gap_us=wish.gap_us,
            frequency_hz=wish.frequency_hz,
        )

    def must_renew(self, now_s: float) -> bool:
        """Return whether the unit's watchdog needs a sign of life."""
        watchdog_ms = self.unit.capabilities.watchdog_ms
        every_s = RENEW_S if watchdog_ms is None else min(RENEW_S, watchdog_ms / 4000.0)
        return now_s - self.renewed_s >= every_s

    def lapsed(self, now_s: float) -> bool:
        """Return whether the unit's own watchdog has let it go."""
        watchdog_ms = self.unit.capabilities.watchdog_ms
        return watchdog_ms is not None and now_s - self.renewed_s > watchdog_ms / 1000.0

    def confirmed(self, acknowledged: Acknowledged, now_ns: int) -> Confirmed | None:
        """Return what to report of an acknowledgement, or None if nothing changed."""
        state = acknowledged.states[0]
        if state.amplitude_ma == self.confirmed_ma:
            return None
        self.confirmed_ma = state.amplitude_ma
        return Confirmed(
            slot=self.name,
            asked_ma=self.unit.asked.amplitude_ma,
            allowed_ma=self.unit.allowed.amplitude_ma,
            confirmed_ma=state.amplitude_ma,
            pulse_width_us=state.pulse_width_us,
            frequency_hz=state.frequency_hz,
            monotonic_ns=now_ns,
        )

    def contact_found(self, found: Contact, now_ns: int) -> ContactFound:
        """Return what to report of a contact check."""
        return ContactFound(
            slot=self.name,
            amplitude_ma=found.amplitude_ma,
            voltage_v=found.voltage_v,
            resistance_ohm=found.resistance_ohm,
            low_ohm=found.low_ohm,
            high_ohm=found.high_ohm,
            monotonic_ns=now_ns,
        )

    def halted(self, now_ns: int) -> Confirmed | None:
        """Return the report that the unit became silent, or None if it was silent before."""
        if self.confirmed_ma == 0.0:
            return None
        self.confirmed_ma = 0.0
        return Confirmed(
            slot=self.name,
            asked_ma=0.0,
            allowed_ma=0.0,
            confirmed_ma=0.0,
            pulse_width_us=0.0,
            frequency_hz=0.0,
            monotonic_ns=now_ns,
        )

    def hard_troubles(self, telemetry: Telemetry) -> dict[str, str]:
        """Return what must silence every unit: kind, and words for the therapist."""
        at = self.unit.channel - 1
        found = {}
        if telemetry.stop_pressed:
            found["stop switch"] = f"The stop switch of unit {self.name} was pressed."
        if not telemetry.electrodes_ok[at]:
            found["lead-off"] = f"A pad of unit {self.name} has come off. Look at both pads."
        return found

    def prompt(self, now_s: float) -> dict[str, str]:
        """Return, now and then, that nobody but the therapist can see a lost pad at this current."""
        can = self.unit.capabilities
        sees = can.lead_off is not LeadOff.NONE and self.confirmed_ma >= can.lead_off_min_ma
        if sees or self.confirmed_ma == 0.0:
            self._prompted_s = None
            return {}
        if self._prompted_s is None:
            self._prompted_s = now_s
        if now_s - self._prompted_s < PROMPT_S:
            return {}
        self._prompted_s = now_s
        return {
            "look at the pads": (
                f"Unit {self.name} cannot tell at {self.confirmed_ma:g} mA whether a pad has come "
                "off. Look at both pads."
            )
        }

    def soft_troubles(self, telemetry: Telemetry) -> dict[str, str]:
        """Return what the therapist must know, each once until it has passed."""
        found = {}
        if not telemetry.compliance_ok[self.unit.channel - 1]:
            found["low current"] = (
                f"Unit {self.name} cannot drive its current: a pad is dry or half off. Look at it."
            )
        if telemetry.battery is not None and telemetry.battery < BATTERY_LOW:
            found["battery"] = f"The battery of unit {self.name} is at {telemetry.battery:.0%}."
        fresh = {kind: words for kind, words in found.items() if kind not in self._complained}
        self._complained = frozenset(found)
        return fresh
