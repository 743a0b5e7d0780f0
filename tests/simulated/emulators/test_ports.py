"""Emulated units on real pseudo-terminals: faults at frames and times, and the port that goes away."""

import os
import threading
import time
from pathlib import Path

import pytest
import serial

from rheobase.simulated.emulators import Fault, Scenario, emulator, read_log
from rheobase.simulated.emulators._wire import Wire

pytestmark = pytest.mark.usefixtures("punctually")


class Host:
    """A plain serial port and the foreign end of the wire."""

    def __init__(self, port, wide):
        self.serial = serial.Serial(port, 460800, parity="E", timeout=0.01)
        self.wire, self.ears = Wire(wide=wide), Wire(wide=wide)

    def say(self, number, command, data=b""):
        self.serial.write(self.wire.frame(number, command, data))

    def hears(self, for_s=0.15):
        heard, end_s = [], time.monotonic() + for_s
        while time.monotonic() < end_s:
            heard += self.ears.feed(self.serial.read(200))
        return [(one.number, one.command) for one in heard]


def asked(faults, tmp_path, count=3):
    """Ask for the status some times; return the answers to each."""
    behaviour = Scenario(faults=tuple(Fault(**fault) for fault in faults))
    with emulator("sciencemode34", behaviour, tmp_path) as unit:
        host = Host(unit.port, wide=True)
        answers = []
        for n in range(1, count + 1):
            host.say(n, 62)
            answers.append(host.hears())
        host.serial.close()
    return answers


def test_without_faults_every_question_has_its_answer(tmp_path):
    assert asked([], tmp_path) == [[(1, 63)], [(2, 63)], [(3, 63)]]


@pytest.mark.parametrize(
    ("fault", "answers"),
    [
        ({"what": "reply lost"}, [[(1, 63)], [], [(3, 63)]]),
        ({"what": "request lost", "count": 2}, [[(1, 63)], [], []]),
        ({"what": "bit flip"}, [[(1, 63)], [(-1, -1)], [(3, 63)]]),
        ({"what": "duplicate"}, [[(1, 63)], [(2, 63), (2, 63)], [(3, 63)]]),
        ({"what": "late", "late_ms": 200}, [[(1, 63)], [], [(2, 63), (3, 63)]]),
        ({"what": "reorder"}, [[(1, 63)], [], [(3, 63), (2, 63)]]),
        ({"what": "busy"}, [[(1, 63)], [(2, 63)], [(3, 63)]]),
    ],
)
def test_a_fault_hits_the_frame_it_is_meant_for(fault, answers, tmp_path):
    found = asked([{**fault, "at_frame": 2}], tmp_path)
    if fault["what"] == "bit flip":  # a flipped head or tail may also hide the frame altogether
        assert found[1] in ([(-1, -1)], [])
        found[1] = answers[1]
    if fault["what"] == "late":  # which of the two comes first is not promised
        found[2].sort()
    assert found == answers


def test_a_command_during_another_is_answered_as_busy(tmp_path):
    with emulator("sciencemode34", Scenario(latency_ms=(60.0, 60.0)), tmp_path) as unit:
        host = Host(unit.port, wide=True)
        host.say(1, 62)
        host.say(2, 62)
        assert host.hears() == [(2, 63), (1, 63)]
        assert [e.what for e in unit.log.of("sent")] == [
            "Get_stim_status_ack 21",
            "Get_stim_status_ack 0",
        ]
        host.serial.close()


def test_a_port_that_vanishes_comes_back_under_its_name(tmp_path):
    behaviour = Scenario(faults=(Fault(what="vanish", at_s=0.2, for_s=0.3),))
    with emulator("sciencemode2", behaviour, tmp_path) as unit:
        host = Host(unit.port, wide=False)
        with pytest.raises((OSError, serial.SerialException)):
            host.hears(5.0)
        assert not os.path.lexists(unit.port)
        host.serial.close()
        time.sleep(0.4)
        host = Host(unit.port, wide=False)
        assert 1 in [command for _, command in host.hears(0.7)]
        host.serial.close()
    assert not os.path.lexists(unit.port)


def test_the_log_of_another_process_can_be_read_while_it_is_written(tmp_path):
    path = tmp_path / "log.jsonl"
    with emulator("sciencemode2", Scenario(), tmp_path, path) as unit:
        host = Host(unit.port, wide=False)
        host.hears(0.2)
        host.serial.close()
        with path.open("a") as file:
            file.write('{"at_s": 1')
        assert [entry.what for entry in read_log(path).of("sent")][:1] == ["Init"]


def test_an_emulated_unit_with_a_defect_takes_its_port_away_and_says_so(tmp_path, monkeypatch):
    with emulator("sciencemode34", Scenario(), tmp_path) as unit:
        assert unit.alive
        monkeypatch.setattr(threading, "excepthook", lambda _: None)
        monkeypatch.setattr(unit._port, "forget_settings", lambda: 1 / 0)
        unit._thread.join(2.0)
        assert not unit.alive
        assert not Path(unit.port).exists()
