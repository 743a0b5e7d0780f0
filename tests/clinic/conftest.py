"""The cast, always the same: three children, their families, and the people of the clinic.

Mila (6) and Jonas (11) come to Ada, physiotherapist. Noor (9 months) comes to Olivia, occupational
therapist. So Ada is a stranger to Noor, Olivia to Mila, and each family to the other two.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.db import connection
from django.utils import translation

from rheobase.clinic import clock
from rheobase.clinic.assessment.models import Episode, Goal, Measure
from rheobase.clinic.booking.models import (
    Allocation,
    Appointment,
    HoursRule,
    Offer,
    Room,
    Series,
    Service,
    Stimulator,
    WaitRequest,
)
from rheobase.clinic.diary.models import Note
from rheobase.clinic.intake.models import Consent, FormAnswer, FormVersion
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people.models import Child, Guardianship, User
from rheobase.clinic.plan.models import Draft, SignedPlan

APP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of every app of the staff here
ZONE = "America/Edmonton"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
MONDAY_8 = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 08:00 on the clinic's wall
BILATERAL = "spastic cerebral palsy, bilateral"


@dataclass
class World:
    """Everybody and everything; attributes are named after the cast."""

    ada: User = None
    olivia: User = None
    ben: User = None
    lead: User = None
    admin: User = None
    mila: Child = None
    jonas: Child = None
    noor: Child = None
    milas_mother: User = None
    milas_father: User = None  # may look, may neither book nor consent
    jonas_mother: User = None
    noors_mother: User = None
    room: Room = None
    assessment: Service = None
    nmes: Service = None  # physiotherapy with three units
    ot_assessment: Service = None
    units: list[Stimulator] = field(default_factory=list)
    episodes: dict[str, Episode] = field(default_factory=dict)
    zone: str = ZONE
    app_key: str = APP_KEY
    monday: date = MONDAY  # 23 November 2026; the fixture `at` starts there, at eight

    @property
    def staff(self) -> list[User]:
        return [self.ada, self.olivia, self.ben, self.lead, self.admin]

    @property
    def children(self) -> list[Child]:
        return [self.mila, self.jonas, self.noor]

    def visit(
        self, child: Child, therapist: User, wall: datetime, service: Service | None = None
    ) -> Appointment:
        """A confirmed visit with its reservations, put there directly."""
        service = service or self.assessment
        starts = clock.to_utc(wall, ZONE)
        ends = starts + timedelta(minutes=service.minutes)
        visit = Appointment.objects.create(
            child=child,
            service=service,
            therapist=therapist,
            room=self.room,
            wall_start=wall.isoformat(timespec="minutes"),
            zone=ZONE,
            starts=starts,
            ends=ends,
            booked_by=self.ben,
            booked_at=LONG_AGO,
        )
        for resource in sorted([f"therapist:{therapist.pk}", f"child:{child.pk}"]):
            Allocation.objects.create(visit=visit, resource=resource, starts=starts, ends=ends)
        return visit

    def records(self, child: Child, sealed: dict[str, Any] | None = None) -> dict[str, Any]:
        """One of everything that belongs to a child: the keys of policy.CHILD_OF to primary keys."""
        episode = self.episodes[child.given_name]
        therapist, at = episode.therapist, LONG_AGO
        made = {"by": therapist, "at": at}
        form, _ = FormVersion.objects.get_or_create(
            kind="test",
            version=1,
            defaults={"title": "A form", "questions": [], "published": at},
        )
        visit = self.visit(
            child, therapist, datetime.combine(MONDAY, time(7 + len(child.given_name)))
        )
        answer = FormAnswer.objects.create(child=child, form=form, answers={}, **made)
        consent = Consent.objects.create(
            child=child, kind="stimulation", version=1, text="Yes", relation="mother", **made
        )
        measure = Measure.objects.create(
            episode=episode,
            instrument="goniometer",
            quantity="passive range",
            value=5,
            unit="deg",
            error=5,
            **made,
        )
        goal = Goal.objects.create(
            episode=episode,
            text="Walk to the bus",
            focus="strength",
            levels={},
            baseline=-2,
            **made,
        )
        draft = Draft.objects.create(episode=episode, case={}, proposal={}, refusal=None, **made)
        plan = SignedPlan.objects.create(
            episode=episode,
            draft=draft,
            version=1,
            sealed=sealed or {},
            digest=(sealed or {}).get("digest", child.id.hex),
            signed_by=therapist,
            signed_at=at,
            valid_until=date(2027, 1, 1),
        )
        treatment = Treatment.objects.create(
            child=child,
            plan=plan,
            visit=visit,
            therapist=therapist,
            bedside="",
            units=[],
            started=at,
            ended=at,
            how_it_ended="finished",
        )
        note = Note.objects.create(
            treatment=treatment, text=f"Note of {child}", by=therapist, drafted=at
        )
        wait = WaitRequest.objects.create(
            child=child,
            service=visit.service,
            windows=["0am"],
            notice_hours=24,
            first_day=MONDAY,
            last_day=MONDAY,
            by=self.ben,
            asked=at,
        )
        offer = Offer.objects.create(request=wait, visit=visit, by=self.ben, made=at, until=at)
        return {
            "child": child.pk,
            "visit": visit.pk,
            "form": answer.pk,
            "consent": consent.pk,
            "episode": episode.pk,
            "measure": measure.pk,
            "goal": goal.pk,
            "draft": draft.pk,
            "plan": plan.pk,
            "treatment": treatment.pk,
            "note": note.pk,
            "wait": wait.pk,
            "offer": offer.pk,
            "series": Series.objects.create(child=child, by=self.ben, made=at).pk,
        }


def person(username: str, role: str, first: str, last: str, discipline: str = "") -> User:
    """Somebody without a password; tests sign in with client.force_login. Staff have an app."""
    user = User.objects.create(
        username=username, role=role, first_name=first, last_name=last, discipline=discipline
    )
    if role != "guardian":
        Authenticator.objects.create(user=user, type="totp", data={"secret": encrypt(APP_KEY)})
    return user


def child_of(given: str, family: str, born: date, sex: str, condition: str) -> Child:
    return Child.objects.create(
        given_name=given, family_name=family, born=born, sex=sex, condition=condition
    )


def guards(user: User, child: Child, relation: str = "mother", **rights: bool) -> Guardianship:
    return Guardianship.objects.create(
        user=user, child=child, relation=relation, starts=LONG_AGO, **rights
    )


def _people(w: World) -> None:
    physio, ot = "physiotherapy", "occupational therapy"
    w.ada = person("ada", "therapist", "Ada", "Marsh", physio)
    w.olivia = person("olivia", "therapist", "Olivia", "Stone", ot)
    w.ben = person("ben", "front_desk", "Ben", "Hill")
    w.lead = person("lena", "lead", "Lena", "Brook")
    w.admin = person("max", "administrator", "Max", "Field")
    w.milas_mother = person("mother.lindqvist", "guardian", "Sara", "Lindqvist")
    w.milas_father = person("father.lindqvist", "guardian", "Tom", "Lindqvist")
    w.jonas_mother = person("mother.okafor", "guardian", "Ruth", "Okafor")
    w.noors_mother = person("mother.haddad", "guardian", "Amal", "Haddad")
    w.mila = child_of("Mila", "Lindqvist", date(2020, 5, 4), "female", BILATERAL)
    w.jonas = child_of("Jonas", "Okafor", date(2015, 2, 10), "male", "other")
    w.noor = child_of("Noor", "Haddad", date(2026, 2, 15), "female", "typically developing")
    guards(w.milas_mother, w.mila)
    guards(w.milas_father, w.mila, "father", can_book=False, can_consent=False)
    guards(w.jonas_mother, w.jonas)
    guards(w.noors_mother, w.noor)


def _clinic(w: World) -> None:
    w.room = Room.objects.create(name="Blue room")
    Room.objects.create(name="Green room")
    w.units = [
        Stimulator.objects.create(name=f"Unit {n}", make="virtual", address=f"virtual:{n}")
        for n in range(1, 7)
    ]
    physio, ot = "physiotherapy", "occupational therapy"
    w.assessment = Service.objects.create(
        name="First visit, physiotherapy",
        discipline=physio,
        description="We look at movement and strength.",
        minutes=60,
        buffer_after_min=15,
    )
    w.nmes = Service.objects.create(
        name="Session with muscle stimulation",
        discipline=physio,
        description="A session with up to three units.",
        minutes=45,
        buffer_before_min=15,
        stimulators=3,
    )
    w.ot_assessment = Service.objects.create(
        name="First visit, occupational therapy",
        discipline=ot,
        description="We look at hands and play.",
        minutes=60,
    )
    for therapist in (w.ada, w.olivia):
        for weekday in range(5):
            HoursRule.objects.create(
                therapist=therapist,
                weekday=weekday,
                starts=time(9),
                ends=time(16),
                first_day=date(2026, 1, 1),
            )


def without_guard(table: str) -> None:
    """Take the guard of frozen rows off a table, as somebody with the database's password could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER {table}_frozen ON {table}")
        else:
            cursor.execute(f"DROP TRIGGER {table}_frozen_update")
            cursor.execute(f"DROP TRIGGER {table}_frozen_delete")


def build() -> World:
    """Make the whole world."""
    w = World()
    _people(w)
    _clinic(w)
    for child, therapist in ((w.mila, w.ada), (w.jonas, w.ada), (w.noor, w.olivia)):
        w.episodes[child.given_name] = Episode.objects.create(
            child=child, therapist=therapist, reason="Walking", opened=LONG_AGO
        )
    return w


@pytest.fixture(autouse=True)
def english_again():
    """A page in French leaves its language behind in the thread; the next test begins in English."""
    yield
    translation.deactivate()


@pytest.fixture
def world(db) -> World:
    """The cast and the clinic, without any visit yet."""
    return build()


@pytest.fixture
def signed_in(client):
    """A function that signs somebody in, just now, and returns the client: signed_in(world.ada)."""

    def sign_in(user: User) -> Any:
        client.force_login(user)
        session = client.session
        how = {"method": "password", "at": clock.now().timestamp()}
        session["account_authentication_methods"] = [how]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return sign_in


@pytest.fixture
def at(monkeypatch):
    """A function that sets the clinic's clock: at(MONDAY_8); it starts on a Monday at eight."""

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_clock(MONDAY_8)
    return set_clock


@pytest.fixture
def unguarded(world):
    """A function that takes the database's guard off a table: unguarded("people_accesslog")."""
    return without_guard
