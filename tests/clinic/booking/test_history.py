"""Whatever families and the desk do, in whatever order: a slow model and the clinic agree on every step.

The model knows no bitmasks, no database and no locks: it keeps a list of what is reserved and tries every
therapist, room and unit against every entry of it. It says before each step whether it must succeed.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rheobase.clinic import clock
from rheobase.clinic.booking import holds, series, services
from rheobase.clinic.booking.availability import Wish
from rheobase.clinic.booking.models import Allocation, Appointment, Status
from rheobase.errors import RheobaseError

ZONE = "America/Edmonton"
NOW = datetime.fromisoformat("2026-11-23T14:00+00:00")
WEDNESDAY = datetime.fromisoformat("2026-11-25T09:00")
OPENS, CLOSES = 9 * 60, 16 * 60  # minutes of the day
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
UNDO, HELD_FOR = 3 * MINUTE, 10 * MINUTE
THERAPISTS, ROOMS, UNITS = 3, 2, 5  # so that each of them is scarce in its turn
WHAT = ("book", "book", "book", "hold", "hold", "series", "move", "cancel", "rest", "undo", "wait")
steps = st.lists(
    st.tuples(
        st.sampled_from(WHAT),
        st.integers(0, 5),  # which child, or which visit, or how long to wait
        st.integers(0, 23),  # quarter hours after nine
        st.booleans(),  # with stimulation
        st.booleans(),  # by the front desk
    ),
    max_size=14,
)


@dataclass(frozen=True)
class Entry:
    """One visit, or one held time, as the model remembers it."""

    key: object
    child: object
    service: object
    wall: datetime
    by: object
    until: datetime | None = None  # of a held time
    alive: bool = True
    series: object = None
    last: tuple = ("", NOW)  # what was done last, and when
    therapist: int = 0
    room: int = 0
    units: frozenset = frozenset()
    was: tuple | None = None  # wall and therapist before the last change

    def stretch(self, wall=None):
        wall = wall or self.wall
        before = timedelta(minutes=self.service.buffer_before_min)
        after = timedelta(minutes=self.service.minutes + self.service.buffer_after_min)
        return wall - before, wall + after


@dataclass
class Model:
    """Everything that is reserved, in a list."""

    entries: list = field(default_factory=list)
    now: datetime = NOW

    def fits(self, wanted: Entry, without=(), whom=None) -> bool:
        """Return whether a visit could be at its wall time, by trying it against every entry."""
        length = timedelta(minutes=wanted.service.minutes)
        opens, closes = (
            wanted.wall.replace(hour=0, minute=0) + timedelta(minutes=m) for m in (OPENS, CLOSES)
        )
        if wanted.wall < opens or wanted.wall + length > closes:
            return False
        taken = self.taken(wanted, without)
        if wanted.child in {e.child for e in taken}:
            return False
        therapists = {e.therapist for e in taken}
        free = THERAPISTS - len(therapists) if whom is None else whom not in therapists
        units = UNITS - len({unit for e in taken for unit in e.units})
        return bool(
            free and len({e.room for e in taken}) < ROOMS and units >= wanted.service.stimulators
        )

    def taken(self, wanted: Entry, without=()) -> list:
        """Return every entry that overlaps a visit, buffers included."""
        starts, ends = wanted.stretch()
        around = [(e, *e.stretch()) for e in self.standing() if e.key not in without]
        return [e for e, first, last in around if first < ends and starts < last]

    def standing(self):
        return [e for e in self.entries if e.alive and (e.until is None or e.until > self.now)]

    def held(self, by, child):
        return {e.key for e in self.standing() if e.until and (e.by, e.child) == (by, child)}

    def change(self, key, **new):
        self.entries = [replace(e, **new) if e.key == key else e for e in self.entries]

    def forget(self, keys):
        self.entries = [e for e in self.entries if e.key not in keys]


class Clinic:
    """The real rules and the model, side by side."""

    def __init__(self, world):
        self.world, self.model = world, Model()
        for name in ("carl", "dora"):
            other = type(world.ada).objects.create(
                username=name, role="therapist", discipline="physiotherapy"
            )
            for rule in world.ada.hoursrule_set.all():
                rule.pk, rule.therapist = None, other
                rule.save()
        type(world.units[0]).objects.filter(pk=world.units[0].pk).update(active=False)

    def wish(self, which, quarter, stimulation, desk):
        w = self.world
        n = which % 3
        child = w.children[n]
        by = w.ben if desk else (w.milas_mother, w.jonas_mother, w.noors_mother)[n]
        service = w.nmes if stimulation else w.assessment
        return child, by, service, WEDNESDAY + timedelta(minutes=15 * quarter)

    def visits(self):
        return [e for e in self.model.entries if e.until is None]

    def does(self, action, *, must):
        """Do something for real; it succeeds if and only if the model says so."""
        try:
            with transaction.atomic():
                done = action()
        except RheobaseError as refusal:
            assert not must, refusal
            return None
        assert must
        return done

    def book(self, which, quarter, stimulation, desk, *, hold=False):
        child, by, service, wall = self.wish(which, quarter, stimulation, desk)
        model = self.model
        wanted = Entry(key=None, child=child, service=service, wall=wall, by=by)
        mine = model.held(by, child)
        ask = {"by": by, "child": child, "service": service, "therapist": None, "now": model.now}
        action = services.hold if hold else services.book
        made = self.does(lambda: action(**ask, wall=wall), must=model.fits(wanted, without=mine))
        if made:
            model.forget(mine)
            until = model.now + HELD_FOR if hold else None
            self.remember(replace(wanted, until=until, last=("booked", model.now)), made)

    def hold(self, *how):
        self.book(*how, hold=True)

    def series(self, which, quarter, stimulation, desk):
        child, by, service, wall = self.wish(which, quarter, stimulation, desk)
        model = self.model
        walls = [wall + n * WEEK for n in range(3)]
        wanted = [Entry(key=None, child=child, service=service, wall=w, by=by) for w in walls]
        mine = model.held(by, child)
        wish = Wish(by=by, child=child, service=service, therapist=None, now=model.now)
        fit = [model.fits(one, without=mine) for one in wanted]
        assert [not row.why_not for row in series.plan(wish, wall, 3)] == fit
        made = self.does(lambda: series.book(wish, walls), must=all(fit))
        if made:
            model.forget(mine)
            for one, visit in zip(wanted, made, strict=True):
                done = ("booked", model.now)
                self.remember(replace(one, series=visit.series_id, last=done), visit)

    def remember(self, entry, visit):
        """Keep what the clinic chose for a visit, after a look whether all of it was free."""
        entry = replace(
            entry,
            key=visit.pk,
            therapist=visit.therapist_id,
            room=visit.room_id,
            units=frozenset(visit.stimulators.values_list("pk", flat=True)),
        )
        for other in self.model.taken(entry, without={entry.key}):
            assert other.therapist != entry.therapist
            assert other.room != entry.room
            assert not other.units & entry.units
        self.model.forget({entry.key})
        self.model.entries.append(entry)

    def chosen(self, which):
        found = self.visits()
        return found[which % len(found)] if found else None

    def move(self, which, quarter, *_):
        if one := self.chosen(which):
            wall = one.wall.replace(hour=9, minute=0) + timedelta(minutes=15 * quarter)
            there = replace(one, wall=wall)
            must = one.alive and self.model.fits(there, without={one.key})
            visit = Appointment.objects.get(pk=one.key)
            who = {"by": self.world.ben, "therapist": None, "now": self.model.now}
            moved = self.does(lambda: services.move(visit=visit, wall=wall, **who), must=must)
            if moved:
                was, done = (one.wall, one.therapist), ("moved", self.model.now)
                self.remember(replace(there, was=was, last=done), moved)

    def cancel(self, which, *_):
        if one := self.chosen(which):
            visit = Appointment.objects.get(pk=one.key)
            by, now = self.world.ben, self.model.now
            self.does(lambda: services.cancel(visit=visit, by=by, now=now), must=one.alive)
            if one.alive:
                self.ended(one)

    def ended(self, one):
        done = ("cancelled", self.model.now)
        self.model.change(one.key, alive=False, was=(one.wall, one.therapist), last=done)

    def rest(self, which, *_):
        one = self.chosen(which)
        if one and one.series and one.alive:
            visit = Appointment.objects.get(pk=one.key)
            now = self.model.now
            done, late = series.cancel(visit=visit, by=self.world.ben, now=now)
            after = [
                e
                for e in self.visits()
                if e.series == one.series and e.alive and e.wall >= one.wall
            ]
            assert ({v.pk for v in done}, late) == ({e.key for e in after}, [])
            for e in after:
                self.ended(e)

    def undo(self, which, *_):
        if one := self.chosen(which):
            what, when = one.last
            now = self.model.now
            wall, whom = one.was or (one.wall, one.therapist)
            there = replace(one, wall=wall, alive=what != "booked", last=("undone", now))
            must = what in ("booked", "moved", "cancelled") and now - when <= UNDO
            if what in ("moved", "cancelled"):
                must = must and self.model.fits(there, without={one.key}, whom=whom)
            visit = Appointment.objects.get(pk=one.key)
            by = self.world.ben
            if self.does(lambda: services.undo(visit=visit, by=by, now=now), must=must):
                if there.alive:
                    self.remember(there, Appointment.objects.get(pk=one.key))
                else:
                    self.model.change(one.key, alive=False, last=there.last)

    def wait(self, which, *_):
        self.model.now += which * 2 * MINUTE
        if which % 2:
            holds.release_expired(self.model.now)

    def agrees(self):
        """The database holds what the model holds, and nothing overlaps."""
        now = self.model.now
        real = {
            (v.pk, v.wall_start)
            for v in Appointment.objects.exclude(status=Status.CANCELLED)
            if v.status != Status.HELD or v.held_until > now
        }
        ours = {(e.key, e.wall.isoformat(timespec="minutes")) for e in self.model.standing()}
        assert real == ours
        rows = Allocation.objects.filter(active=True).order_by("resource", "starts")
        for one, other in pairwise(rows):
            assert one.resource != other.resource or one.ends <= other.starts
        for visit in Appointment.objects.all():
            has_what_it_needs(visit)


def has_what_it_needs(visit):
    active = sorted(a.resource.split(":")[0] for a in visit.allocations.filter(active=True))
    if visit.status == Status.CANCELLED:
        assert active == []
    else:
        units = ["stimulator"] * visit.service.stimulators
        assert active == ["child", "room", *units, "therapist"]
        assert visit.stimulators.count() == visit.service.stimulators
        assert clock.to_wall(visit.starts, ZONE) == datetime.fromisoformat(visit.wall_start)


def lives_through(world, history):
    with transaction.atomic():
        clinic = Clinic(world)
        for what, *how in history:
            getattr(clinic, what)(*how)
            clinic.agrees()
        transaction.set_rollback(True)  # the next example begins with an empty calendar


@given(history=steps)
@example(history=[(what, 0, 0, False, False) for what in ("book", "move", "undo")])
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_slow_model_and_the_clinic_agree_on_every_step(world, history):
    lives_through(world, history)


@pytest.mark.slow
@given(history=steps)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_slow_model_and_the_clinic_agree_on_many_long_histories(world, history):
    lives_through(world, history)
