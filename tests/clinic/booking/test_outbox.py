"""Letters: sent once, only while they are true, only to those who want them, and they name no child."""

import email
import email.policy
import json
import socketserver
import threading
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from django.urls import reverse

from rheobase.cli import send_outbox
from rheobase.clinic.booking import outbox, services
from rheobase.clinic.booking.models import Outbox
from rheobase.clinic.booking.post import Letter, post_from
from rheobase.clinic.people.models import User
from rheobase.errors import BadInput, Unavailable

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FRIDAY_10 = datetime.fromisoformat("2026-11-27T10:00")


class Box(list):
    """Takes letters, or says for a while that it cannot."""

    closed = False

    def __call__(self, letter):
        if self.closed:
            raise Unavailable("no mail today")
        self.append(letter)


@pytest.fixture
def box():
    return Box()


@pytest.fixture
def now(world, now):
    """Now, when the families have addresses."""
    for name in ("milas_mother", "milas_father", "jonas_mother"):
        user = getattr(world, name)
        user.email = f"{name}@family.test"
        user.save()
    return now


@pytest.fixture
def visit(book):
    return book(wall=FRIDAY_10)


def subjects(box):
    return sorted((letter.to.split("@")[0], letter.subject) for letter in box)


def test_both_parents_hear_of_a_booking_after_three_minutes_and_once(visit, box, now):
    assert outbox.send(box, now + 2 * MINUTE) == {}
    assert outbox.send(box, now + 4 * MINUTE) == {"sent": 2}
    assert outbox.send(box, now + 5 * MINUTE) == {}
    assert subjects(box) == [
        ("milas_father", "Your visit is booked"),
        ("milas_mother", "Your visit is booked"),
    ]


def test_no_letter_names_the_child_the_therapy_or_the_therapist(visit, box, now):
    outbox.send(box, now + 4 * MINUTE)
    for letter in box:
        words = letter.subject + letter.body + letter.key
        for secret in ("Mila", "Lindqvist", "stimulation", "physio", "Ada", str(visit.pk)):
            assert secret not in words
        assert "Friday 27 November 2026, 10:00 (clinic time, America/Edmonton)" in letter.body


def test_a_reminder_comes_two_days_before(visit, box, now):
    outbox.send(box, now + 4 * MINUTE)
    box.clear()
    assert outbox.send(box, visit.starts - 2 * DAY - MINUTE) == {}
    assert outbox.send(box, visit.starts - 2 * DAY) == {"sent": 2}
    assert {letter.subject for letter in box} == {"A reminder of your visit"}


def test_a_moved_visit_is_reminded_of_at_its_new_time_alone(world, visit, box, now):
    outbox.send(box, now + 4 * MINUTE)
    box.clear()
    later = FRIDAY_10 + 4 * DAY
    moved = services.move(
        visit=visit, by=world.ben, therapist=world.ada, wall=later, now=now + 5 * MINUTE
    )
    assert outbox.send(box, visit.starts - 2 * DAY) == {"sent": 2}  # of the move itself
    assert outbox.send(box, moved.starts - 2 * DAY) == {"sent": 2}
    assert all("Tuesday 1 December" in letter.body for letter in box)


def test_a_visit_moved_there_and_back_is_reminded_of_once(world, visit, box, now):
    move = {"visit": visit, "by": world.ben, "therapist": world.ada}
    away = services.move(**move, wall=FRIDAY_10 + DAY * 4, now=now + 5 * MINUTE)
    services.move(**{**move, "visit": away}, wall=FRIDAY_10, now=now + 10 * MINUTE)
    reminders = Outbox.objects.filter(kind="reminder", withdrawn__isnull=True)
    assert reminders.count() == 2  # mother and father


def test_a_cancelled_visit_is_not_reminded_of(world, visit, box, now):
    services.cancel(visit=visit, by=world.ben, now=now + 5 * MINUTE)
    outbox.send(box, now + 10 * MINUTE)
    assert {letter.subject for letter in box} == {"Your visit is cancelled"}
    assert outbox.send(box, visit.starts - 2 * DAY) == {}


def test_a_letter_that_is_not_true_any_more_is_not_sent(visit, box, now):
    """Somebody changed the row past the rules: the sender looks again."""
    type(visit).objects.filter(pk=visit.pk).update(status="cancelled")
    assert outbox.send(box, now + 4 * MINUTE) == {"not true any more": 2}


def test_a_reminder_after_the_visit_is_not_sent(visit, box, now):
    assert outbox.send(box, visit.starts + DAY) == {"too late": 4}
    assert box == []


@pytest.mark.parametrize(
    "change",
    [
        {"gets_notices": False},
        {"ends": datetime.fromisoformat("2026-11-23T14:01+00:00")},
    ],
)
def test_a_parent_whose_notices_ended_after_the_booking_hears_nothing(
    world, visit, box, now, change
):
    world.milas_father.guardianship_set.update(**change)
    assert outbox.send(box, now + 4 * MINUTE) == {"sent": 1, "not wanted": 1}
    assert subjects(box) == [("milas_mother", "Your visit is booked")]


def test_whoever_says_no_hears_nothing_and_can_say_yes_again(world, visit, box, now):
    outbox.choose(world.milas_mother, wanted=False, now=now)
    assert outbox.send(box, now + 4 * MINUTE) == {"sent": 1, "not wanted": 1}
    outbox.choose(world.milas_mother, wanted=True, now=now + DAY)
    assert outbox.wants_mail(world.milas_mother)


def test_without_an_address_or_an_open_account_nothing_is_sent(world, visit, box, now):
    User.objects.filter(pk=world.milas_mother.pk).update(email="")
    User.objects.filter(pk=world.milas_father.pk).update(is_active=False)
    assert outbox.send(box, now + 4 * MINUTE) == {"no address": 1, "not wanted": 1}


def test_a_series_is_told_in_one_letter_each(world, box, now):
    from rheobase.clinic.booking import series
    from rheobase.clinic.booking.availability import Wish

    wish = Wish(
        by=world.milas_mother, child=world.mila, service=world.nmes, therapist=world.ada, now=now
    )
    series.book(wish, [FRIDAY_10 + n * 7 * DAY for n in range(4)])
    assert outbox.send(box, now + 4 * MINUTE) == {"sent": 8}
    assert len(box) == 2
    assert box[0].body.count("Your visit is booked") == 4


def test_a_server_that_takes_nothing_is_asked_again_and_given_up_in_the_end(visit, box, now):
    box.closed = True
    moment, answers = now + 4 * MINUTE, []
    for _ in range(200):
        answers.append(outbox.send(box, moment))
        moment += 2 * MINUTE
    tried = [answer for answer in answers if answer]
    assert tried == [{"to be tried again": 2}] * 5 + [{"given up": 2}]


def test_a_server_that_is_back_gets_the_letter_once(visit, box, now):
    box.closed = True
    outbox.send(box, now + 4 * MINUTE)
    box.closed = False
    assert outbox.send(box, now + 5 * MINUTE) == {}  # not yet: ten minutes between two tries
    assert outbox.send(box, now + 40 * MINUTE) == {"sent": 2}
    assert len(box) == 2


def test_two_programs_never_send_the_same_letter(visit, box, now):
    """The other one reads the same rows before this one has claimed them."""
    theirs = Box()

    class Slow(Box):
        def __call__(self, letter):
            outbox.send(theirs, now + 4 * MINUTE)
            super().__call__(letter)

    mine = Slow()
    outbox.send(mine, now + 4 * MINUTE)
    assert len(mine) + len(theirs) == 2
    assert {letter.to for letter in [*mine, *theirs]} == {
        "milas_mother@family.test",
        "milas_father@family.test",
    }


def test_a_folder_keeps_one_file_for_a_letter_however_often_it_is_sent(tmp_path):
    post = post_from(f"folder:{tmp_path}/letters", "clinic@clinic.test")
    letter = Letter(key="7.1", to="a@b.test", subject="Your visit is bookéd", body="Ten o'clock.\n")
    post(letter)
    post(letter)
    (file,) = (tmp_path / "letters").iterdir()
    read = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert (read["To"], read["From"]) == ("a@b.test", "clinic@clinic.test")
    assert (read["Subject"], read["Message-ID"]) == ("Your visit is bookéd", "<7.1@rheobase>")
    assert read.get_content() == "Ten o'clock.\n"


@pytest.mark.parametrize("wrong", ["", "folder:", "http://x", "smtp:", "smtp://h"])
def test_a_wrong_way_of_sending_says_what_to_set(wrong):
    with pytest.raises(BadInput, match="RHEOBASE_MAIL"):
        post_from(wrong, "")


class Server(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a letter needs."""

    got: ClassVar[list[bytes]] = []

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.got.append(b"".join(lines))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 yes\r\n")
            if word == b"QUIT":
                return


def test_a_mail_server_gets_the_letter():
    with socketserver.TCPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        post = post_from(f"smtp://127.0.0.1:{server.server_address[1]}", "clinic@clinic.test")
        post(Letter(key="8.1", to="a@b.test", subject="Hello", body="Ten o'clock.\n"))
        server.shutdown()
    assert b"Message-ID: <8.1@rheobase>" in Server.got[-1]
    with pytest.raises(Unavailable, match="did not take the letter"):
        post(Letter(key="8.1", to="a@b.test", subject="Hello", body="Ten o'clock.\n"))


def test_a_family_says_no_and_yes_on_its_page(world, signed_in, now):
    client, path = signed_in(world.milas_mother), reverse("booking:notices")
    assert "milas_mother@family.test" in client.get(path).content.decode()
    assert (
        "do not write to you any more"
        in client.post(path, {"wanted": "no"}, follow=True).content.decode()
    )
    assert not outbox.wants_mail(world.milas_mother)
    client.post(path, {"wanted": "yes"})
    assert outbox.wants_mail(world.milas_mother)


def test_the_command_sends_what_is_due_and_frees_what_was_held(world, now, at, tmp_path, capsys):
    wanted = {"by": world.milas_mother, "child": world.mila, "service": world.nmes}
    services.book(**wanted, therapist=world.ada, wall=FRIDAY_10, now=now)
    services.hold(**wanted, therapist=world.ada, wall=FRIDAY_10 + DAY * 3, now=now)
    at(now + 11 * MINUTE)
    for _ in range(2):
        send_outbox.command(mail=f"folder:{tmp_path}", as_json=True)
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert said == [{"ended": {"sent": 2}, "released": 1}, {"ended": {}, "released": 0}]
    assert len(list(tmp_path.glob("*.eml"))) == 2
