"""The console's script holds no text of its own, and its numbers read the same in both languages."""

import json
import re
from pathlib import Path

import pytest
from django.utils.translation import override
from tests.clinic.live.test_trigger_console import console_of
from tests.session.test_trigger_laws import QUICK, SIGNED

import rheobase.clinic
import rheobase.session
from rheobase.clinic.live import services
from rheobase.clinic.live.console_words import CHECKS, DIALS, OWN
from rheobase.session.messages import Stage
from rheobase.session.steps import CHECKLIST, LADDER_LEVELS, Step
from rheobase.session.timetable import Phase

SCRIPT = (Path(rheobase.clinic.__file__).parent / "static/js/console.js").read_text()
SESSION = Path(rheobase.session.__file__).parent


def guide(language, prescription=QUICK):
    with override(language):
        return json.loads(json.dumps(services.guide(prescription)))


def test_the_script_is_handed_every_text_it_says_and_no_other():
    assert set(re.findall(r"\bwords\.(\w+)", SCRIPT)) == set(OWN)


def test_the_script_holds_no_sentence():
    code = re.sub(r"^\s*//.*$|\s//\s.*$", "", SCRIPT, flags=re.MULTILINE)
    texts = re.findall(r'"([^"\n]*)"', code)
    assert [one for one in texts if re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", one)] == []


@pytest.mark.parametrize("language", ["en", "fr-ca"])
def test_whatever_the_bedside_calls_a_stage_a_phase_or_a_step_has_its_word(language):
    known = guide(language)
    assert set(known["stages"]) == {stage.value for stage in Stage}
    assert set(known["phases"]) >= {phase.value for phase in Phase}
    assert set(known["said"]) >= {*LADDER_LEVELS, *(step.value for step in Step)}
    assert list(known["checklist"]) == list(CHECKLIST)


def test_the_checks_before_current_are_those_of_the_bedside():
    assert set(CHECKS) == set(CHECKLIST.values())


def test_the_places_for_values_are_those_of_the_english_text():
    french = guide("fr-ca")
    for key, text in guide("en")["words"].items():
        assert set(re.findall(r"{\w+}", french["words"][key])) == set(re.findall(r"{\w+}", text))


def test_what_to_do_at_a_dial_is_worded_as_the_bedside_words_it():
    code = re.sub(r"\"\s*f\"", "", (SESSION / "snapshot.py").read_text())
    said = re.sub(r"{[^}]+}", "{}", code)
    for worded in DIALS:
        assert re.sub(r"{\w+}", "{}", worded) in said


def test_the_console_shows_the_same_numbers_in_both_languages():
    shown = []
    for language in ("en", "fr-ca"):
        with override(language):
            page = console_of(SIGNED)
        body = page.split("<body")[1].split('id="guide"')[0]
        shown.append(
            (
                re.findall(r'(?:min|max|value)="([-\d.]+)"', body),
                re.findall(r"\d+(?:\.\d+)?(?= (?:mA|Hz|µs|µV|min|s)\b)", body),
            )
        )
    assert shown[0] == shown[1]
    assert shown[0][1]


def test_the_console_speaks_french():
    with override("fr-ca"):
        page = console_of(QUICK)
    assert "Console de séance" in page
    assert guide("fr-ca")["words"]["stopped"].startswith("Arrêt.")
    assert guide("en")["words"]["stopped"].startswith("Stopped.")
