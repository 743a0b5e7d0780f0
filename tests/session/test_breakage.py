"""What a therapist sees when something breaks at the bedside, and the way back."""

import os
import signal
import time
from pathlib import Path

import pytest

from rheobase.errors import BadInput
from rheobase.session.events import read
from rheobase.simulated import cast
from rheobase.stimulus import Segment
from tests.session.served import Hand, any_output, make_key, of, service

PAIR = cast.quick(
    cast.mila(
        (
            cast.order("A", "quadriceps", Segment.THIGH),
            cast.order("B", "tibialis_anterior", Segment.SHANK, ceiling_ma=10.0),
        )
    ),
    on_s=30.0,
    off_s=0.5,
    repetitions=1,
)


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    make_key(home)
    with service(home) as (client, process):
        yield client, home, process


def running(client, home, options=""):
    hand = Hand(client, home, PAIR, "AB")
    hand.opening["units"][0]["address"] += options
    hand.open()
    hand.prepare()
    return hand


def on(hand):
    hand.do("louder", "B")
    hand.until(any_output)


def test_a_fault_of_one_unit_silences_all_and_is_left_by_two_actions(room):
    client, home, _ = room
    hand = running(client, home, "?faults=stop-switch@0.6")
    on(hand)
    shown = hand.until(lambda s: s["step"] == "stopped")
    assert shown["stage"] == "FAULT"
    assert shown["faults"]
    assert not any_output(hand.until(lambda s: not any_output(s)))
    with pytest.raises(BadInput, match="in two steps"):
        hand.do("checklist")
    hand.do("clear_fault", step=1)
    hand.do("clear_fault", step=2)
    hand.until(lambda s: s["stage"] == "IDENTIFIED")
    assert hand.do("checklist")["step"] == "ladder"
    assert all(one["level_ma"] == 0.0 for one in hand.shown()["slots"])
    client.stop(hand.session)
    hand.do("finish")


def test_a_killed_supervisor_is_noticed_and_a_new_one_can_be_armed(room):
    client, home, process = room
    hand = running(client, home)
    on(hand)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    shown = hand.until(lambda s: s["step"] == "stopped")
    assert "silent" in shown["faults"][0]["reasons"][0]
    assert hand.do("checklist")["step"] == "ladder"
    on(hand)
    assert of(hand.shown(), "B")["level_ma"] == 1.0
    client.stop(hand.session)
    hand.do("finish")


def test_a_frozen_service_finds_its_units_silent_when_it_wakes(room):
    client, home, process = room
    hand = running(client, home)
    on(hand)
    frozen_ns = time.monotonic_ns()
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.6)
    process.send_signal(signal.SIGCONT)
    assert hand.until(lambda s: s["step"] == "stopped")["stage"] == "FAULT"
    zero = [
        event["monotonic_ns"]
        for event in client.journal(hand.session)
        if event["kind"] == "confirmed"
        and event["slot"] == "B"
        and event["confirmed_ma"] == 0.0
        and event["monotonic_ns"] > frozen_ns
    ]
    assert (zero[0] - frozen_ns) / 1e6 < 300.0
    client.stop(hand.session)
    hand.do("finish")


def test_a_quiet_console_ramps_the_output_down_and_in_the_end_stops(room):
    client, home, _ = room
    hand = running(client, home)
    on(hand)
    hand.until(lambda s: of(s, "B")["confirmed_ma"] == 1.0)
    before_ns = time.monotonic_ns()
    client.presence(hand.session)  # the last one lies between these two moments
    after_ns = time.monotonic_ns()
    hand.watch(lambda s: not any_output(s))
    falls_ns = [
        event["monotonic_ns"]
        for event in client.journal(hand.session)
        if event["kind"] == "confirmed" and event["monotonic_ns"] > before_ns
    ]
    assert falls_ns[0] - before_ns > 2.9e9, "presence lapses after 3 s"
    assert falls_ns[0] - after_ns < 3.5e9
    assert len(falls_ns) > 3, "a ramp, not a jump"
    hand.watch(lambda s: s["step"] == "stopped")  # the unit's own watchdog ends it
    assert hand.do("checklist")["step"] == "ladder"
    client.stop(hand.session)
    hand.do("finish")


def test_a_stand_alone_unit_counts_only_with_the_therapists_word(room):
    client, home, _ = room
    hand = Hand(client, home, PAIR, "AB")
    hand.opening["units"][0]["make"] = "manual"
    hand.open()
    hand.prepare()
    hand.do("louder", "A")
    shown = hand.until(lambda s: of(s, "A")["now_ma"] == 1.0)
    assert of(shown, "A")["confirmed_ma"] == 0.0
    hand.do("confirm_manual", "A")
    hand.until(lambda s: of(s, "A")["confirmed_ma"] == 1.0)
    hand.do("quieter", "A")
    hand.until(lambda s: of(s, "A")["confirmed_ma"] == 0.0)
    with pytest.raises(BadInput, match="set from here"):
        hand.do("confirm_manual", "B")
    with pytest.raises(BadInput, match="turn it off"):  # the dial stands above the ceiling
        hand.do("confirm_manual", "A", amplitude_ma=21.0)
    assert hand.until(lambda s: s["step"] == "stopped")["stage"] == "FAULT"
    client.stop(hand.session)
    hand.do("finish")


def test_a_service_that_is_asked_to_end_silences_and_closes_its_journals(tmp_path):
    home = tmp_path / "home"
    make_key(home)
    with service(home) as (client, process):
        hand = running(client, home)
        on(hand)
        process.terminate()
        process.wait(5.0)
    reading = read(home / "journals" / f"{hand.session}.journal")
    assert not reading.interrupted
    assert any(event.kind == "stop" for event in reading.events)
    assert [e.confirmed_ma for e in reading.events if e.kind == "confirmed"][-1] == 0.0
