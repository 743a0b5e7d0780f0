"""A plan in French: what is kept as data has its word, and the numbers are those of the English page."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from rheobase.clinic import clock
from rheobase.clinic.plan import forms, services, words
from rheobase.evidence.muscles import muscles
from rheobase.model.response import Strength
from rheobase.planner.edits import Edits
from rheobase.stimulus.pads import Segment, Side
from rheobase.stimulus.pattern import Coordination
from rheobase.stimulus.prescription import BehaviourScale, Posture, Trigger
from rheobase.stimulus.pulse import Waveform
from rheobase.stimulus.sensing import Crossing, Signal

LISTS = (
    *(Segment, Side, Coordination, BehaviourScale, Posture, Trigger, Waveform, Crossing),
    *(Signal, Strength),
)


def marked(rows):
    return {word for row in rows for word in row}


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.__name__)
def test_every_value_of_a_list_is_marked_for_translation(kind):
    assert {str(one) for one in kind} <= marked((*words.CHOSEN, *words.SEGMENTS))


def test_every_joint_and_movement_a_muscle_has_is_marked():
    for one in muscles().values():
        assert one.action.joint in marked(words.JOINTS)
        assert one.action.direction in marked(words.MOVEMENTS)


def test_a_side_stands_behind_its_muscle_in_french():
    with override("en"):
        assert words.on_side_first(Side.LEFT, "quadriceps") == "Left quadriceps"
    with override("fr-ca"):
        assert words.on_side_first(Side.LEFT, "quadriceps") == "Quadriceps, gauche"


def test_what_the_planner_puts_together_is_said_part_by_part():
    with override("fr-ca"):
        assert words.moves("left knee extension; right ankle dorsiflexion") == (
            "extension, genou, gauche; dorsiflexion, cheville, droite"
        )
        assert words.moves("as the family put it") == "as the family put it"
        assert words.warned("A: flexes the knee.") == "A\N{NO-BREAK SPACE}: flexion du genou."
        assert words.warned("Something new: unheard of.") == "Something new: unheard of."
    with override("en"):
        assert words.moves("left knee extension") == "left knee extension"
        assert words.warned("A: flexes the knee.") == "A: flexes the knee."


def values_of(page):
    return re.findall(r'name="[^"]+"[^>]*value="(-?[\d.]+)"', page)


@pytest.fixture
def pages(world, episode, asked, signed_in):
    """A draft, and its page in English and in French."""
    draft = services.start_draft(episode, asked, by=world.ada, at=clock.now())
    address = reverse("plan:draft", kwargs={"draft": draft.pk})
    client = signed_in(world.ada)
    with override("en"):  # a request leaves its language behind
        shown = [
            client.get(address, headers={"accept-language": language}).content.decode()
            for language in ("en", "fr-CA")
        ]
    return draft, *shown


def test_a_draft_has_the_same_values_in_both_languages(pages):
    _draft, english, french = pages
    assert "Où vont les électrodes" in french
    assert values_of(french) == values_of(english)
    assert len(values_of(french)) > 20
    for choice in ("schedule", "symmetric biphasic", "sitting"):
        assert f'value="{choice}"' in french


def test_what_a_french_page_holds_is_no_change_of_the_plan(pages):
    draft, _english, french = pages
    proposal = services.proposal_of(draft)
    typed = dict(re.findall(r'<input type="number"[^>]*name="([^"]+)" value="([^"]*)"', french))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)">(.*?)</select>', french):
        typed[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    assert {"A:ceiling_ma", "A:trigger", "posture", "B:active:u"} <= set(typed)
    assert forms.read_edits(proposal, typed) == Edits()
