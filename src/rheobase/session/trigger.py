"""When a sensor says *now*: a pure function of what was signed, what arrived and what time it is.

The level must come back behind the threshold before it can pass it: a held contraction, a frozen
sensor and a saturated amplifier trigger once or never. Nothing counts during our own pulses and
`blanking_ms` after them (an artefact that triggers the next pulse would run away), nor after a gap,
until the signal has been seen at rest again. Time is the local time of arrival: the clocks of
streams jump and run backwards. What is not understood triggers nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

from rheobase.session.baseline import GAP, PULSES, Baseline, Rest, broken_off, concluded, noted
from rheobase.session.sense_rules import SenseRules
from rheobase.session.smoothing import FRESH, IRREGULAR_HZ, Smooth, smoothed
from rheobase.stimulus import Crossing, Sensing

LARGEST = 1e9  # in microvolts a thousand volts: no sensor, and no sum of these is ever infinite
FEW_SAMPLES = 16  # may always arrive at once, whatever the rate


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One value of a stream, with the stream's own time (kept for the journal, never trusted)."""

    stream_s: float
    value: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What came from a source since it was asked last.

    Attributes:
        samples: oldest first; in microvolts, degrees or degrees a second.
        rate_hz: nominal rate, 0 where the stream has none. [Hz]
        stream: name of the stream, "" while there is none.
        why: why there is no stream, or "".
    """

    samples: tuple[Sample, ...]
    rate_hz: float
    stream: str
    why: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What else the decision needs.

    Attributes:
        now_ms: monotonic. [ms]
        output: a unit delivers, or is asked to.
        block: number of the block that waits for the sensor, 0 if none does. [1]
    """

    now_ms: float
    output: bool
    block: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """The level passed the threshold.

    Attributes:
        at_ms: when it arrived. [ms]
        stream_s: when the stream says it was. [s]
        level, threshold: at that moment. [unit of the signal]
        refused: "" or "blanked", "refractory" or "cap reached".
    """

    at_ms: float
    stream_s: float
    level: float
    threshold: float
    refused: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Everything that is remembered between two looks.

    Attributes:
        threshold: of the day, None until somebody has set it. [unit of the signal]
        smooth: the filter.
        level: the newest, None where there is none to trust. [unit of the signal]
        stream, why: name of the stream; what is wrong with it, "" if nothing is.
        heard_ms: last arrival. [ms]
        ready: the signal has come back since it last passed the threshold.
        deaf_until_ms: end of the blanking. [ms]
        blanked: deaf at the last look.
        taken_ms: last trigger that was taken, or None. [ms]
        block, count: the block, and triggers taken in it. [1]
        told: refusals that were told since the last trigger.
        rest: the recording that is on, or None.
        baseline: the last one that ended, or None.
    """

    threshold: float | None
    smooth: Smooth
    level: float | None
    stream: str
    why: str
    heard_ms: float
    ready: bool
    deaf_until_ms: float
    blanked: bool
    taken_ms: float | None
    block: int
    count: int
    told: frozenset[str]
    rest: Rest | None
    baseline: Baseline | None


def unwatched() -> Watch:
    """Return what is known before anything has arrived: nothing."""
    return Watch(
        threshold=None,
        smooth=FRESH,
        level=None,
        stream="",
        why="",
        heard_ms=-math.inf,
        ready=False,
        deaf_until_ms=-math.inf,
        blanked=False,
        taken_ms=None,
        block=0,
        count=0,
        told=frozenset(),
        rest=None,
        baseline=None,
    )


def watched(
    sensing: Sensing, rules: SenseRules, watch: Watch, arrived: Arrived, moment: Moment
) -> tuple[Watch, tuple[Onset, ...]]:
    """Return what is known after a look, and every passing of the threshold, refused ones included.

    Args:
        sensing: what was signed.
        rules: how a stream is listened to.
        watch: as the last look, `taken`, `rested` or `with_threshold` left it.
        arrived: since the last look.
        moment: time, output and block.
    """
    watch = _deafened(sensing, _in_block(watch, moment), moment)
    watch = replace(watch, stream=arrived.stream, why=arrived.why or watch.why)
    values = [sample.value for sample in arrived.samples]
    if not values:
        return _unheard(rules, watch, moment), ()
    why = _unusable(rules, values, arrived.rate_hz)
    watch = replace(watch, heard_ms=moment.now_ms, why=why)
    if why:
        return _lost(watch), ()
    smooth, magnitudes, levels = smoothed(
        sensing.signal, rules, arrived.rate_hz, watch.smooth, values
    )
    watch = replace(watch, smooth=smooth, level=None if watch.blanked else levels[-1])
    if watch.rest is not None:
        return _resting(sensing, watch, magnitudes, moment), ()
    return _crossed(sensing, watch, arrived.samples, levels, moment)


def taken(watch: Watch, now_ms: float) -> Watch:
    """Return what is known once a trigger has begun a contraction."""
    return replace(watch, taken_ms=now_ms, count=watch.count + 1, told=frozenset())


def with_threshold(sensing: Sensing, watch: Watch, threshold: float) -> Watch:
    """Return what is known once somebody has set the threshold by hand.

    Raises:
        BadInput: outside the signed range.
    """
    sensing.check_threshold(threshold)
    return replace(watch, threshold=threshold, ready=False, rest=None)


def rested(watch: Watch, rules: SenseRules, now_ms: float) -> Watch:
    """Return what is known when a rest recording begins; the threshold before it is gone."""
    rest = Rest(until_ms=now_ms + 1000.0 * rules.rest_s, count=0, mean=0.0, squares=0.0)
    return replace(watch, rest=rest, threshold=None, baseline=None, ready=False)


def _in_block(watch: Watch, moment: Moment) -> Watch:
    if moment.block in (0, watch.block):
        return watch
    return replace(watch, block=moment.block, count=0, told=frozenset())


def _deafened(sensing: Sensing, watch: Watch, moment: Moment) -> Watch:
    until_ms = watch.deaf_until_ms
    if moment.output:
        until_ms = moment.now_ms + sensing.blanking_ms
    blanked = moment.now_ms < until_ms
    if blanked is not watch.blanked:  # nothing that was heard deaf reaches a decision
        watch = replace(watch, smooth=FRESH, ready=False)
    return replace(watch, deaf_until_ms=until_ms, blanked=blanked)


def _unheard(rules: SenseRules, watch: Watch, moment: Moment) -> Watch:
    if moment.now_ms - watch.heard_ms <= 1000.0 * rules.stale_s:
        return watch
    return replace(_lost(watch), why=watch.why or "nothing arrives")


def _lost(watch: Watch) -> Watch:
    """After a gap everything begins anew; a rest recording with a gap is none."""
    baseline = watch.baseline if watch.rest is None else broken_off(GAP)
    return replace(watch, smooth=FRESH, level=None, ready=False, rest=None, baseline=baseline)


def _resting(sensing: Sensing, watch: Watch, magnitudes: Sequence[float], moment: Moment) -> Watch:
    """A rest recording goes on, ends, or is broken off; meanwhile nothing is triggered."""
    if watch.blanked or watch.rest is None:
        return replace(watch, rest=None, baseline=broken_off(PULSES))
    rest = noted(watch.rest, magnitudes)
    if moment.now_ms < rest.until_ms:
        return replace(watch, rest=rest)
    baseline = concluded(sensing, rest)
    return replace(watch, rest=None, baseline=baseline, threshold=baseline.threshold)


def _unusable(rules: SenseRules, values: Sequence[float], rate_hz: float) -> str:
    if not all(-LARGEST <= value <= LARGEST for value in values):  # so NaN is refused too
        return "values that no sensor shows"
    most = max(FEW_SAMPLES, math.ceil(rules.burst_s * (rate_hz or IRREGULAR_HZ)))
    return "samples arrive in heaps" if len(values) > most else ""


def _crossed(
    sensing: Sensing,
    watch: Watch,
    samples: Sequence[Sample],
    levels: Sequence[float | None],
    moment: Moment,
) -> tuple[Watch, tuple[Onset, ...]]:
    if watch.threshold is None:
        return watch, ()
    sign = 1.0 if sensing.crossing is Crossing.ABOVE else -1.0
    passes = sign * watch.threshold
    ready, told = watch.ready, watch.told
    found: list[Onset] = []
    for sample, level in zip(samples, levels, strict=True):
        if level is None:
            continue
        if sign * level < passes - sensing.hysteresis:
            ready = True
        elif ready and sign * level > passes:
            ready = False
            refused = _refused(sensing, watch, moment, bool(found))
            if moment.block and refused not in told:
                told |= {refused} if refused else frozenset()
                found.append(
                    Onset(
                        at_ms=moment.now_ms,
                        stream_s=sample.stream_s,
                        level=level,
                        threshold=watch.threshold,
                        refused=refused,
                    )
                )
    return replace(watch, ready=ready, told=told), tuple(found)


def _refused(sensing: Sensing, watch: Watch, moment: Moment, again: bool) -> str:
    if watch.blanked:
        return "blanked"
    if watch.count >= sensing.repetitions:
        return "cap reached"
    since_ms = math.inf if watch.taken_ms is None else moment.now_ms - watch.taken_ms
    return "refractory" if again or since_ms < 1000.0 * sensing.refractory_s else ""
