"""A scenario says what goes wrong; one with a typo is refused, with what is wrong."""

import json

import pytest

from rheobase.errors import BadInput
from rheobase.simulated.emulators import FAULTS, Fault, Scenario, emulator, read, scenario


def test_every_fault_can_be_written_down_and_read(tmp_path):
    path = tmp_path / "scenario.json"
    plain = {
        "latency_ms": [1, 2.5],
        "seed": 3,
        "profile": "p24",
        "faults": [
            {"what": what, when: 2, "for_s": 0.5, "channel": 2}
            for what in FAULTS
            for when in ("at_s", "after_output_s", "at_frame")
        ],
    }
    path.write_text(json.dumps(plain))
    read_back = read(path)
    assert read_back.latency_ms == (1.0, 2.5)
    assert len(read_back.faults) == 3 * len(FAULTS)
    assert read_back.faults[0] == Fault(what="bit flip", at_s=2, for_s=0.5, channel=2)


@pytest.mark.parametrize(
    ("plain", "why"),
    [
        ([], "is not an object in braces"),
        ({"fault": []}, "'fault', which is not known"),
        ({"faults": {}}, "is no list"),
        ({"faults": [{"what": "bit flop", "at_s": 1}]}, "'bit flop' is not known. Use one of"),
        ({"faults": [{"what": "vanish"}]}, "has 0 of at_frame, at_s, after_output_s"),
        ({"faults": [{"what": "vanish", "at_s": 1, "at_frame": 2}]}, "has 2 of"),
        ({"faults": [{"what": "vanish", "at_sec": 1}]}, "'at_sec', which is not known"),
        ({"faults": [{"at_s": 1}]}, "Name the fault"),
        ({"faults": [{"what": "vanish", "at_s": "soon"}]}, "wrong kind"),
        ({"faults": [{"what": "vanish", "at_s": True}]}, "wrong kind"),
        ({"faults": [{"what": "vanish", "at_frame": 1.5}]}, "wrong kind"),
        ({"faults": [{"what": "vanish", "at_s": -1}]}, "not a number of at least 0"),
        ({"faults": [{"what": "pad off", "at_s": 1, "channel": 9}]}, "channel from 1 to 8"),
        ({"faults": [{"what": "late", "at_s": 1, "count": 0}]}, "count from 1"),
        ({"latency_ms": 5}, "not two numbers"),
        ({"latency_ms": [9, 5]}, "not a range"),
        ({"profile": "p25"}, "not one of"),
        ({"seed": "x"}, "wrong kind"),
    ],
)
def test_a_typo_is_refused_with_what_is_wrong(plain, why):
    with pytest.raises(BadInput, match=why):
        scenario(plain)


def test_a_file_that_is_not_there_or_no_json_is_refused(tmp_path):
    with pytest.raises(BadInput):
        read(tmp_path / "none.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(BadInput):
        read(tmp_path / "broken.json")


@pytest.mark.parametrize(
    ("make", "profile", "why"),
    [("duet", "", "Use one of"), ("sciencemode2", "p24", "Leave it out")],
)
def test_a_unit_nobody_can_emulate_is_refused(make, profile, why, tmp_path):
    with pytest.raises(BadInput, match=why):
        emulator(make, Scenario(profile=profile), tmp_path)
