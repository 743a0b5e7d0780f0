"""An invented child who tries to contract: bursts of EMG, rest between them, and what goes wrong.

For training, tests and `rheobase emulate lsl-emg`; never in the treatment path. The strengths and
times are invented. The same seed gives the same child.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from rheobase.errors import BadInput
from rheobase.session.trigger import Arrived, Sample
from rheobase.stimulus import Crossing, Sensing, Signal, from_plain, read_json
from rheobase.stimulus.checks import in_range, one_of
from rheobase.stimulus.sensing import EMG

FAULTS = ("silence", "not a number", "clock jump", "saturation", "offset")
JUMP_S = 200_000.0  # devices.md: seen in 2-3 % of recordings
SATURATED_UV = 5000.0
ARTEFACT_UV = 3000.0
LATEST_S = 0.2  # older samples of a source that was not asked are not made up


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class EmgFault:
    """Something that goes wrong for a while.

    Attributes:
        kind: one of `FAULTS`.
        at_s, lasts_s: since the stream began. [s]
    """

    kind: str
    at_s: float
    lasts_s: float

    def __post_init__(self) -> None:
        one_of("kind", self.kind, FAULTS)
        in_range("at_s", self.at_s, 0.0, 86_400.0, "s")
        in_range("lasts_s", self.lasts_s, 0.0, 3600.0, "s")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class EmgScenario:
    """How the invented child behaves.

    Attributes:
        rate_hz: samples per second. [Hz]
        rest: strength while it lies still. [µV, ° or °/s]
        effort: strength while it tries. [µV, ° or °/s]
        first_s: beginning of the first try. [s]
        every_s: shortest time from one try to the next. [s]
        jitter_s: added at random. [s]
        lasts_s: length of a try. [s]
        seed: chooses the child.
        faults: on a script.
    """

    rate_hz: float = 500.0
    rest: float = 4.0
    effort: float = 60.0
    first_s: float = 2.0
    every_s: float = 11.0
    jitter_s: float = 2.0
    lasts_s: float = 1.5
    seed: int = 1
    faults: tuple[EmgFault, ...] = ()

    def __post_init__(self) -> None:
        in_range("rate_hz", self.rate_hz, 10.0, 5000.0, "Hz")
        in_range("rest", self.rest, 0.0, 1000.0, "µV")
        in_range("effort", self.effort, 0.0, 5000.0, "µV")
        in_range("first_s", self.first_s, 0.0, 600.0, "s")
        in_range("lasts_s", self.lasts_s, 0.05, 60.0, "s")
        in_range("every_s", self.every_s, self.lasts_s, 600.0, "s")
        in_range("jitter_s", self.jitter_s, 0.0, 60.0, "s")


def read_scenario(path: Path) -> EmgScenario:
    """Return the scenario of a JSON file.

    Raises:
        BadInput: naming what is wrong in it.
    """
    return from_plain(EmgScenario, read_json(path), path.name)


@final
class InventedEmg:
    """One child's signal, made as time passes.

    Args:
        scenario: how it behaves.
        signal: what is measured.
        crossing: which way a try moves an angle or a velocity.
    """

    def __init__(
        self,
        scenario: EmgScenario,
        signal: Signal = Signal.RAW_EMG,
        crossing: Crossing = Crossing.ABOVE,
    ) -> None:
        self._scenario, self._signal = scenario, signal
        self._sign = 1.0 if crossing is Crossing.ABOVE else -1.0
        self._dice = random.Random(scenario.seed)  # noqa: S311  (an invented child, no secret)
        self._n = 0
        self._try_s = scenario.first_s

    def until(self, now_s: float, *, output: bool = False) -> tuple[Sample, ...]:
        """Return the samples since the last call.

        Args:
            now_s: since the stream began. [s]
            output: a unit delivers: its artefact lies over the signal.
        """
        rate_hz, found = self._scenario.rate_hz, []
        end = math.floor(now_s * rate_hz)
        self._n = max(self._n, end - math.ceil(LATEST_S * rate_hz))
        while self._n < end:
            at_s = self._n / rate_hz
            self._n += 1
            kinds = {f.kind for f in self._scenario.faults if f.at_s <= at_s < f.at_s + f.lasts_s}
            value = self._value(at_s, output)
            if "silence" not in kinds:
                jump_s = JUMP_S if "clock jump" in kinds else 0.0
                found.append(Sample(stream_s=at_s + jump_s, value=_broken(value, kinds)))
        return tuple(found)

    def _value(self, at_s: float, output: bool) -> float:
        one = self._scenario
        if at_s >= self._try_s + one.lasts_s:
            self._try_s += one.every_s + self._dice.uniform(0.0, one.jitter_s)
        trying = self._try_s <= at_s < self._try_s + one.lasts_s
        strength = one.effort if trying else one.rest
        noise = self._dice.gauss(0.0, 1.0)
        if self._signal not in EMG:
            return self._sign * (one.effort * trying) + one.rest * 0.1 * noise
        pulse = ARTEFACT_UV if output and self._dice.random() < 0.1 else 0.0
        if self._signal is Signal.RAW_EMG:
            return strength * noise + pulse
        return max(0.0, strength * (1.0 + 0.1 * noise)) + pulse


def _broken(value: float, kinds: set[str]) -> float:
    if "not a number" in kinds:
        return math.nan
    if "saturation" in kinds:
        return SATURATED_UV
    return value + (SATURATED_UV if "offset" in kinds else 0.0)


@final
class TrainingSource:
    """The invented child as a sensor in this process, without any network.

    Args:
        emg: its signal.
        rate_hz: of it. [Hz]
    """

    invented = True

    def __init__(self, emg: InventedEmg, rate_hz: float) -> None:
        self._emg, self._rate_hz = emg, rate_hz

    def take(self, now_ms: float, output: bool) -> Arrived:
        """Return the signal since the last call."""
        samples = self._emg.until(now_ms / 1000.0, output=output)
        return Arrived(samples=samples, rate_hz=self._rate_hz, stream="invented child", why="")

    def close(self) -> None:
        """Nothing to give back."""


def training(options: Mapping[str, str], sensing: Sensing) -> TrainingSource:
    """Return an invented child that fits what was signed; `scenario=FILE` chooses another.

    Raises:
        BadInput: another option, or a scenario that cannot be.
    """
    unknown = sorted(set(options) - {"scenario"})
    if unknown:
        raise BadInput(f"The invented sensor has no option {unknown[0]!r}. Use scenario=FILE.")
    scenario = _fitting(sensing)
    if "scenario" in options:
        scenario = read_scenario(Path(options["scenario"]))
    emg = InventedEmg(scenario, sensing.signal, sensing.crossing)
    return TrainingSource(emg, scenario.rate_hz)


def _fitting(sensing: Sensing) -> EmgScenario:
    """A child that can reach what was signed: half way up the range, and three times at least."""
    if sensing.signal not in EMG:
        middle = (sensing.threshold_low + sensing.threshold_high) / 2.0
        return EmgScenario(rest=2.0, effort=abs(middle) + 10.0 + sensing.hysteresis)
    return EmgScenario(effort=max(60.0, 3.0 * sensing.threshold_low))
