"""Notes: drafted, signed, added to; and whatever somebody may type or paste into one."""

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.diary import services
from rheobase.clinic.diary.models import Addendum, Note
from rheobase.errors import BadInput, NotAllowed, NotReady

HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE diary_note; --",
    "{{ request.user.password }}{% load i18n %}",
    "=HYPERLINK(\"http://example.org\")",
    "\u202etxet desrever",
    "A\u0301\u0301\u0301" * 200,
    "👩‍👧 نعم 李",
)  # fmt: skip


@pytest.fixture
def note(world, at):
    return Note.objects.get(pk=world.records(world.mila)["note"])


@pytest.fixture
def post(note, world, signed_in):
    client = signed_in(world.ada)
    address = reverse("diary:note", kwargs={"note": note.pk})

    def send(text=None, do="save"):
        if text is None:
            return client.get(address)
        return client.post(address, {"text": text, "do": do})

    return send


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_as_text_and_shown_as_text(note, post, text):
    assert post(text).status_code == 302
    note.refresh_from_db()
    assert note.text == text
    body = post().content.decode()
    assert "<script>alert" not in body
    assert "pbkdf2" not in body
    assert "argon2" not in body


@pytest.mark.parametrize("text", ["", "   \n", "a\x00b"])
def test_a_text_that_is_none_or_cannot_be_kept_is_refused_in_words(note, post, text):
    before = note.text
    answer = post(text)
    assert answer.status_code == 422
    assert "The note" in answer.content.decode()
    note.refresh_from_db()
    assert note.text == before


def test_a_note_of_ten_megabytes_is_refused_in_words_and_the_old_one_stays(note, post):
    before = note.text
    answer = post("x" * 10_000_000)
    assert answer.status_code == 422
    assert f"at most {services.LONGEST} are kept" in answer.content.decode()
    assert len(answer.content) < 100_000  # not sent back whole
    note.refresh_from_db()
    assert note.text == before


def test_a_text_a_little_too_long_comes_back_whole(post):
    text = "word " * 4_001
    answer = post(text)
    assert answer.status_code == 422
    assert text.strip() in answer.content.decode()


def test_more_than_the_server_takes_is_said_without_a_traceback(note, post):
    answer = post("x" * 13_000_000)
    assert answer.status_code in (400, 413)
    assert "Traceback" not in answer.content.decode()


def test_a_signed_note_is_whole_and_only_added_to(note, post, world):
    post("Walked the corridor twice.", do="sign")
    note.refresh_from_db()
    assert services.is_whole(note)
    assert post("Something else").status_code == 422
    post("She also climbed one step.", do="add")
    assert Addendum.objects.get().text == "She also climbed one step."
    note.refresh_from_db()
    assert note.text == "Walked the corridor twice."


def test_only_the_therapist_of_the_session_signs(note, world):
    with pytest.raises(NotAllowed):
        services.signed(note, "Mine now", world.olivia, clock.now())
    with pytest.raises(NotReady):
        services.added(note, "Too early", world.ada, clock.now())
    with pytest.raises(BadInput, match="never signed"):
        services.is_whole(note)
