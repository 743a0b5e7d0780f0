"""The supervisor as a process: what it promises when things break. Real processes, real signals."""

import asyncio
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from rheobase.session.messages import (
    Arm,
    CheckUnit,
    ClearFault,
    Done,
    OpenUnit,
    Pause,
    Refused,
    Run,
    Stage,
    Tick,
)
from rheobase.stimulus import seal, to_plain
from tests.safety.cast import alone, plan
from tests.session.bench import KEY, after_halt, bench, frames_of

ROOT = Path(__file__).parents[2]
STOP_WITHIN_S = 0.15  # from the request to the last unit's halt
DEAD_WITHIN_S = 0.3  # from the death of the session to the stop frame


# --- the session dies ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_when_the_session_dies_or_freezes_every_unit_is_halted_in_300_ms(how, tmp_path):
    frames = tmp_path / "frames"
    session = subprocess.Popen([sys.executable, "-m", "tests.session.bench", frames], cwd=ROOT)
    try:
        pid_file = Path(f"{frames}.pid")
        deadline = time.monotonic() + 15.0
        while not (pid_file.exists() and pid_file.read_text("ascii")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.1)
        died_s = time.monotonic()
        session.send_signal(how)
        time.sleep(0.6)
    finally:
        session.kill()
        session.wait()
    seen = frames_of(frames)
    assert any(ma == 1.0 for _, what, ma in seen if what == "set")
    halted_s = after_halt(seen)[0][0]
    assert 0.0 < halted_s - died_s < DEAD_WITHIN_S
    assert {what for _, what, _ in after_halt(seen)} == {"halt"}
    deadline = time.monotonic() + 3.0
    while _alive(int(pid_file.read_text("ascii"))):  # the supervisor ends with its session
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def test_frozen_ticks_are_a_hard_fault(tmp_path):
    async def story():
        async with bench() as one:
            await one.ready(frames=tmp_path / "f")
            await one.run_up_to(0.5)
            one.ticking = False
            quiet_s = time.monotonic()
            await one.until(one.troubles)
            assert one.troubles() == [("", "heartbeat", True)]
            assert {one.stage(slot) for slot in "AB"} == {Stage.FAULT}
            await one.until(lambda: one.last_ma("A") == one.last_ma("B") == 0.0)
            assert after_halt(frames_of(tmp_path / "f"))[0][0] - quiet_s < DEAD_WITHIN_S
            one.ticking = True
            one.wishes = {"A": 0.1, "B": 0.1}
            await asyncio.sleep(0.3)
            assert {w for _, w, _ in after_halt(frames_of(tmp_path / "f"))} == {"halt"}

    asyncio.run(story())


def test_an_old_or_repeated_tick_is_no_heartbeat():
    async def story():
        async with bench() as one:
            await one.ready()
            await one.run_up_to(0.3)
            one.ticking = False
            stale = Tick(n=one.n, wishes=one.all_wishes(), console_age_ms=0.0)
            for _ in range(15):
                one.link.tick(stale)
                await asyncio.sleep(0.02)
            assert one.troubles() == [("", "heartbeat", True)]

    asyncio.run(story())


def test_a_fault_is_left_by_two_actions_and_then_everything_begins_again():
    async def story():
        async with bench() as one:
            await one.ready()
            await one.run_up_to(0.3)
            one.ticking = False
            await one.until(one.troubles)
            one.ticking = True
            one.wishes = {}
            await asyncio.sleep(0.1)
            assert isinstance(await one.ask(Run), Refused)
            for slot in "AB":
                assert isinstance(await one.ask(ClearFault, slot=slot, step=2), Refused)
                assert isinstance(await one.ask(ClearFault, slot=slot, step=1), Done)
                assert isinstance(await one.ask(CheckUnit, slot=slot), Refused)
                assert isinstance(await one.ask(ClearFault, slot=slot, step=2), Done)
                assert isinstance(await one.ask(CheckUnit, slot=slot), Done)
            assert isinstance(await one.ask(Arm, sealed=to_plain(seal(plan(), KEY))), Done)
            await one.run_up_to(0.3)

    asyncio.run(story())


# --- the console goes quiet ---------------------------------------------------------------------


def test_when_the_console_goes_the_output_ramps_down_and_stays_down(tmp_path):
    async def story():
        async with bench() as one:
            await one.ready(frames=tmp_path / "f")
            await one.run_up_to(1.0)
            one.console_s = time.monotonic() - 2.7
            one.console = False
            gone_s = one.console_s
            await one.until(lambda: one.stage("A") is one.stage("B") is Stage.PAUSED)
            paused_s = time.monotonic()
            assert 3.0 < paused_s - gone_s < 4.5
            frames = [(t, ma) for t, what, ma in frames_of(tmp_path / "f") if what == "set"]
            falls = [t for (_, a), (t, b) in pairwise(frames) if b < a]
            assert falls[0] - gone_s < 3.5
            assert len(falls) >= 8  # a ramp, not a step
            assert one.last_ma("A") == one.last_ma("B") == 0.0
            assert ("A", "console quiet", False) in one.troubles()
            assert isinstance(await one.ask(Run), Refused)
            await asyncio.sleep(0.4)
            later = frames_of(tmp_path / "f")
            assert not [1 for t, what, _ in later if what == "renew" and t > gone_s + 3.1]
            # nobody renews a unit without a console: its watchdog ends it, and so do we
            await one.until(lambda: one.stage("A") is Stage.OFF)
            one.console = True
            await asyncio.sleep(0.1)
            assert isinstance(await one.ask(Run), Refused)

    asyncio.run(story())


def test_a_pause_ramps_down_over_a_second_and_running_goes_on_from_there(tmp_path):
    async def story():
        async with bench() as one:
            await one.ready(frames=tmp_path / "f")
            await one.run_up_to(0.5)
            began_s = time.monotonic()
            assert isinstance(await one.ask(Pause), Done)
            assert isinstance(await one.ask(Pause), Done)
            assert isinstance(await one.ask(Run), Refused)  # not before it has reached 0
            await one.until(lambda: one.stage("A") is Stage.PAUSED)
            assert 0.8 < time.monotonic() - began_s < 1.6
            await one.until(lambda: one.last_ma("B") == 0.0)
            one.wishes = {}
            await asyncio.sleep(1.5)  # longer than the watchdog: it is kept alive at 0 mA
            assert one.stage("A") is Stage.PAUSED
            await one.run_up_to(0.4)
            assert not one.troubles()

    asyncio.run(story())


# --- stop ---------------------------------------------------------------------------------------


def test_a_stop_silences_every_unit_in_150_ms_from_every_state(tmp_path):
    async def story():
        async with bench() as one:
            assert isinstance(await one.link.stop(), Done)  # nothing is open
            await one.ask(OpenUnit, slot="A", make="virtual", address="a")
            assert isinstance(await one.link.stop(), Done)
            assert one.stage("A") is Stage.OFF
            for turn in range(5):
                await one.ready(frames=tmp_path / "f", latency_ms=15)
                await one.run_up_to(0.4)
                asked_s = time.monotonic()
                done = await one.link.stop()
                assert done.detail == {"A": True, "B": True}
                assert time.monotonic() - asked_s < STOP_WITHIN_S
                assert {one.stage(slot) for slot in "AB"} == {Stage.OFF}
                assert one.last_ma("A") == one.last_ma("B") == 0.0  # proved in the journal
                frames = frames_of(tmp_path / "f")
                last = max(t for t, what, ma in frames if what == "set" and ma > 0.0)
                assert last - asked_s < STOP_WITHIN_S
                assert turn or not one.troubles()
                one.wishes = {}

    asyncio.run(story())


def test_a_stop_is_carried_out_before_what_was_asked_earlier():
    async def story():
        async with bench() as one:
            await one.link.stop()  # it has started
            slow, queued = (
                asyncio.create_task(
                    one.ask(OpenUnit, slot=slot, make="virtual", address="x?latency_ms=100")
                )
                for slot in "AB"
            )
            await asyncio.sleep(0.03)
            asked_s = time.monotonic()
            assert isinstance(await one.link.stop(), Done)
            assert time.monotonic() - asked_s < STOP_WITHIN_S
            assert isinstance(await slow, Refused)
            assert (await queued).reasons == ("A stop came first.",)

    asyncio.run(story())


def test_a_stop_while_arming_leaves_nothing_armed(tmp_path):
    async def story():
        async with bench() as one:
            for slot in "AB":
                address = f"{slot}?latency_ms=200&frames={tmp_path / 'f'}"
                await one.ask(OpenUnit, slot=slot, make="virtual", address=address)
                await one.ask(CheckUnit, slot=slot)
            arming = asyncio.create_task(one.ask(Arm, sealed=to_plain(seal(plan(), KEY))))
            await asyncio.sleep(0.3)  # A is armed, B is not yet
            await one.link.stop()
            assert isinstance(await arming, Refused)
            await asyncio.sleep(0.3)
            assert not any(one.stage(slot) in (Stage.ARMED, Stage.RUNNING) for slot in "AB")
            assert isinstance(await one.ask(Run), Refused)

    asyncio.run(story())


def test_a_unit_that_cannot_be_halted_is_named():
    async def story():
        async with bench() as one:
            await one.ready(alone(), faults="deaf@0")
            await one.run_up_to(0.3, "A")
            done = await one.link.stop()
            assert done.detail == {"A": False}
            assert ("A", "link", True) in one.troubles()
            assert one.last_ma("A") > 0.0  # nobody says that it is silent
            assert "Switch it off at the unit" in one.reports[-2].reasons[0]

    asyncio.run(story())
