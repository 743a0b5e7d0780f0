"""One unit in the supervisor's hands, without a process: prompts, renewals, and no wall clock."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import rheobase
from rheobase.session.messages import Wish
from rheobase.session.slot import PROMPT_S, Slot
from rheobase.session.states import Unit
from rheobase.stimulators import Guard, Guarded, LeadOff, Telemetry
from tests.stimulators.units import CAPABILITIES, Clock, Recorder, state

SOURCE = Path(rheobase.__file__).parent
SEEN = Telemetry(
    electrodes_ok=(True,),
    compliance_ok=(True,),
    stop_pressed=False,
    battery=None,
)


def slot(**abilities):
    unit = Recorder()
    unit.capabilities = replace(CAPABILITIES, **abilities)
    return Slot("A", Guarded("A", unit, 1, Guard(Clock())))


@pytest.mark.parametrize(
    ("lead_off", "min_ma", "ma", "prompted"),
    [
        (LeadOff.NONE, 0.0, 5.0, True),
        (LeadOff.ABOVE_CURRENT, 15.0, 8.0, True),
        (LeadOff.ABOVE_CURRENT, 15.0, 15.0, False),
        (LeadOff.TEST_PULSE, 0.0, 5.0, False),
        (LeadOff.NONE, 0.0, 0.0, False),
    ],
)
def test_where_no_unit_sees_a_lost_pad_the_therapist_is_prompted(lead_off, min_ma, ma, prompted):
    one = slot(lead_off=lead_off, lead_off_min_ma=min_ma)
    one.confirmed_ma = ma
    told = [t for t in range(0, 1300, 10) if one.prompt(float(t))]
    assert told == ([300, 600, 900, 1200] if prompted else [])
    assert PROMPT_S == 300.0


def test_a_pause_in_the_output_begins_the_wait_anew():
    one = slot(lead_off=LeadOff.NONE)
    one.confirmed_ma = 5.0
    assert not one.prompt(0.0)
    one.confirmed_ma = 0.0
    assert not one.prompt(299.0)
    one.confirmed_ma = 5.0
    assert not one.prompt(300.0)
    assert one.prompt(600.0)


def test_what_is_told_is_told_again_only_after_it_has_passed():
    one = slot()
    dry = replace(SEEN, compliance_ok=(False,), battery=0.05)
    assert set(one.soft_troubles(dry)) == {"low current", "battery"}
    assert one.soft_troubles(dry) == {}
    assert one.soft_troubles(SEEN) == {}
    assert set(one.soft_troubles(dry)) == {"low current", "battery"}


@pytest.mark.parametrize(
    ("watchdog_ms", "every_s"), [(1200.0, 0.2), (2000.0, 0.2), (400.0, 0.1), (None, 0.2)]
)
def test_a_unit_is_renewed_at_least_four_times_in_its_watchdogs_time(watchdog_ms, every_s):
    one = slot(watchdog_ms=watchdog_ms)
    one.renewed_s = 10.0
    assert not one.must_renew(10.0 + every_s - 0.001)
    assert one.must_renew(10.0 + every_s + 0.001)
    assert one.lapsed(1e9) is (watchdog_ms is not None)


def test_easing_never_goes_up():
    one = slot()
    one.unit.asked = state(10.0)
    one.begin_easing(100.0)
    one.state = Unit(easing=True)
    wish = Wish(slot="A", amplitude_ma=50.0, pulse_width_us=50.0, frequency_hz=20.0, gap_us=0.0)
    assert one.target(wish, 100.5, 1.0).amplitude_ma == pytest.approx(5.0)
    assert one.target(wish, 99.0, 1.0).amplitude_ma == 10.0
    assert one.target(wish, 102.0, 1.0).amplitude_ma == 0.0
    assert one.target(replace(wish, amplitude_ma=1.0), 100.5, 1.0).amplitude_ma == 1.0
    assert one.target(None, 100.1, 1.0).amplitude_ma == 0.0


ROOMS = [*SOURCE.glob("safety/*.py"), *SOURCE.glob("stimulators/*.py")]
ROOMS += [SOURCE / f"session/{n}.py" for n in ("keeper", "slot", "states", "link", "supervisor")]


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_output_depends_on_the_clock_on_the_wall(path):
    """A jump of the wall clock has no effect, because nobody here looks at it.

    The one exception is the date on which a prescription runs out.
    """
    asked = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    }
    wall = {"time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "date.today"}
    assert asked & wall <= ({"datetime.now"} if path.stem == "supervisor" else set())
