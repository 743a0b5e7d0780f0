"""From a screened child to a signed plan: proposed, changed, refused, sealed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.plan import forms, services
from rheobase.clinic.plan import shown as pages
from rheobase.clinic.plan.models import Draft, SignedPlan
from rheobase.errors import BadInput, NotReady
from rheobase.home import signing_key
from rheobase.stimulus.codec import from_plain
from rheobase.stimulus.prescription import Sealed, opened

SUNDAY_EVENING = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # already Monday in UTC


def shown(draft):
    return reverse("plan:draft", kwargs={"draft": draft.pk})


def test_an_unscreened_child_gets_no_proposal(world, at, asked):
    with pytest.raises(NotReady, match="Screen first"):
        services.start_draft(world.episodes["Mila"], asked, by=world.ada, at=clock.now())


def test_the_case_names_no_child(world, draft):
    plain = str(draft.case)
    assert "Mila" not in plain
    assert "Lindqvist" not in plain
    assert draft.case["child_id"] == world.mila.opaque


def test_the_proposal_page_shows_dose_pads_prediction_and_why(world, draft, signed_in):
    body = signed_in(world.ada).get(shown(draft)).content.decode()
    for words in (
        "Where the pads go",
        "Motor threshold",
        "of this child&#x27;s own maximum",
        "the last contraction has",
        "How strong the evidence is",
        "needs clinical sign-off",
        "No difference in torque",  # the null trial is shown too
        "5 to 95 % of virtual twins",
    ):
        assert words in body, words
    assert "style=" not in body


def test_an_edit_is_predicted_anew_and_says_what_it_moved(world, draft, signed_in):
    client = signed_in(world.ada)
    proposal = services.proposal_of(draft)
    lower = round(proposal.channels[0].order.ceiling_ma - 5.0, 1)
    answer = client.post(shown(draft), {"A:ceiling_ma": f"{lower:g}", "A:off_s": "20"})
    assert answer.status_code == 302
    newest = Draft.objects.exclude(pk=draft.pk).get()
    assert services.proposal_of(newest).channels[0].order.ceiling_ma == lower
    body = client.get(answer["Location"]).content.decode()
    assert "Your change moved" in body
    assert "Ceiling:" in body
    assert "Torque:" in body
    assert "Changed by the therapist" in body
    draft.refresh_from_db()
    assert services.proposal_of(draft) == proposal  # the first draft stays what it was


def test_an_unchanged_form_changes_nothing(world, draft):
    proposal = services.proposal_of(draft)
    typed = {v.name: v.value for c in pages.cards(proposal, {}, None) for v in c.values}
    typed |= {
        v.name: v.value for c in pages.cards(proposal, {}, None) for p in c.pads for v in p[2]
    }
    edits = forms.read_edits(proposal, typed)
    assert edits.channels == ()


def test_a_change_outside_the_limits_is_refused_and_nothing_typed_is_lost(world, draft, signed_in):
    answer = signed_in(world.ada).post(shown(draft), {"A:ceiling_ma": "55", "A:off_s": "17"})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "This change is refused" in body
    assert 'value="55"' in body
    assert 'value="17"' in body
    assert Draft.objects.count() == 1


def test_words_instead_of_a_number_are_refused_kindly(world, draft, signed_in):
    answer = signed_in(world.ada).post(shown(draft), {"A:frequency_hz": "fast"})
    assert answer.status_code == 422
    assert "is not a number. Correct it." in answer.content.decode()


def test_a_block_refuses_the_plan_and_says_what_to_do(world, episode, signed_in, asked, screened):
    screened(world.mila, episode, world.ada, dvt="active")
    made = services.start_draft(episode, asked, by=world.ada, at=clock.now())
    assert made.proposal is None
    body = signed_in(world.ada).get(shown(made)).content.decode()
    assert "What stands in the way" in body
    assert "What to do:" in body
    assert "thrombosis" in body
    with pytest.raises(NotReady, match="refused"):
        services.sign(made, by=world.ada, at=clock.now(), agreed=True)


def test_an_infant_needs_the_therapists_reason_and_gets_words_only(world, at, signed_in, screened):
    episode = world.episodes["Noor"]
    screened(world.noor, episode, world.olivia)
    wish = {"focus": "motor_learning", "muscle:1": "tibialis_anterior", "side:1": "left"}
    refused = services.start_draft(episode, wish, by=world.olivia, at=clock.now())
    assert refused.proposal is None
    with pytest.raises(BadInput, match="reason"):
        services.start_draft(episode, {**wish, "infant": "yes"}, by=world.olivia, at=clock.now())
    taken_on = {**wish, "infant": "yes", "infant_reason": "Agreed with the paediatrician."}
    made = services.start_draft(episode, taken_on, by=world.olivia, at=clock.now())
    assert made.proposal is not None, made.refusal
    body = signed_in(world.olivia).get(shown(made)).content.decode()
    assert "extrapolated" in body
    assert "Agreed with the paediatrician." in body
    assert "Motor threshold</strong>" not in body


def test_signing_seals_what_was_shown(world, draft):
    plan = services.sign(draft, by=world.ada, at=clock.now(), agreed=True)
    prescription = opened(from_plain(Sealed, plan.sealed), signing_key())
    proposal = services.proposal_of(draft)
    assert prescription.channels == tuple(c.order for c in proposal.channels)
    assert (plan.version, plan.digest) == (1, prescription.digest)
    assert plan.valid_until > date(2026, 11, 23)
    second = services.sign(draft, by=world.ada, at=clock.now() + timedelta(minutes=1), agreed=True)
    assert second.version == 2


def test_it_is_signed_on_the_clinics_day_whatever_the_day_in_utc(world, at, episode, asked):
    at(SUNDAY_EVENING)
    made = services.start_draft(episode, asked, by=world.ada, at=clock.now())
    plan = services.sign(made, by=world.ada, at=clock.now(), agreed=True)
    assert services.prescription_of(plan).signed_at.date() == date(2026, 11, 22)


def test_a_signature_needs_a_deliberate_yes(world, draft, signed_in):
    page = reverse("plan:sign", kwargs={"draft": draft.pk})
    signed_in(world.ada).post(page, {})
    assert not SignedPlan.objects.exists()
    assert signed_in(world.ada).post(page, {"agreed": "yes"}).status_code == 302
    assert SignedPlan.objects.count() == 1


def test_yesterdays_screening_or_proposal_cannot_be_signed(
    world, draft, episode, at, asked, screened
):
    screened(world.mila, episode, world.ada, epilepsy="controlled")
    with pytest.raises(NotReady, match="screening changed"):
        services.sign(draft, by=world.ada, at=clock.now(), agreed=True)
    fresh = services.start_draft(episode, asked, by=world.ada, at=clock.now())
    with pytest.raises(NotReady, match="propose again"):
        services.sign(fresh, by=world.ada, at=clock.now() + timedelta(days=3), agreed=True)


def test_a_signed_plan_cannot_be_changed_even_in_the_database(world, draft):
    plan = services.sign(draft, by=world.ada, at=clock.now(), agreed=True)
    for change in ({"valid_until": date(2030, 1, 1)}, {"sealed": {}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignedPlan.objects.filter(pk=plan.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        plan.delete()


def test_a_record_that_was_tampered_with_does_not_open(world, draft):
    plan = services.sign(draft, by=world.ada, at=clock.now(), agreed=True)
    plan.sealed["prescription"]["channels"][0]["ceiling_ma"] = 29.0
    with pytest.raises(BadInput, match="changed after it was signed"):
        opened(from_plain(Sealed, plan.sealed), signing_key())


def test_the_last_session_becomes_history(world, draft):
    plan = services.sign(draft, by=world.ada, at=clock.now(), agreed=True)
    assert services.history_of(world.mila).first_exposure
    Treatment.objects.create(
        child=world.mila,
        plan=plan,
        therapist=world.ada,
        bedside="",
        units=[],
        started=clock.now(),
        ended=clock.now(),
        summary={
            "slots": [
                {
                    "slot": "A",
                    "muscle": "quadriceps",
                    "side": "left",
                    "contractions": 40,
                    "highest_ma": 18.0,
                    "ladder_ma": {"functional": 16.0},
                }
            ],
            "observations": [
                {
                    "muscle": "quadriceps",
                    "side": "left",
                    "seen": "motor threshold",
                    "amplitude_ma": 9.0,
                    "pulse_width_us": 200.0,
                    "frequency_hz": 2.0,
                    "value": 8.5,
                    "error": 0.3,
                }
            ],
        },
    )
    history = services.history_of(world.mila)
    assert (history.first_exposure, history.sessions) == (False, 1)
    assert history.last[0].used_ma == 16.0
    (seen,) = services.observations_of(world.mila)
    assert seen.value == 8.5


def test_strangers_neither_see_nor_sign(world, draft, signed_in):
    for stranger in (world.ben, world.olivia, world.milas_mother, world.admin):
        assert signed_in(stranger).get(shown(draft)).status_code == 404
        page = reverse("plan:sign", kwargs={"draft": draft.pk})
        assert signed_in(stranger).post(page, {"agreed": "yes"}).status_code == 404
    assert not SignedPlan.objects.exists()


def test_what_was_typed_comes_back_when_no_muscle_was_chosen(world, episode, signed_in):
    page = reverse("plan:new", kwargs={"episode": episode.pk})
    answer = signed_in(world.ada).post(
        page, {"focus": "tone", "what": "muscles", "posture": "prone"}
    )
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Choose one to three muscles" in body
    assert '<option value="tone" selected>' in body
    assert '<option value="prone" selected>prone</option>' in body


def test_the_signed_page_shows_the_newest_version_first(world, draft, signed_in):
    old = services.sign(draft, by=world.ada, at=clock.now(), agreed=True)
    services.sign(draft, by=world.ada, at=clock.now() + timedelta(minutes=1), agreed=True)
    client = signed_in(world.ada)
    body = client.get(reverse("plan:signed", kwargs={"plan": old.pk})).content.decode()
    assert "A newer version was signed" in body
    assert "Prepare a session" not in body
    listed = client.get(reverse("plan:list", kwargs={"child": world.mila.pk})).content.decode()
    assert listed.index("Version 2") < listed.index("Version 1")


def test_questions_without_an_answer_are_one_reason_with_one_way_out(
    world, episode, signed_in, asked, screened
):
    screened(world.mila, episode, world.ada, dvt="unknown", malignancy="unknown")
    made = services.start_draft(episode, asked, by=world.ada, at=clock.now())
    body = signed_in(world.ada).get(shown(made)).content.decode()
    assert "questions of the screening have no answer" in body
    assert body.count('class="why-not"') == 1
