"""What the supervisor takes: what is armed, what is wished, units in trouble, and the pipe."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from rheobase.errors import BadInput, Unavailable
from rheobase.safety import ClinicLimits
from rheobase.session.messages import (
    Arm,
    CheckUnit,
    Confirmed,
    Dial,
    Done,
    OpenUnit,
    Refused,
    Run,
    Stage,
    Tick,
    Trouble,
    UnitState,
)
from rheobase.stimulus import seal, to_plain
from tests.safety.cast import alone, plan
from tests.session.bench import KEY, after_halt, bench, frames_of

ROOT = Path(__file__).parents[2]


# --- what is armed ------------------------------------------------------------------------------


def edited(sealed):
    sealed["prescription"]["channels"][0]["ceiling_ma"] = 25.0
    return sealed


def resealed(sealed):
    return to_plain(seal(plan(), b"a key of somebody else"))


def nonsense(sealed):
    return {"prescription": 1}


def expired(sealed):
    return to_plain(seal(plan(valid_until=date(2026, 1, 1)), KEY))


def too_much(sealed):
    return to_plain(seal(plan(session_min=80.0), KEY))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edited, "changed after it was signed"),
        (resealed, "not signed in this clinic"),
        (nonsense, "sealed"),
        (expired, "ended on 2026-01-01"),
        (too_much, "session 80 exceeds 60 min"),
    ],
)
def test_only_what_was_signed_here_and_is_allowed_can_be_armed(change, words):
    async def story():
        async with bench() as one:
            for slot in "AB":
                await one.ask(OpenUnit, slot=slot, make="virtual", address=slot)
                await one.ask(CheckUnit, slot=slot)
            refused = await one.ask(Arm, sealed=change(to_plain(seal(plan(), KEY))))
            assert words in " ".join(refused.reasons)
            assert isinstance(await one.ask(Run), Refused)
            assert {one.stage(slot) for slot in "AB"} == {Stage.CHECKED}

    asyncio.run(story())


def test_arming_needs_open_checked_units_and_a_heartbeat():
    async def story():
        async with bench() as one:
            sealed = to_plain(seal(alone(), KEY))
            assert "No unit is open in slot 'A'" in (await one.ask(Arm, sealed=sealed)).reasons[0]
            await one.ask(OpenUnit, slot="A", make="virtual", address="a")
            assert "not checked" in (await one.ask(Arm, sealed=sealed)).reasons[0]
            await one.ask(CheckUnit, slot="A")
            one.ticking = False
            await asyncio.sleep(0.2)
            assert "Tick first" in (await one.ask(Arm, sealed=sealed)).reasons[0]
            one.ticking = True
            await asyncio.sleep(0.1)
            assert isinstance(await one.ask(Arm, sealed=sealed), Done)
            assert "not checked" in (await one.ask(Arm, sealed=sealed)).reasons[0]
            again = await one.ask(OpenUnit, slot="A", make="virtual", address="a")
            assert "Stop it first" in again.reasons[0]

    asyncio.run(story())


def test_the_clinics_limits_bind():
    async def story():
        async with bench(clinic=ClinicLimits(amplitude_max_ma=5.0)) as one:
            refused = await one.ready(alone())
            assert "ceiling 20 exceeds 5 mA" in refused.reasons[0]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("make", "words"), [("duet", "make='duet' is not known"), ("virtual", "cannot be read")]
)
def test_an_unknown_unit_is_refused(make, words):
    async def story():
        async with bench() as one:
            refused = await one.ask(OpenUnit, slot="A", make=make, address="a?broken")
            assert words in refused.reasons[0]
            assert "No unit is open" in (await one.ask(CheckUnit, slot="A")).reasons[0]

    asyncio.run(story())


# --- what is wished -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wishes", "hz", "words"),
    [
        ({"A": 20.0, "B": 0.1}, 20.0, "step up 20"),
        ({"A": 0.2, "B": 0.1}, 45.0, "frequency"),
        ({"A": 0.2, "C": 0.1}, 20.0, "slot 'C' is wished for"),
        ({"A": -1.0, "B": 0.1}, 20.0, "below zero"),
    ],
)
def test_a_wish_outside_the_limits_silences_every_unit(wishes, hz, words, tmp_path):
    async def story():
        async with bench() as one:
            await one.ready(frames=tmp_path / "f")
            await one.ask(Run)
            one.hz = hz
            one.wishes = wishes
            await one.until(one.troubles)
            assert one.troubles() == [("", "limit", True)]
            assert words in " ".join(one.of(Trouble)[0].reasons)
            await asyncio.sleep(0.2)
            assert {one.stage(slot) for slot in "AB"} == {Stage.FAULT}
            assert {w for _, w, _ in after_halt(frames_of(tmp_path / "f"))} == {"halt"}

    asyncio.run(story())


def test_a_missing_wish_is_silence():
    async def story():
        async with bench() as one:
            await one.ready()
            await one.run_up_to(0.4)
            del one.wishes["A"]
            await one.until(lambda: one.last_ma("A") == 0.0)
            assert one.last_ma("B") > 0.0
            assert not one.troubles()

    asyncio.run(story())


def test_asked_allowed_and_confirmed_are_told_apart():
    async def story():
        async with bench() as one:
            await one.ready(alone(step_ma=1.0), profile="stimulator2")
            await _climb(one, 1.35)
            last = one.of(Confirmed)[-1]
            assert 1.0 <= last.asked_ma <= 1.35
            assert (last.allowed_ma, last.confirmed_ma) == (1.0, 1.0)

    asyncio.run(story())


async def _climb(one, ma):
    await one.ask(Run)
    began = time.monotonic()
    while (risen := min(ma, 1.8 * (time.monotonic() - began))) < ma:
        one.wishes = {"A": risen}
        await asyncio.sleep(0.02)
    await one.until(lambda: one.last_ma("A") == 1.0)


# --- units in trouble ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("silent@0.5", "link"),
        ("error@0.5", "link"),
        ("wrong@0.5", "link"),
        ("nan@0.5", "link"),
        ("reboot@0.5", "link"),
        ("pad-off@0.3", "lead-off"),
        ("stop-switch@0.3", "stop switch"),
    ],
)
def test_a_hard_fault_of_one_unit_silences_all(fault, kind, tmp_path):
    async def story():
        async with bench() as one:
            for slot, faults in (("A", fault), ("B", "")):
                address = f"{slot}?faults={faults}&frames={tmp_path / slot}"
                await one.ask(OpenUnit, slot=slot, make="virtual", address=address)
                await one.ask(CheckUnit, slot=slot)
            await one.ask(Arm, sealed=to_plain(seal(plan(), KEY)))
            await one.ask(Run)
            began = time.monotonic()
            while not one.troubles():
                one.wishes = dict.fromkeys("AB", 1.8 * (time.monotonic() - began))
                await asyncio.sleep(0.02)
                assert time.monotonic() - began < 3.0
            await one.until(lambda: one.stage("B") is Stage.OFF)
            assert one.troubles() == [("A", kind, True)]
            assert one.stage("A") is Stage.FAULT
            assert one.last_ma("A") == one.last_ma("B") == 0.0
            await asyncio.sleep(0.1)
            for slot in "AB":
                assert {w for _, w, _ in after_halt(frames_of(tmp_path / slot))} == {"halt"}

    asyncio.run(story())


def test_a_dry_pad_is_told_and_told_once():
    async def story():
        async with bench() as one:
            signed = alone(pulse_width_us=300.0)
            answer = await one.ready(signed, faults="dry@0", area_cm2=0.02)
            assert isinstance(answer, Done)
            await one.ask(Run)
            began = time.monotonic()
            while one.last_ma("A") < 1.9:
                one.wishes = {"A": min(2.0, 1.8 * (time.monotonic() - began))}
                await asyncio.sleep(0.02)
            await asyncio.sleep(1.2)
            assert one.troubles() == [("A", "low current", False)]
            assert one.stage("A") is Stage.RUNNING

    asyncio.run(story())


def test_a_unit_set_by_hand_is_confirmed_by_the_operator():
    async def story():
        async with bench() as one:
            dial = partial(one.ask, Dial, slot="A")
            assert isinstance(await dial(amplitude_ma=1.0), Refused)
            await one.ask(OpenUnit, slot="A", make="manual", address="cefar")
            await one.ask(CheckUnit, slot="A")
            await one.ask(Arm, sealed=to_plain(seal(alone(), KEY)))
            await one.ask(Run)
            began = time.monotonic()
            while (risen := min(1.0, 1.8 * (time.monotonic() - began))) < 1.0:
                one.wishes = {"A": risen}
                await asyncio.sleep(0.02)
            assert one.last_ma("A") == 0.0  # nobody has set it yet
            assert isinstance(await dial(amplitude_ma=0.5), Done)
            await one.until(lambda: one.last_ma("A") == 0.5)
            assert isinstance(await dial(amplitude_ma=20.5), Refused)
            await one.until(one.troubles)
            assert one.troubles() == [("", "limit", True)]
            await one.until(lambda: one.last_ma("A") == 0.0)

    asyncio.run(story())


# --- the pipe -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", [b"nonsense", b'{"is":"Tick","n":1,"wishes":[],"console_age_ms":NaN}', b'{"is":"Arm"}']
)
def test_a_line_that_is_none_of_ours_silences_every_unit(line):
    async def story():
        async with bench() as one:
            await one.ready()
            await one.run_up_to(0.2)
            one.link._writer.write(line + b"\n")
            await one.until(one.troubles)
            assert one.troubles()[0] == ("", "message", True)
            await one.until(lambda: one.last_ma("A") == one.last_ma("B") == 0.0)

    asyncio.run(story())


def test_a_report_sent_the_wrong_way_is_refused():
    async def story():
        async with bench() as one:
            assert (await one.link.request(Done(id=77, detail={}))).reasons

    asyncio.run(story())


def test_a_killed_supervisor_is_noticed():
    async def story():
        async with bench() as one:
            await one.ready()
            waiting = asyncio.create_task(
                one.ask(OpenUnit, slot="C", make="virtual", address="c?latency_ms=3000")
            )
            await asyncio.sleep(0.1)
            one.link.kill()
            with pytest.raises(Unavailable, match="has ended"):
                await waiting
            with pytest.raises(Unavailable):
                await one.ask(Run)
            assert not one.link.alive
            one.link.kill()  # twice does no harm

    asyncio.run(story())


def test_a_supervisor_that_does_not_answer_is_noticed():
    async def story():
        async with bench() as one:
            os.kill(one.link.pid, signal.SIGSTOP)
            with pytest.raises(Unavailable, match=r"did not answer within 0\.1 s"):
                await one.link.request(Run(id=one.link.next_id()), timeout_s=0.1)
            os.kill(one.link.pid, signal.SIGCONT)
            with pytest.raises(BadInput, match="no answer"):
                await one.link.request(Tick(n=1, wishes=(), console_age_ms=0.0))

    asyncio.run(story())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_supervisor_that_is_asked_to_end_halts_first(number, tmp_path):
    async def story():
        async with bench() as one:
            await one.ready(frames=tmp_path / "f")
            await one.run_up_to(0.2)
            os.kill(one.link.pid, number)
            await one.until(lambda: not one.link.alive)
        assert after_halt(frames_of(tmp_path / "f"))

    asyncio.run(story())


def test_the_units_tell_their_stages_in_order():
    async def story():
        async with bench() as one:
            await one.ready(alone())
            await one.run_up_to(0.2, "A")
            await one.link.stop()
            assert [r.stage for r in one.of(UnitState)] == [
                Stage.IDENTIFIED,
                Stage.CHECKED,
                Stage.ARMED,
                Stage.RUNNING,
                Stage.STOPPING,
                Stage.OFF,
            ]
            times = [r.monotonic_ns for r in one.reports]
            assert times == sorted(times)

    asyncio.run(story())


def test_the_supervisor_stays_light():
    heavy = "numpy numba scipy django starlette uvicorn httpx rheobase.model rheobase.evidence"
    code = (
        "import sys, json, rheobase.session.supervisor; import rheobase.stimulators._virtual;"
        f"print(json.dumps([m for m in {heavy.split()!r} if m in sys.modules]))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert json.loads(found.stdout) == []
