"""An invented clinic with invented families, for trying things out. Run it as often as you like.

The clinic is open every day of the week, so that there is always something today. Everything goes
through the same rules as on the pages; visits of the past are booked with the clock of the past.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, final

from django.conf import settings
from django.db import transaction

from rheobase.clinic import clock, demo_course
from rheobase.clinic.assessment.services import open_episode
from rheobase.clinic.booking import services as booking
from rheobase.clinic.booking.models import Appointment, HoursRule, Room, Service, Stimulator
from rheobase.clinic.intake import services as intake
from rheobase.clinic.intake import wording
from rheobase.clinic.people import factors
from rheobase.clinic.people.models import Child, Discipline, Guardianship, Role, User
from rheobase.errors import BadInput
from rheobase.home import secret

PHYSIO, OT = str(Discipline.PHYSIOTHERAPY), str(Discipline.OCCUPATIONAL_THERAPY)
WORDS = (
    "amber", "birch", "cedar", "clover", "coral", "ember", "fern", "hazel",
    "heron", "iris", "juniper", "lark", "maple", "otter", "pebble", "robin",
)  # fmt: skip

# username, role, given, family, discipline, registration
STAFF = (
    ("ada", Role.THERAPIST, "Ada", "Marsh", PHYSIO, "PT-DEMO-1"),
    ("olivia", Role.THERAPIST, "Olivia", "Stone", OT, "OT-DEMO-1"),
    ("paul", Role.THERAPIST, "Paul", "Reed", PHYSIO, "PT-DEMO-2"),
    ("lena", Role.LEAD, "Lena", "Brook", "", ""),
    ("max", Role.ADMINISTRATOR, "Max", "Field", "", ""),
    ("ben", Role.FRONT_DESK, "Ben", "Hill", "", ""),
)
# key, given, family, age in months, sex, condition
CHILDREN = (
    ("mila", "Mila", "Lindqvist", 78, "female", "spastic cerebral palsy, bilateral"),
    ("jonas", "Jonas", "Okafor", 134, "male", "spastic cerebral palsy, unilateral"),
    ("noor", "Noor", "Haddad", 9, "female", "other"),
)
# username, given, family, child, relation, rights that are missing
FAMILIES = (
    ("sara", "Sara", "Lindqvist", "mila", "mother", ()),
    ("tom", "Tom", "Lindqvist", "mila", "father", ("can_book", "can_consent")),
    ("ruth", "Ruth", "Okafor", "jonas", "mother", ()),
    ("amal", "Amal", "Haddad", "noor", "mother", ()),
)
ROOMS = ("Blue room", "Green room", "Gym")
UNITS = 6
# name, discipline, description, minutes, minutes before and after, units
SERVICES = (
    ("First visit, physiotherapy", PHYSIO, "We look at movement, strength and what matters to you.", 60, 0, 15, 0),
    ("Review and measuring, physiotherapy", PHYSIO, "We measure again and look at the goals together.", 45, 0, 15, 0),
    ("Session with muscle stimulation, two muscle groups", PHYSIO, "After the therapist has planned it with you.", 45, 15, 15, 2),
    ("Session with muscle stimulation, three muscle groups", PHYSIO, "After the therapist has planned it with you.", 60, 15, 15, 3),
    ("First visit, occupational therapy", OT, "We look at hands, play and everyday life.", 60, 0, 15, 0),
    ("Review and measuring, occupational therapy", OT, "We measure again and look at the goals together.", 45, 0, 15, 0),
    ("Hand and arm session with muscle stimulation", OT, "After the therapist has planned it with you.", 45, 15, 15, 2),
)  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sign in to the demo, with the password of this installation."""

    username: str
    password: str
    name: str
    role: str


def fill(now: datetime) -> list[Account]:
    """Make whatever of the demo clinic is missing, and return who can sign in.

    Args:
        now: the present moment. [UTC]

    Raises:
        BadInput: if this clinic has accounts that are not the demo's.
    """
    cast = {row[0] for row in (*STAFF, *FAMILIES)}
    if not _begun() and User.objects.exclude(username__in=cast).exists():
        raise BadInput(
            "This clinic has accounts of its own; demo data would be mixed with real records. "
            "Set RHEOBASE_HOME to an empty folder and try again."
        )
    with transaction.atomic():
        staff = _staff()
        for user in staff.values():
            factors.enrol_for_demo(user, _app_key(user.username), now)
        users = {**staff, **_families()}
        children = _children(now)
        _guardians(users, children)
        _house(users)
    _care(users, children, now)
    return [
        Account(
            username=user.username,
            password=password_of(user.username),
            name=str(user),
            role=user.get_role_display(),
        )
        for user in users.values()
    ]


def _begun() -> bool:
    """Return whether this is a demo already; whoever tries things out there may add people."""
    marks = {row[0]: row[5] for row in STAFF if row[5]}
    known = User.objects.filter(registration__in=marks.values()).values_list("username", flat=True)
    return set(known) == set(marks)


def password_of(username: str) -> str:
    """Return a demo password: the same at every start of this installation, different elsewhere."""
    mac = hmac.new(secret("demo.key"), username.encode(), hashlib.sha256).digest()
    return (
        f"{WORDS[mac[0] % 16]}-{WORDS[mac[1] % 16]}-{int.from_bytes(mac[2:4], 'big') % 9000 + 1000}"
    )


def _app_key(username: str) -> str:
    """Return the key of a demo account's app; the page that asks for its code shows the code."""
    mac = hmac.new(secret("demo.key"), f"app:{username}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:20]).decode()


def _user(username: str, **fields: Any) -> User:
    user, made = User.objects.get_or_create(username=username, defaults=fields)
    if made or not user.check_password(password_of(username)):
        user.set_password(password_of(username))
        user.save()
    return user


def _staff() -> dict[str, User]:
    return {
        name: _user(
            name,
            role=role,
            first_name=given,
            last_name=family,
            discipline=discipline,
            registration=registration,
        )
        for name, role, given, family, discipline, registration in STAFF
    }


def _families() -> dict[str, User]:
    return {
        name: _user(name, role=Role.GUARDIAN, first_name=given, last_name=family)
        for name, given, family, *_ in FAMILIES
    }


def _children(now: datetime) -> dict[str, Child]:
    today = clock.to_wall(now, settings.CLINIC_ZONE).date()
    return {
        key: Child.objects.get_or_create(
            given_name=given,
            family_name=family,
            defaults={"born": _born(today, months), "sex": sex, "condition": condition},
        )[0]
        for key, given, family, months, sex, condition in CHILDREN
    }


def _born(today: date, months: int) -> date:
    years, rest = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(years, rest + 1, 12)


def _guardians(users: dict[str, User], children: dict[str, Child]) -> None:
    for name, _, _, child, relation, missing in FAMILIES:
        row = {"user": users[name], "child": children[child]}
        rights = {"relation": relation, **dict.fromkeys(missing, False)}
        if not Guardianship.objects.filter(**row).exists():
            Guardianship.objects.create(**row, **rights, starts=children[child].created - _days(30))


def _house(users: dict[str, User]) -> None:
    for name in ROOMS:
        Room.objects.get_or_create(name=name)
    for n in range(1, UNITS + 1):
        Stimulator.objects.get_or_create(
            name=f"Virtual unit {n}", defaults={"make": "virtual", "address": f"virtual-{n}"}
        )
    for name, discipline, description, minutes, before, after, units in SERVICES:
        Service.objects.get_or_create(
            name=name,
            defaults={
                "discipline": discipline,
                "description": description,
                "minutes": minutes,
                "buffer_before_min": before,
                "buffer_after_min": after,
                "stimulators": units,
            },
        )
    for therapist in (u for u in users.values() if u.role == Role.THERAPIST):
        if not HoursRule.objects.filter(therapist=therapist).exists():
            for weekday in range(7):
                HoursRule.objects.create(
                    therapist=therapist,
                    weekday=weekday,
                    starts=time(8),
                    ends=time(18),
                    first_day=date(2020, 1, 1),
                )


def _care(users: dict[str, User], children: dict[str, Child], now: datetime) -> None:
    """Open the episodes, answer Mila's forms, and give everybody visits around today."""
    begun = now - _days(21)
    open_episode(children["mila"], users["ada"], "Walking: catches the toes, tires early", begun)
    jonas = open_episode(
        children["jonas"],
        users["ada"],
        "Right foot and hand: strength and range",
        now - _days(demo_course.BEGAN_DAYS),
    )
    open_episode(children["noor"], users["olivia"], "Sitting and reaching", begun)
    _answered(children["mila"], users["sara"], now - _days(2))
    demo_course.record(jonas, users["ada"], now)
    first, review, two, three = SERVICES[0][0], SERVICES[1][0], SERVICES[2][0], SERVICES[3][0]
    for key, by, service, therapist, days, hour in (
        ("mila", "sara", first, "ada", -14, 9),
        ("mila", "ben", three, "ada", 0, 9),
        ("mila", "sara", two, "ada", 7, 10),
        ("jonas", "ben", first, "ada", -68, 13),
        ("jonas", "ruth", review, "ada", 0, 13),
        ("jonas", "ruth", review, "paul", 9, 11),
        ("noor", "amal", SERVICES[4][0], "olivia", 0, 10),
        ("noor", "amal", SERVICES[5][0], "olivia", 5, 14),
    ):
        _visit(
            child=children[key],
            by=users[by],
            service=service,
            therapist=users[therapist],
            around=now + _days(days),
            hour=hour,
        )


def _visit(
    *, child: Child, by: User, service: str, therapist: User, around: datetime, hour: int
) -> None:
    """Book one visit three days before it, if the child has none that day."""
    zone = settings.CLINIC_ZONE
    wall = datetime.combine(clock.to_wall(around, zone).date(), time(hour))
    if Appointment.objects.filter(child=child, wall_start__startswith=f"{wall:%Y-%m-%d}").exists():
        return
    booking.book(
        by=by,
        child=child,
        service=Service.objects.get(name=service),
        therapist=therapist,
        wall=wall,
        now=clock.to_utc(wall, zone) - _days(3),
        interested=True,
        told_us=None,
    )


def _answered(child: Child, by: User, at: datetime) -> None:
    """Answer the forms with "no", but for what is true of Mila; give the consent."""
    done = {item.key for item in intake.checklist(child, at + _days(2)) if item.done}
    true_of_mila = {
        "cannot_communicate": "yes",
        "hopes": "Walk to the bus stop without stumbling, and keep up with her brother.",
        "enjoys": "Dinosaurs. She likes to press the button herself.",
        "equipment": "Ankle splints at school.",
    }
    for kind in wording.TITLES:
        if kind not in done:
            form = intake.current_form(kind, at)
            choices = {q["key"]: dict(q["choices"]) for q in form.questions if "choices" in q}

            def typed(name: str, choices: dict[str, Any] = choices) -> str:
                return _choice(name, true_of_mila.get(name, ""), choices)

            intake.answer(child=child, form=form, typed=typed, by=by, now=at)
    if wording.STIMULATION not in done:
        intake.give(child=child, kind=wording.STIMULATION, by=by, now=at)


def _choice(name: str, wanted: str, choices: dict[str, dict[str, str]]) -> str:
    if name not in choices:
        return wanted
    return next((key for key in (wanted, "no") if key in choices[name]), wording.UNKNOWN)


def _days(n: int) -> timedelta:
    return timedelta(days=n)
