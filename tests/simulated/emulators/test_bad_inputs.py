"""What is wrong is refused with the reason and the remedy, and the unit that is there stays silent."""

import asyncio
import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rheobase.errors import BadInput, OutsideEnvelope, RheobaseError
from rheobase.session.room import Opening, scene_of
from rheobase.session.scene import UnitAt
from rheobase.simulated import cast
from rheobase.simulated.emulators import Scenario, _sciencemode34, emulator, scenario
from rheobase.stimulators import ChannelState, Guard, _sciencemode34_frames, open_unit
from rheobase.stimulus import Segment, seal

KEY = b"k" * 32
ALONE = cast.mila((cast.order("A", "quadriceps", Segment.THIGH),))


def opened(address, guard=None):
    unit = open_unit("sciencemode34", address, slot="A", guard=guard or Guard(time.monotonic))

    async def story():
        try:
            return await unit.open()
        finally:
            await unit.halt()

    return asyncio.run(story())


def unknown_channel(port):
    opened(f"{port}?channel=9")


def channel_of_a_larger_unit(port):
    opened(f"{port}?channel=5")


def unknown_port(port):
    opened(f"{port}-elsewhere")


def wrong_firmware(port):
    opened(port)


def an_amplitude_the_wire_cannot_carry(port):
    pulse = _sciencemode34_frames.ChannelPulse(
        channel=1, amplitude_ma=2.3, pulse_width_us=200.0, gap_us=0.0, period_ms=50.0
    )
    _sciencemode34_frames.update_data((pulse,))


def a_state_nobody_signed(port):
    guard = Guard(time.monotonic)
    unit = open_unit("sciencemode34", port, slot="A", guard=guard)
    state = ChannelState(
        channel=1, amplitude_ma=5.0, pulse_width_us=200.0, gap_us=0.0, frequency_hz=30.0
    )

    async def story():
        await unit.open()
        await unit.set((state,))

    asyncio.run(story())


def a_plan_of_another_child(port):
    place = UnitAt(slot="A", make="sciencemode34", address=port)
    opening = Opening(session="one", sealed=seal(ALONE, KEY), child="jonas", units=(place,))
    scene_of(opening, KEY, date(2026, 11, 22))


def an_edited_plan(port):
    sealed = seal(ALONE, KEY)
    louder = replace(sealed, prescription=replace(ALONE, session_min=29.0))
    place = UnitAt(slot="A", make="sciencemode34", address=port)
    opening = Opening(session="one", sealed=louder, child="mila", units=(place,))
    scene_of(opening, KEY, date(2026, 11, 22))


def one_port_for_two_places(port):
    places = tuple(
        UnitAt(slot=slot, make="sciencemode34", address=f"{port}?channel={channel}")
        for channel, slot in enumerate("ABC", 1)
    )
    opening = Opening(session="one", sealed=seal(cast.mila(), KEY), child="mila", units=places)
    scene_of(opening, KEY, cast.mila().signed_at.date())


def a_scenario_with_a_typo(port):
    scenario(json.loads('{"fautls": []}'))


CASES = {  # what is wrong: the kind of error, why, what to do
    unknown_channel: (BadInput, "channels 1 to 4", "Correct the address"),
    channel_of_a_larger_unit: (RheobaseError, "channels 1 to 4, not 5", "Correct the address"),
    unknown_port: (RheobaseError, "No such file", "Check cable and power"),
    wrong_firmware: (RheobaseError, "speaks ScienceMode 5", "which this program does not"),
    an_amplitude_the_wire_cannot_carry: (BadInput, "steps of 0.5", "Round it in the plan"),
    a_state_nobody_signed: (OutsideEnvelope, "not armed with signed limits", ""),
    a_plan_of_another_child: (BadInput, "signed for another child", "Open the plan of the child"),
    an_edited_plan: (BadInput, "", "ign"),
    one_port_for_two_places: (BadInput, "Units A and B name the same port", "another unit's port"),
    a_scenario_with_a_typo: (BadInput, "'fautls'", "Use"),
}


@pytest.mark.parametrize("wrong", CASES, ids=lambda case: case.__name__)
def test_it_is_refused_with_reason_and_remedy_and_the_unit_stays_silent(
    wrong, tmp_path, monkeypatch
):
    kind, why, remedy = CASES[wrong]
    if wrong is wrong_firmware:
        other = (4, (5, 0, 0), b"RM5-EMUL01")
        monkeypatch.setitem(_sciencemode34.PROFILES, "rehamove3", other)
    with emulator("sciencemode34", Scenario(), Path(tmp_path)) as unit:
        with pytest.raises(kind) as refusal:
            wrong(unit.port)
        assert why in str(refusal.value)
        assert remedy in str(refusal.value)
        time.sleep(0.05)
        assert unit.log.asked_after(0.0) == 0.0
        assert unit.log.output_ma() == 0.0
        assert unit.log.of("output") == ()
