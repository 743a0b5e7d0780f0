"""A sensor says *now* only for a contraction that begins, seen through our own silence."""

import itertools
import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import BadInput
from rheobase.session.sense_rules import sense_rules
from rheobase.session.trigger import (
    Arrived,
    Moment,
    Sample,
    rested,
    taken,
    unwatched,
    watched,
    with_threshold,
)
from rheobase.stimulus import Crossing, Sensing, Signal

TICK_MS = 20.0
RATE_HZ = 500.0
EACH = int(RATE_HZ * TICK_MS / 1000.0)
ENVELOPE = Sensing(
    signal=Signal.EMG_ENVELOPE,
    crossing=Crossing.ABOVE,
    threshold_low=10.0,
    threshold_high=200.0,
    hysteresis=5.0,
    k_sd=3.0,
    blanking_ms=250.0,
    refractory_s=4.0,
    repetitions=5,
)
RAW = replace(ENVELOPE, signal=Signal.RAW_EMG)
RULES = sense_rules()


class Bench:
    """Feeds a signal tick by tick, and takes every trigger that is not refused."""

    def __init__(self, sensing=ENVELOPE, threshold=40.0):
        self.sensing, self.now_ms, self.block = sensing, 0.0, 1
        self.watch = unwatched()
        if threshold is not None:
            self.watch = with_threshold(sensing, self.watch, threshold)
        self.onsets, self.stream_s = [], lambda: self.now_ms / 1000.0

    def tick(self, values=(), *, output=False, rate_hz=RATE_HZ):
        self.now_ms += TICK_MS
        samples = tuple(Sample(stream_s=self.stream_s(), value=v) for v in values)
        arrived = Arrived(samples=samples, rate_hz=rate_hz, stream="test", why="")
        moment = Moment(now_ms=self.now_ms, output=output, block=self.block)
        self.watch, found = watched(self.sensing, RULES, self.watch, arrived, moment)
        for onset in found:
            if not onset.refused:
                self.watch = taken(self.watch, self.now_ms)
        self.onsets += found
        return found

    def hold(self, level, seconds, **more):
        for _ in range(round(seconds * 1000.0 / TICK_MS)):
            self.tick([level] * EACH, **more)

    @property
    def triggers(self):
        return [onset for onset in self.onsets if not onset.refused]

    @property
    def refused(self):
        return [onset.refused for onset in self.onsets if onset.refused]


def test_a_contraction_that_begins_triggers_once_however_long_it_is_held():
    bench = Bench()
    bench.hold(5.0, 1.0)
    bench.hold(90.0, 30.0)
    assert len(bench.triggers) == 1
    assert 40.0 < bench.triggers[0].level <= 90.0


def test_it_triggers_within_the_window_after_the_onset():
    bench = Bench()
    bench.hold(5.0, 1.0)
    began_ms = bench.now_ms
    bench.hold(90.0, 1.0)
    assert 0.0 < bench.triggers[0].at_ms - began_ms <= RULES.window_ms + TICK_MS


def test_who_is_tense_when_the_block_begins_must_let_go_first():
    bench = Bench()
    bench.hold(90.0, 5.0)
    assert bench.onsets == []
    bench.hold(38.0, 2.0)  # under the threshold, but not far enough under it
    bench.hold(90.0, 2.0)
    assert bench.onsets == []
    bench.hold(20.0, 2.0)
    bench.hold(90.0, 2.0)
    assert len(bench.triggers) == 1


def test_between_two_triggers_lies_the_refractory_time():
    bench = Bench()
    for _ in range(12):
        bench.hold(5.0, 0.5)
        bench.hold(90.0, 0.5)
    times_ms = [onset.at_ms for onset in bench.triggers]
    assert all(b - a >= 4000.0 for a, b in itertools.pairwise(times_ms))
    assert len(times_ms) == 3
    assert "refractory" in bench.refused


@pytest.mark.parametrize(("rest_s", "taken_too"), [(3.5, False), (3.7, True)])
def test_the_refractory_time_is_kept_to_the_tick(rest_s, taken_too):
    bench = Bench()
    bench.hold(5.0, 0.5)
    bench.hold(90.0, 0.4)
    bench.hold(5.0, rest_s)
    bench.hold(90.0, 0.2)
    assert len(bench.triggers) == 1 + taken_too


def test_two_efforts_that_arrive_at_once_are_one_trigger():
    bench = Bench()
    bench.hold(5.0, 1.0)
    bench.tick([5.0] * 4 + [90.0] * 4 + [5.0] * 4 + [90.0] * 4, rate_hz=0.0)
    assert [onset.refused for onset in bench.onsets] == ["", "refractory"]


def test_what_is_refused_is_told_once_between_two_triggers():
    bench = Bench(replace(ENVELOPE, refractory_s=60.0))
    for _ in range(20):
        bench.hold(5.0, 0.5)
        bench.hold(90.0, 0.5)
    assert bench.refused == ["refractory"]


def test_no_more_triggers_than_signed_in_one_block_and_a_new_block_counts_anew():
    bench = Bench()
    for _ in range(9):
        bench.hold(5.0, 4.0)
        bench.hold(90.0, 0.5)
    assert len(bench.triggers) == 5
    assert bench.refused == ["cap reached"]
    bench.block = 2
    bench.hold(5.0, 4.0)
    bench.hold(90.0, 0.5)
    assert len(bench.triggers) == 6


def test_our_own_pulses_never_trigger_and_neither_does_what_follows_them():
    """devices.md: an unblanked artefact makes the loop run away."""
    bench = Bench()
    bench.hold(5.0, 1.0)
    bench.hold(3000.0, 3.0, output=True)
    bench.hold(3000.0, 0.2)  # the amplifier is still saturated
    bench.hold(90.0, 2.0)  # and the muscle still twitches
    assert bench.triggers == []
    bench.hold(5.0, 1.0)
    bench.hold(90.0, 1.0)
    assert len(bench.triggers) == 1


def test_an_effort_against_our_pulses_is_told_as_blanked():
    bench = Bench()
    bench.hold(5.0, 1.0)
    bench.hold(5.0, 0.5, output=True)
    bench.hold(90.0, 0.5, output=True)
    assert bench.refused == ["blanked"]


def test_what_was_heard_while_deaf_does_not_count_as_rest():
    bench = Bench()
    bench.hold(5.0, 1.0)
    bench.hold(5.0, 0.5, output=True)
    bench.hold(5.0, 0.24)  # still deaf
    bench.hold(90.0, 2.0)
    assert bench.onsets == []


def test_a_loop_of_artefacts_does_not_run_away():
    """Each trigger makes an artefact that lies far above the threshold."""
    bench, delivering_until_ms = Bench(replace(ENVELOPE, refractory_s=0.5)), 0.0
    bench.hold(5.0, 1.0)
    bench.hold(90.0, 0.2)
    for _ in range(3000):
        on = bench.now_ms < delivering_until_ms
        found = bench.tick([3000.0 if on else 20.0] * EACH, output=on)
        if any(not onset.refused for onset in found) or not delivering_until_ms:
            delivering_until_ms = bench.now_ms + 1000.0
    assert len(bench.triggers) == 1


def test_a_stream_that_falls_silent_triggers_nothing_when_it_comes_back_high():
    bench = Bench()
    bench.hold(5.0, 1.0)
    for _ in range(50):
        bench.tick()
    assert bench.watch.level is None
    assert bench.watch.why == "nothing arrives"
    bench.hold(90.0, 2.0)
    assert bench.onsets == []
    assert bench.watch.why == ""


def test_samples_that_arrive_in_a_heap_are_old_and_trigger_nothing():
    bench = Bench()
    bench.hold(5.0, 1.0)
    for _ in range(20):
        bench.tick()  # 0.4 s in which nothing arrives, shorter than stale
    bench.tick([90.0] * int(0.4 * RATE_HZ))
    assert bench.onsets == []
    assert bench.watch.why == "samples arrive in heaps"
    bench.hold(90.0, 1.0)
    assert bench.onsets == []


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, 1e308, -1e10])
def test_a_value_that_is_no_number_triggers_nothing_and_is_a_gap(wrong):
    bench = Bench()
    bench.hold(5.0, 1.0)
    bench.tick([90.0] * 5 + [wrong] + [90.0] * 4)
    bench.hold(90.0, 1.0)
    assert bench.onsets == []


def test_without_a_threshold_or_a_block_nothing_triggers():
    bench = Bench(threshold=None)
    bench.hold(5.0, 1.0)
    bench.hold(90.0, 1.0)
    assert bench.onsets == []
    bench = Bench()
    bench.block = 0
    bench.hold(5.0, 1.0)
    bench.hold(90.0, 1.0)
    bench.block = 1
    bench.hold(90.0, 1.0)
    assert bench.onsets == []


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(allow_nan=True), min_size=60, max_size=60))
def test_whatever_the_streams_clock_says_the_same_signal_triggers_the_same(times_s):
    """LSL clocks were seen to jump by 200 000 s, and back (devices.md)."""
    straight, crooked = Bench(), Bench()
    crooked.stream_s = iter(times_s * 200).__next__
    for bench in (straight, crooked):
        for level in (5.0, 90.0, 5.0, 90.0, 5.0, 90.0):
            bench.hold(level, 2.0)
    assert [o.at_ms for o in crooked.triggers] == [o.at_ms for o in straight.triggers]
    assert len(straight.triggers) >= 2


LEVELS = st.sampled_from(
    (0.0, 20.0, 34.9, 35.1, 39.0, 41.0, 90.0, 4000.0, 1e9, math.nan, math.inf, 1e308)
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(LEVELS, st.integers(0, 20), st.booleans(), st.integers(1, 40)), max_size=25)
)
def test_laws_hold_for_every_signal(pieces):
    """Refractory, cap, blanking and rearming, whatever arrives and whenever our own pulses come."""
    bench, outputs, behind = Bench(replace(ENVELOPE, repetitions=3)), [], False
    for level, each, output, ticks in pieces:
        for _ in range(ticks):
            found = bench.tick([level] * each, output=output)
            outputs += [bench.now_ms] if output else []
            for onset in found:
                if not onset.refused:
                    assert level > 40.0
                    assert behind
                    assert math.isfinite(onset.level)
                    assert all(onset.at_ms - at >= 250.0 for at in outputs)
                    behind = False
            behind = behind or (level < 40.0 and each > 0)
    times = [onset.at_ms for onset in bench.triggers]
    assert all(b - a >= 4000.0 for a, b in itertools.pairwise(times))
    assert len(times) <= 3


def test_raw_emg_is_judged_by_its_strength_not_by_its_offset():
    dice = random.Random(7)
    bench = Bench(RAW, threshold=30.0)

    def noise(uv, seconds, offset):
        for _ in range(round(seconds * 1000.0 / TICK_MS)):
            bench.tick([offset + dice.gauss(0.0, uv) for _ in range(EACH)])

    noise(4.0, 2.0, 0.0)
    noise(4.0, 2.0, 30_000.0)  # an electrode that charges up
    noise(4.0, 2.0, -30_000.0)
    bench.onsets.clear()  # the two steps themselves may pass the threshold
    noise(4.0, 5.0, -30_000.0)
    assert bench.onsets == []
    noise(80.0, 1.0, -30_000.0)
    assert len(bench.triggers) == 1


def test_an_angle_may_trigger_on_its_way_down():
    falling = replace(
        ENVELOPE,
        signal=Signal.ANGLE,
        crossing=Crossing.BELOW,
        threshold_low=-90.0,
        threshold_high=90.0,
    )
    bench = Bench(falling, threshold=-10.0)
    bench.hold(20.0, 1.0)
    bench.hold(-30.0, 1.0)
    assert len(bench.triggers) == 1
    bench.hold(-12.0, 5.0)
    bench.hold(-30.0, 1.0)
    assert len(bench.triggers) == 1


def test_the_threshold_of_the_day_lies_k_standard_deviations_above_rest():
    dice = random.Random(3)
    bench = Bench(threshold=None)
    bench.watch = rested(bench.watch, RULES, bench.now_ms)
    for _ in range(260):
        bench.tick([dice.gauss(20.0, 4.0) for _ in range(EACH)])
    baseline = bench.watch.baseline
    assert baseline.count == 2500
    assert baseline.mean == pytest.approx(20.0, abs=0.3)
    assert baseline.sd == pytest.approx(4.0, abs=0.3)
    assert bench.watch.threshold == pytest.approx(32.0, abs=1.0)


def test_a_rest_that_is_no_rest_sets_no_threshold():
    bench = Bench(threshold=None)
    bench.watch = rested(bench.watch, RULES, bench.now_ms)
    for n in range(260):
        bench.tick([300.0 if n % 2 else 10.0] * EACH)
    assert bench.watch.threshold is None
    assert "signed are 10 to 200" in bench.watch.baseline.why


@pytest.mark.parametrize("disturbed", ["gap", "pulses"])
def test_a_disturbed_rest_recording_sets_no_threshold(disturbed):
    bench = Bench()
    bench.watch = rested(bench.watch, RULES, bench.now_ms)
    bench.hold(12.0, 2.0)
    for _ in range(30):
        bench.tick([] if disturbed == "gap" else [12.0] * EACH, output=disturbed == "pulses")
    bench.hold(12.0, 6.0)
    assert bench.watch.threshold is None
    assert bench.watch.rest is None
    assert "again" in bench.watch.baseline.why


def test_during_the_rest_recording_nothing_triggers():
    bench = Bench()
    bench.hold(5.0, 1.0)
    bench.watch = rested(bench.watch, RULES, bench.now_ms)
    for _ in range(3):
        bench.hold(5.0, 0.5)
        bench.hold(90.0, 0.5)
    assert bench.onsets == []


def test_a_threshold_that_is_set_under_the_signal_starts_nothing():
    bench = Bench(threshold=100.0)
    bench.hold(60.0, 1.0)
    bench.watch = with_threshold(ENVELOPE, bench.watch, 50.0)
    bench.hold(60.0, 1.0)
    assert bench.onsets == []


def test_a_threshold_by_hand_stays_inside_what_was_signed():
    with pytest.raises(BadInput, match="between 10 and 200"):
        with_threshold(ENVELOPE, unwatched(), 9.0)
