"""A session is opened with the sensor its plan names, and with no other."""

import asyncio
import json
import sys
import time
from dataclasses import replace

import pytest

from rheobase.errors import BadInput, Unavailable
from rheobase.session import lsl
from rheobase.session.lsl import LslSource
from rheobase.session.lsl_reader import factor
from rheobase.session.sensor import named, opened_source
from rheobase.session.summary import summary
from rheobase.simulated import cast, lsl_emg
from rheobase.simulated.desk import SENSORS, opened_here
from rheobase.simulated.emg import (
    EmgFault,
    EmgScenario,
    InventedEmg,
    TrainingSource,
    read_scenario,
)
from rheobase.stimulus import Segment, Signal

VIRTUAL = frozenset({"virtual"})


def test_a_source_is_named_by_its_kind_and_options():
    assert named("lsl:name=Left leg,channel=2") == ("lsl", {"name": "Left leg", "channel": "2"})
    assert named("training") == ("training", {})
    with pytest.raises(BadInput, match="KIND:KEY=VALUE"):
        named("lsl:EMG")


def test_an_invented_sensor_never_starts_a_real_unit():
    source = opened_source("training", cast.SENSING, SENSORS, VIRTUAL)
    assert source.invented
    for makes in ({"rehamove3"}, {"virtual", "manual"}):
        with pytest.raises(BadInput, match="never start a real unit"):
            opened_source("training", cast.SENSING, SENSORS, frozenset(makes))


def test_a_plan_with_a_sensor_is_not_opened_without_one_nor_the_reverse():
    assert opened_source("", None, SENSORS, VIRTUAL) is None
    with pytest.raises(BadInput, match="none was named"):
        opened_source("", cast.SENSING, SENSORS, VIRTUAL)
    with pytest.raises(BadInput, match="not started by a sensor"):
        opened_source("training", None, SENSORS, VIRTUAL)
    with pytest.raises(BadInput, match="lsl, training"):
        opened_source("telepathy:strong=yes", cast.SENSING, SENSORS, VIRTUAL)


def test_without_pylsl_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(lsl.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match=r"rheobase\[lsl\]"):
        lsl.opened({"type": "EMG"}, cast.SENSING)
    with pytest.raises(Unavailable, match=r"rheobase\[lsl\]"):
        lsl_emg.serve(EmgScenario(), "x", lambda _: True, lambda: None)


@pytest.mark.parametrize(
    "options", [{}, {"name": "a", "type": "b"}, {"colour": "red"}, {"type": "EMG", "channel": "x"}]
)
def test_an_lsl_stream_is_named_by_exactly_one_property(monkeypatch, options):
    monkeypatch.setattr(lsl.importlib.util, "find_spec", lambda name: True)
    with pytest.raises(BadInput):
        lsl.opened(options, cast.SENSING)


def test_units_of_streams_are_converted_and_never_guessed():
    assert factor("microvolts", "µV") == 1.0
    assert factor("mV", "µV") == 1000.0
    assert factor("Volts", "µV") == 1e6
    assert factor("degrees", "°") == 1.0
    assert factor("deg/s", "°/s") == 1.0
    for unit in ("", "furlongs"):
        with pytest.raises(BadInput, match="Add it where the sensor is named"):
            factor(unit, "µV")
    with pytest.raises(BadInput, match="the plan needs °"):
        factor("mV", "°")


def source_of(monkeypatch, program):
    """A source whose reader is another program."""
    popen = lsl.subprocess.Popen
    monkeypatch.setattr(
        lsl.subprocess, "Popen", lambda _, **more: popen([sys.executable, "-c", program], **more)
    )
    return LslSource([])


def until(source, condition, seconds=15.0):
    end, heard = time.monotonic() + seconds, []
    while time.monotonic() < end:
        arrived = source.take(0.0, False)
        heard += arrived.samples
        if condition(arrived, heard):
            return arrived, heard
        time.sleep(0.01)
    raise AssertionError(f"it did not come about: {arrived}")


def test_what_the_reader_says_arrives_also_where_it_is_no_number(monkeypatch):
    program = (
        "import time\n"
        'print(\'{"stream": "Leg", "rate_hz": 500.0}\', flush=True)\n'
        "print('{\"s\": [[1.0, 2.5], [1.1, NaN]]}', flush=True)\n"
        "print('nonsense', flush=True)\n"
        "time.sleep(60)"
    )
    source = source_of(monkeypatch, program)
    try:
        arrived, heard = until(source, lambda arrived, heard: "nobody understands" in arrived.why)
        assert (arrived.stream, arrived.rate_hz) == ("Leg", 500.0)
        assert heard[0].value == 2.5
        assert heard[1].value != heard[1].value
    finally:
        source.close()


@pytest.mark.parametrize(
    "line", ['{"stream": "x", "rate_hz": NaN}', '{"s": [[0, "loud"]]}', '{"s": 3}', "[]", "{"]
)
def test_a_line_that_is_none_of_ours_is_said_and_brings_no_sample(monkeypatch, line):
    source = source_of(monkeypatch, f"import time; print({line!r}, flush=True); time.sleep(60)")
    try:
        arrived, heard = until(source, lambda arrived, _: "nobody understands" in arrived.why)
        assert heard == []
        assert arrived.rate_hz == 0.0
    finally:
        source.close()


def test_a_reader_that_falls_is_said_and_started_again(monkeypatch):
    monkeypatch.setattr(lsl, "AGAIN_S", 0.05)
    source = source_of(monkeypatch, "print('{\"s\": [[1.0, 2.5]]}', flush=True)")
    try:
        until(source, lambda arrived, heard: len(heard) >= 2)
        until(source, lambda arrived, heard: arrived.why == lsl.FELL and arrived.stream == "")
    finally:
        source.close()


def test_a_reader_that_hangs_never_makes_the_session_wait(monkeypatch):
    source = source_of(monkeypatch, "import time; time.sleep(60)")
    spent = []
    for _ in range(50):
        began = time.perf_counter()
        assert source.take(0.0, False).samples == ()
        spent.append(time.perf_counter() - began)
    assert sorted(spent)[25] < 0.01
    began = time.perf_counter()
    source.close()
    assert time.perf_counter() - began < 1.0


def test_the_same_seed_is_the_same_child():
    def heard(seed):
        emg = InventedEmg(EmgScenario(seed=seed))
        return [s.value for n in range(1, 200) for s in emg.until(n * 0.02)]

    assert heard(4) == heard(4)
    assert heard(4) != heard(5)
    assert len(heard(4)) == 1990


def test_a_child_that_tries_is_stronger_than_one_that_rests():
    emg = InventedEmg(EmgScenario(first_s=1.0, lasts_s=1.0, every_s=5.0))
    values = [abs(s.value) for n in range(1, 150) for s in emg.until(n * 0.02)]
    rest, effort = values[:490], values[510:990]
    assert sum(effort) / len(effort) > 8.0 * sum(rest) / len(rest)


@pytest.mark.parametrize("kind", ["silence", "not a number", "clock jump", "saturation"])
def test_faults_come_on_their_script(kind):
    emg = InventedEmg(EmgScenario(faults=(EmgFault(kind=kind, at_s=0.1, lasts_s=0.1),)))
    samples = [s for n in range(1, 20) for s in emg.until(n * 0.02)]
    assert {
        "silence": len(samples) == 140,
        "not a number": sum(s.value != s.value for s in samples) == 50,
        "clock jump": sum(s.stream_s > 1e5 for s in samples) == 50,
        "saturation": sum(s.value == 5000.0 for s in samples) == 50,
    }[kind]


def test_an_invented_angle_moves_the_way_that_was_signed():
    emg = InventedEmg(EmgScenario(first_s=0.5, effort=30.0), Signal.ANGLE)
    values = [s.value for n in range(1, 60) for s in emg.until(n * 0.02)]
    assert max(values) > 25.0


def test_a_session_follows_the_efforts_of_an_invented_child():
    """In this process, over a real supervisor and a virtual unit, with the artefact of every pulse."""
    unit = cast.order("A", "tibialis_anterior", Segment.SHANK, ceiling_ma=2.0)
    plan = cast.quick(cast.mila((unit,)), on_s=1.0, off_s=0.5, repetitions=1)
    signed = cast.by_sensor(plan, replace(cast.SENSING, refractory_s=1.0, repetitions=1))
    child = EmgScenario(first_s=0.0, every_s=0.9, jitter_s=0.0, lasts_s=0.3)
    openers = {
        "quick": lambda _options, _sensing: TrainingSource(InventedEmg(child), child.rate_hz)
    }

    async def play():
        async with opened_here(signed, sensor="quick") as (live, desk):
            await desk.press("checklist")
            await desk.press("skin", score=0)
            await desk.press("pads")
            await desk.press("behaviour", score=0)
            await desk.press("found", "A")
            await desk.press("louder", "A")
            await desk.press("threshold", value=20.0)
            await desk.press("start")
            for _ in range(30):
                shown = await desk.look(0.2)
                if not shown["block_running"]:
                    break
            return live.journal.read()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("rheobase.simulated.desk.SENSORS", openers)
        events = asyncio.run(play())
    triggers = [e for e in events if e.kind == "trigger"]
    assert len(triggers) == 1
    assert sum(e.kind == "contraction" for e in events) == 1
    for trigger in triggers:
        current = next(
            e for e in events if e.seq > trigger.seq and e.kind == "confirmed" and e.confirmed_ma
        )
        assert (current.monotonic_ns - trigger.monotonic_ns) / 1e9 < 0.25
    assert next(e for e in events if e.kind == "threshold").data == {
        "threshold": 20.0,
        "by": "hand",
    }
    assert summary(events)["triggers"]["sensor"] == 1
    assert "own effort 1 time." in summary(events)["note"]


@pytest.mark.parametrize(
    "wrong", [{"rate_hz": 0.0}, {"faults": [{"kind": "tea"}]}, {"colour": 1}, {"every_s": 0.1}]
)
def test_a_scenario_that_cannot_be_is_refused(tmp_path, wrong):
    path = tmp_path / "child.json"
    path.write_text(json.dumps(wrong), "utf-8")
    with pytest.raises(BadInput):
        read_scenario(path)


def test_a_scenario_chooses_the_invented_child(tmp_path):
    path = tmp_path / "child.json"
    path.write_text('{"rate_hz": 100.0}', "utf-8")
    source = SENSORS["training"]({"scenario": str(path)}, cast.SENSING)
    assert source.take(100.0, False).rate_hz == 100.0
    with pytest.raises(BadInput, match="no option 'mood'"):
        SENSORS["training"]({"mood": "good"}, cast.SENSING)
