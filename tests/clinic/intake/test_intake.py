"""Forms and consents: asked in today's words, added and never edited, given by who may."""

from datetime import timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.assessment.services import form_of
from rheobase.clinic.intake import services, wording
from rheobase.clinic.intake.models import Consent, FormAnswer, FormVersion
from rheobase.errors import BadInput, NotAllowed
from rheobase.evidence.contraindications import questions, rules


@pytest.fixture
def now(at):
    return clock.now()


def all_no(form, **changes):
    """Return typed fields that answer everything: "no" where that is a choice."""
    fields = {
        q["key"]: "no" if "no" in dict(q.get("choices", [])) else wording.UNKNOWN
        for q in form.questions
    }
    return {**fields, **changes}


def answered(world, now, kind=wording.HEALTH, **changes):
    form = services.current_form(kind, now)
    fields = all_no(form, **changes)
    return services.answer(
        child=world.mila,
        form=form,
        typed=lambda name: fields.get(name, ""),
        by=world.milas_mother,
        now=now,
    )


def test_the_health_form_asks_the_family_one_question_per_rule():
    keys = [q["key"] for q in wording.questions_of(wording.HEALTH)]
    assert keys == [r.key for r in rules() if r.asked and r.question_family]


def test_a_young_child_is_asked_only_what_fits_the_age(world, now):
    form = services.current_form(wording.HEALTH, now)
    day = now.date()
    asked = {q["key"] for q in services.asked(form, world.noor, day)}
    assert asked == {r.key for r in questions(clock.age_months(world.noor.born, day), family=True)}


def test_an_open_question_is_refused_and_counted(world, now):
    with pytest.raises(BadInput, match="1 question is still open"):
        answered(world, now, epilepsy="")


def test_i_do_not_know_is_an_answer(world, now):
    assert answered(world, now, epilepsy="unknown").answers["epilepsy"] == {"answer": "unknown"}


def test_a_date_that_lies_ahead_is_refused(world, now):
    with pytest.raises(BadInput, match="lies ahead"):
        answered(world, now, **{"botulinum_toxin": "yes", "botulinum_toxin:on": "2027-01-01"})


def test_a_long_answer_is_kept_whole_or_refused_never_cut(world, now):
    key = next(q["key"] for q in wording.questions_of(wording.ABOUT))
    whole = "a" * services.LONGEST
    assert answered(world, now, wording.ABOUT, **{key: whole}).answers[key] == whole
    with pytest.raises(BadInput, match="longer than 2000 characters"):
        answered(world, now, wording.ABOUT, **{key: whole + "b"})


def test_the_page_takes_no_more_than_an_answer_may_hold(world, signed_in):
    address = reverse("intake:answer", kwargs={"child": world.mila.pk, "kind": wording.ABOUT})
    page = signed_in(world.milas_mother).get(address).content.decode()
    assert f'maxlength="{services.LONGEST}"' in page


def test_a_correction_is_a_new_row(world, now):
    answered(world, now)
    answered(world, now + timedelta(minutes=1), epilepsy="unknown")
    assert FormAnswer.objects.count() == 2


def test_new_words_are_a_new_version_and_are_asked_again(world, now, monkeypatch):
    answered(world, now)
    done = {i.key: i.done for i in services.checklist(world.mila, now)}
    assert done[wording.HEALTH]
    old = wording.questions_of
    monkeypatch.setattr(
        wording,
        "questions_of",
        lambda kind: [*old(kind), {"key": "new", "text": "?", "kind": "text"}],
    )
    again = {i.key: (i.done, i.detail) for i in services.checklist(world.mila, now)}
    assert again[wording.HEALTH] == (False, "the questions have changed")
    services.current_form(wording.HEALTH, now)
    versions = FormVersion.objects.filter(kind=wording.HEALTH).values_list("version", flat=True)
    assert list(versions.order_by("version")) == [1, 2]


def test_health_answers_are_asked_again_after_half_a_year(world, now):
    answered(world, now)
    later = {i.key: i for i in services.checklist(world.mila, now + timedelta(days=184))}
    assert not later[wording.HEALTH].done
    assert "please check again" in later[wording.HEALTH].detail


def test_what_the_family_said_reaches_the_therapists_screening(world, now):
    answered(world, now, **{"metal_implant": "unknown", "metal_implant:where": "left thigh"})
    said = {q.rule.key: q.said for q in form_of(world.episodes["Mila"])}
    assert said["metal_implant"] == "does not know"
    assert said["epilepsy"] == "No"


def test_a_guardian_gives_and_withdraws_and_both_stay_on_record(world, now):
    given = services.give(
        child=world.mila, kind=wording.STIMULATION, by=world.milas_mother, now=now
    )
    assert (given.relation, given.version) == ("mother", 1)
    assert "Nobody can promise a result" in given.text
    services.withdraw(consent=given, by=world.milas_mother, reason="He is afraid", now=now)
    assert Consent.objects.count() == 1
    assert not {i.key: i.done for i in services.checklist(world.mila, now)}[wording.STIMULATION]
    services.give(child=world.mila, kind=wording.STIMULATION, by=world.milas_mother, now=now)


def test_a_consent_in_force_is_not_given_twice(world, now):
    services.give(child=world.mila, kind=wording.STIMULATION, by=world.milas_mother, now=now)
    with pytest.raises(BadInput, match="in force already"):
        services.give(child=world.mila, kind=wording.STIMULATION, by=world.milas_mother, now=now)


@pytest.mark.parametrize("who", ["milas_father", "jonas_mother", "ada", "ben", "lead"])
def test_nobody_else_can_consent_for_mila(world, now, who):
    with pytest.raises(NotAllowed):
        services.give(child=world.mila, kind=wording.STIMULATION, by=getattr(world, who), now=now)


def test_the_page_keeps_what_was_typed_when_something_is_missing(world, signed_in, now):
    client = signed_in(world.milas_mother)
    path = reverse("intake:answer", kwargs={"child": world.mila.pk, "kind": wording.HEALTH})
    form = services.current_form(wording.HEALTH, now)
    response = client.post(path, all_no(form, epilepsy="", cardiac="yes"))
    assert response.status_code == 422
    body = response.content.decode()
    assert 'name="cardiac" value="yes" checked' in body
    assert "Please choose one." in body
    assert client.post(path, all_no(form)).status_code == 302


def test_the_therapist_reads_answers_in_the_words_that_were_asked(world, signed_in, now):
    row = answered(world, now, cardiac="yes")
    body = signed_in(world.ada).get(reverse("intake:answers", kwargs={"form": row.pk})).content
    assert "Has your child a heart problem?" in body.decode()


def test_a_consent_needs_the_tick_that_it_was_read(world, signed_in, now):
    client = signed_in(world.milas_mother)
    path = reverse("intake:give", kwargs={"child": world.mila.pk, "kind": wording.STIMULATION})
    assert client.post(path).status_code == 422
    assert client.post(path, {"read": "yes"}).status_code == 302
    assert Consent.objects.get().by == world.milas_mother
