"""Real LSL streams over the loopback: found, read, lost, found again, and never waited for."""

import itertools
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from rheobase.session import lsl
from rheobase.simulated import cast

pytestmark = pytest.mark.oracle
EMULATE = "import sys; sys.argv = ['rheobase', 'emulate', 'lsl-emg', '--json', *sys.argv[1:]]; " + (
    "from rheobase.cli import main; main()"
)
LOOPBACK = """[multicast]
ResolveScope = machine
ListenAddress = 127.0.0.1
[lab]
KnownPeers = {127.0.0.1}
"""


@pytest.fixture(autouse=True)
def only_the_loopback(tmp_path, monkeypatch):
    path = tmp_path / "lsl_api.cfg"
    path.write_text(LOOPBACK + f"SessionID = test-{os.getpid()}\n", "utf-8")
    monkeypatch.setenv("LSLAPICFG", str(path))


@contextmanager
def emulated(*options):
    with subprocess.Popen(
        [sys.executable, "-c", EMULATE, *options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield json.loads(process.stdout.readline())["sensor"]
        finally:
            process.terminate()


def until(source, condition, seconds=30.0):
    end, heard, spent = time.monotonic() + seconds, [], []
    while time.monotonic() < end:
        began = time.perf_counter()
        arrived = source.take(0.0, False)
        spent.append(time.perf_counter() - began)
        heard += arrived.samples
        if condition(arrived, heard):
            return arrived, heard, sorted(spent)[int(0.95 * len(spent))]
        time.sleep(0.02)
    raise AssertionError(f"it did not come about: {arrived}")


def test_a_stream_is_found_by_name_read_lost_and_found_again(tmp_path):
    scenario = tmp_path / "child.json"
    faults = [{"kind": "clock jump", "at_s": 2.5, "lasts_s": 0.5}]
    child = {"first_s": 1.0, "lasts_s": 1.0, "every_s": 3.0, "faults": faults}
    scenario.write_text(json.dumps(child), "utf-8")
    source = lsl.opened({"name": "Invented EMG"}, cast.SENSING)
    try:
        until(source, lambda arrived, _: "No LSL stream has name" in arrived.why)
        with emulated("--scenario", str(scenario)) as sensor:
            assert sensor == "lsl:name=Invented EMG"
            arrived, heard, take_s = until(source, lambda _, heard: len(heard) >= 1500)
            assert (arrived.stream, arrived.rate_hz, arrived.why) == ("Invented EMG", 500.0, "")
            assert max(abs(sample.value) for sample in heard) < 400.0
            size = [abs(sample.value) for sample in heard]
            means = [sum(size[n : n + 100]) / 100.0 for n in range(0, len(size) - 100, 50)]
            assert max(means) > 20.0  # the child tries, in microvolts
            assert min(means) < 5.0
            assert take_s < 0.01  # the 95th of a hundred
            jumps = [b.stream_s - a.stream_s for a, b in itertools.pairwise(heard)]
            assert max(jumps) > 1e5
            assert min(jumps) < -1e5
        until(source, lambda arrived, _: arrived.stream == "" and arrived.why)
        with emulated():
            until(source, lambda arrived, heard: len(heard) >= 100 and not arrived.why)
    finally:
        source.close()


OUTLET = """
import pylsl, time
outlets = []
for name, unit in (("Left", "millivolts"), ("Right", None)):
    info = pylsl.StreamInfo(name, "EMG", 2, 200.0, "float32", "test-" + name)
    if unit:
        info.set_channel_units([unit, unit])
    outlets.append(pylsl.StreamOutlet(info))
print("ready", flush=True)
while True:
    for outlet in outlets:
        outlet.push_sample([1.0, 0.02])
    time.sleep(0.005)
"""


def test_what_is_ambiguous_has_no_unit_or_no_such_channel_is_refused_in_words():
    with subprocess.Popen(
        [sys.executable, "-c", OUTLET], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        said = {
            "Several LSL streams": {"type": "EMG"},
            "names no unit": {"name": "Right"},
            "2 channels, not 3": {"name": "Left", "channel": "3"},
        }
        try:
            for words, options in said.items():
                source = lsl.opened(options, cast.SENSING)
                try:
                    until(source, lambda arrived, _, words=words: words in arrived.why)
                finally:
                    source.close()
            source = lsl.opened({"name": "Left", "channel": "2"}, cast.SENSING)
            try:
                _, heard, _ = until(source, lambda _, heard: len(heard) >= 50)
                assert heard[-1].value == pytest.approx(20.0, rel=1e-6)  # 0.02 mV
            finally:
                source.close()
        finally:
            process.kill()
