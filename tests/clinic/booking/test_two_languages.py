"""A person who reads French books in French, and gets letters and calendars in French."""

import re
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from rheobase.clinic.booking import holds, outbox, services, wording
from rheobase.clinic.booking.models import Outbox
from rheobase.clinic.people.models import User

FRIDAY_10 = datetime.fromisoformat("2026-11-27T10:00")


@pytest.fixture
def now(world, now):
    """Now, when the families have addresses and the mother reads French."""
    User.objects.filter(pk=world.milas_mother.pk).update(language="fr-ca", email="m@family.test")
    User.objects.filter(pk=world.milas_father.pk).update(email="f@family.test")
    return now


@pytest.fixture
def visit(book):
    return book(wall=FRIDAY_10)


def letter(person, kind):
    return Outbox.objects.get(to=person, kind=kind)


def test_each_guardian_is_written_to_in_the_language_they_chose(world, visit):
    hers, his = letter(world.milas_mother, "booked"), letter(world.milas_father, "booked")
    assert hers.subject == "Votre rendez-vous est réservé"
    assert "vendredi 27 novembre 2026, 10:00 (heure de la clinique" in hers.body
    assert his.subject == "Your visit is booked"
    assert "Friday 27 November 2026, 10:00 (clinic time" in his.body


def test_the_foot_of_a_letter_is_in_the_language_of_its_head(visit, now):
    box = []
    outbox.send(box.append, now + timedelta(minutes=4))
    by_address = {one.to: one.body for one in box}
    assert "Veuillez ne pas répondre" in by_address["m@family.test"]
    assert "Please do not answer" in by_address["f@family.test"]


def test_an_offer_names_the_day_in_french(world, visit, now):
    services.messages.offered(visit, now + timedelta(hours=4), now)
    assert "lun 23 novembre, 12:00" in letter(world.milas_mother, "offer").subject
    assert "Mon 23 November, 12:00" in letter(world.milas_father, "offer").subject


def test_a_calendar_feed_speaks_the_language_of_its_owner(world, visit, client):
    client.force_login(world.milas_mother)
    page = client.post(reverse("exchange:feeds")).content.decode()
    feed = client.get(re.search(r"/exchange/feed/[\w-]+\.ics", page).group()).content.decode()
    assert "SUMMARY:Rendez-vous à la clinique" in feed
    assert "Mila" not in feed


def test_a_family_books_in_french_page_by_page(world, now, client):
    client.force_login(world.milas_mother)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr-ca"
    choice = f"?service={world.assessment.pk}&with={world.ada.pk}"
    address = {
        name: reverse(f"booking:{name}", kwargs={"child": world.mila.pk})
        for name in ("discipline", "stimulation", "times", "confirm")
    }
    assert "Physiothérapie" in client.get(address["discipline"]).content.decode()
    asked = client.get(address["stimulation"] + choice).content.decode()
    assert "Une dérivation (un tube qui draine le liquide de la tête)" in asked
    client.post(address["stimulation"] + choice, {"interested": "yes", "told": ["shunt"]})
    times = client.get(address["times"] + choice).content.decode()
    assert re.search(r"<h3>Matin</h3>", times)
    at = re.search(r'name="at" value="([^"]+)"', times).group(1)
    confirm = client.post(address["times"] + choice, {"at": at}).url
    assert (
        "Vous nous avez dit\N{NO-BREAK SPACE}: Une dérivation"
        in client.get(confirm).content.decode()
    )
    done = client.post(confirm, follow=True).content.decode()
    assert "Votre rendez-vous est réservé" in done
    visit = world.mila.appointment_set.get()
    assert visit.told_us == {"ticked": ["shunt"]}, "what is kept is the same in every language"


def test_what_is_kept_of_a_change_stays_english_and_is_shown_in_french(world, visit, now, client):
    services.undo(visit=visit, by=world.milas_mother, now=now)
    assert visit.changes.last().reason == services.UNDONE == "undone"
    client.force_login(world.ben)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr-ca"
    page = client.get(reverse("booking:visit", kwargs={"visit": visit.pk})).content.decode()
    assert "<small>remis comme avant</small>" in page
    assert "Annulé" in page


def test_words_about_health_have_their_french():
    from django.utils.translation import gettext, override

    with override("fr-ca"):
        for words in (*wording.WHAT_IT_IS, *(label for _, label in wording.TELL_US)):
            assert gettext(words) != words
        assert gettext(holds.NOT_ANSWERED) != holds.NOT_ANSWERED
