"""Sixteen clients want one slot, again and again, in a process and a database of their own.

Run as a program by test_race.py and benchmarks/booking_races.py: `racing.py ROUNDS KIND`, with
DATABASE_URL. Prints one JSON object. KIND is "booking" (the clinic's own), "careless" (a plain look
before the insert, in autocommit: what every booking system has before somebody notices), "unguarded"
(the same with the database's guard removed), "offers", "moves", "cancels", "holds" or "log"; or "crowd"
and "crowd-unguarded": twelve processes, each trying ROUNDS random times, lengths, therapists and children.
"""

import json
import multiprocessing
import os
import random
import sys
import threading
import time as clock_time
from datetime import date, datetime, time, timedelta

import django

CLIENTS, PROCESSES = 16, 12
PAUSE_S = 0.003  # of the careless, between looking and taking


def setup() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "rheobase.clinic.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def people():
    from rheobase.clinic.booking.models import HoursRule, Room, Service, Stimulator
    from rheobase.clinic.people.models import Child, User

    ada = User.objects.create(username="ada", role="therapist", discipline="physiotherapy")
    ben = User.objects.create(username="ben", role="front_desk")
    for weekday in range(7):
        HoursRule.objects.create(
            therapist=ada,
            weekday=weekday,
            starts=time(8),
            ends=time(20),
            first_day=date(2020, 1, 1),
        )
    for n in range(1, 4):
        Room.objects.create(name=f"Room {n}")
    for n in range(1, 7):
        Stimulator.objects.create(name=f"Unit {n}", make="virtual", address="")
    service = Service.objects.create(
        name="Session", discipline="physiotherapy", minutes=45, stimulators=3, horizon_days=3650
    )
    children = [
        Child.objects.create(
            given_name=f"Child {n}",
            family_name="Test",
            born=date(2020, 1, 1),
            sex="female",
            condition="other",
        )
        for n in range(CLIENTS)
    ]
    return ada, ben, service, children


def booking(ada, ben, service, child, wall, now) -> bool:
    from rheobase.clinic.booking.services import book
    from rheobase.errors import Taken

    try:
        book(by=ben, child=child, service=service, therapist=ada, wall=wall, now=now)
    except Taken:
        return False
    return True


def careless(ada, ben, service, child, wall, now) -> bool:
    """Look, then insert: each statement by itself."""
    from django.conf import settings
    from django.db import IntegrityError, OperationalError

    from rheobase.clinic import clock
    from rheobase.clinic.booking.models import Allocation, Appointment, Room

    starts = clock.to_utc(wall, settings.CLINIC_ZONE)
    ends = starts + timedelta(minutes=service.minutes)
    name = f"therapist:{ada.pk}"
    if Allocation.objects.filter(resource=name, starts__lt=ends, ends__gt=starts).exists():
        return False
    clock_time.sleep(PAUSE_S)
    visit = Appointment.objects.create(
        child=child,
        service=service,
        therapist=ada,
        room=Room.objects.first(),
        wall_start=wall.isoformat(timespec="minutes"),
        zone=settings.CLINIC_ZONE,
        starts=starts,
        ends=ends,
        booked_by=ben,
        booked_at=now,
    )
    try:
        Allocation.objects.create(visit=visit, resource=name, starts=starts, ends=ends)
    except (IntegrityError, OperationalError):
        return False
    return True


def remove_the_guard() -> None:
    from importlib import import_module

    from django.db import connection

    undo = import_module("rheobase.clinic.booking.migrations.0003_no_overlap").UNDO
    with connection.cursor() as cursor:
        for statement in undo[connection.vendor]:
            cursor.execute(statement)


def all_at_once(work) -> None:
    """Run work(n) in as many threads as there are clients, released together."""
    from django.db import connection

    gate = threading.Barrier(CLIENTS)
    failed: list[BaseException] = []

    def run(n):
        try:
            connection.ensure_connection()
            work(n, gate)
        except BaseException as error:  # noqa: BLE001 - reported below
            failed.append(error)
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def race(rounds: int, attempt) -> dict:
    ada, ben, service, children = people()
    now, walls = slots(rounds)
    wins = [[False] * CLIENTS for _ in walls]

    def client(n, gate):
        for number, wall in enumerate(walls):
            gate.wait(60)
            wins[number][n] = attempt(ada, ben, service, children[n], wall, now)

    all_at_once(client)
    return {"winners": [sum(row) for row in wins], **the_calendar()}


def slots(rounds: int):
    """The present moment, and a time for each round that nothing else touches."""
    from rheobase.clinic import clock

    now = clock.now()
    day = (now + timedelta(days=2)).date()
    return now, [
        datetime.combine(day + timedelta(days=n // 10), time(8 + n % 10)) for n in range(rounds)
    ]


def the_calendar() -> dict:
    """What the rows say afterwards: overlaps, and visits that do not have just what they need."""
    from rheobase.clinic.booking.models import Allocation, Appointment

    rows = Allocation.objects.filter(active=True).order_by("resource", "starts")
    rows = list(rows.values_list("resource", "starts", "ends"))
    overlaps = sum(
        a[0] == b[0] and b[1] < a[2]
        for i, a in enumerate(rows)
        for b in rows[i + 1 : i + 12]  # twelve at most ever fight for one stretch here
    )
    visits = Appointment.objects.prefetch_related("allocations").select_related("service")
    torn = sum(not _has_what_it_needs(visit) for visit in visits)
    return {"overlaps": overlaps, "torn": torn, "rows": len(rows)}


def _has_what_it_needs(visit) -> bool:
    kept = [a for a in visit.allocations.all() if a.active]
    kinds = sorted(a.resource.partition(":")[0] for a in kept)
    if visit.status == "cancelled":
        return kinds == []
    needs = ["child", "room", *["stimulator"] * visit.service.stimulators, "therapist"]
    return kinds == needs and {a.starts for a in kept} == {visit.starts}


def moves(rounds: int) -> dict:
    """Fifteen visits want to move to one free time, while a sixteenth family books it."""
    from rheobase.clinic.booking import services
    from rheobase.clinic.booking.models import Appointment
    from rheobase.clinic.people.models import User
    from rheobase.errors import RheobaseError

    ada, ben, service, children = people()
    others = [_like(ada, User, n) for n in range(2)]
    now, walls = slots(rounds)
    wins = [[False] * CLIENTS for _ in walls]

    def client(n, gate):
        wall = datetime.combine(walls[0].date() + timedelta(days=400 + n), time(9))
        mine = services.book(
            by=ben, child=children[n], service=service, therapist=others[n % 2], wall=wall, now=now
        )
        for number, slot in enumerate(walls):
            gate.wait(60)
            try:
                if n == 0:
                    wins[number][n] = booking(ada, ben, service, children[0], slot, now)
                    continue
                mine = Appointment.objects.get(pk=mine.pk)
                services.move(visit=mine, by=ben, therapist=ada, wall=slot, now=now)
                wins[number][n] = True
            except RheobaseError:
                pass

    all_at_once(client)
    return {"winners": [sum(row) for row in wins], **the_calendar()}


def cancels(rounds: int) -> dict:
    """Half of them cancel one visit, the others book its time: one cancels, one at most gets it."""
    from rheobase.clinic.booking import services
    from rheobase.clinic.booking.models import Appointment
    from rheobase.errors import RheobaseError

    ada, ben, service, children = people()
    now, walls = slots(rounds)
    same = {"by": ben, "service": service, "therapist": ada, "now": now - timedelta(hours=1)}
    visits = [services.book(**same, child=children[0], wall=wall) for wall in walls]
    ended = [[False] * CLIENTS for _ in walls]
    wins = [[False] * CLIENTS for _ in walls]

    def client(n, gate):
        for number, (visit, wall) in enumerate(zip(visits, walls, strict=True)):
            mine = Appointment.objects.get(pk=visit.pk)
            gate.wait(60)
            try:
                if n % 2:
                    wins[number][n] = booking(ada, ben, service, children[n], wall, now)
                    continue
                services.cancel(visit=mine, by=ben, now=now)
                ended[number][n] = True
            except RheobaseError:
                pass

    all_at_once(client)
    cancelled, booked = [sum(row) for row in ended], [sum(row) for row in wins]
    return {"cancelled": cancelled, "winners": booked, **the_calendar()}


def held(rounds: int) -> dict:
    """A hold ends: its family books a second before, everybody else a second after."""
    from rheobase.clinic.booking import services
    from rheobase.clinic.people.models import User

    ada, ben, service, children = people()
    now, walls = slots(rounds)
    parent = User.objects.create(username="parent", role="guardian")
    wins = [[False] * CLIENTS for _ in walls]

    def client(n, gate):
        for number, wall in enumerate(walls):
            if n == 0:
                held = services.hold(
                    by=parent, child=children[0], service=service, therapist=ada, wall=wall, now=now
                )
                until.append(held.held_until)
            gate.wait(60)
            early = until[number] - timedelta(seconds=1)
            late = until[number] + timedelta(seconds=1)
            by, moment = (parent, early) if n == 0 else (ben, late)
            wins[number][n] = booking(ada, by, service, children[n], wall, moment)
            gate.wait(60)

    until: list = []
    all_at_once(client)
    return {"winners": [sum(row) for row in wins], **the_calendar()}


def _like(ada, users, n):
    from rheobase.clinic.booking.models import HoursRule

    other = users.objects.create(username=f"t{n}", role="therapist", discipline=ada.discipline)
    for rule in HoursRule.objects.filter(therapist=ada):
        rule.pk, rule.therapist = None, other
        rule.save()
    return other


def crowd(attempts: int, *, guarded: bool) -> dict:
    """Twelve processes book at random: 30, 45 or 60 minutes, three therapists, 240 quarter hours."""
    from django.db import connection

    from rheobase.clinic.booking.models import Service
    from rheobase.clinic.people.models import User

    ada, ben, _, children = people()
    therapists = [ada, *(_like(ada, User, n) for n in range(2))]
    services = [
        Service.objects.create(
            name=f"{minutes} minutes",
            discipline="physiotherapy",
            minutes=minutes,
            stimulators=2,
            horizon_days=3650,
        )
        for minutes in (30, 45, 60)
    ]
    now, (first, *_) = slots(1)
    connection.close()
    context = multiprocessing.get_context("fork")
    gate, answers = context.Barrier(PROCESSES), context.Queue()

    def one(seed):
        chance, wins = random.Random(seed), 0
        gate.wait(60)
        began = clock_time.perf_counter()
        for _ in range(attempts):
            quarter = chance.randrange(240)
            day = first + timedelta(days=quarter // 48)
            wall = day + timedelta(minutes=15 * min(quarter % 48, 44))  # an hour still fits
            who = (chance.choice(therapists), ben, chance.choice(services), chance.choice(children))
            wins += (booking if guarded else careless)(*who, wall, now)
        answers.put((wins, clock_time.perf_counter() - began))

    workers = [context.Process(target=one, args=(seed,)) for seed in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(600)
    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    found = [answers.get(timeout=5) for _ in workers]
    took_s = max(seconds for _, seconds in found)
    return {
        "booked": sum(wins for wins, _ in found),
        "attempts": PROCESSES * attempts,
        "per_s": round(PROCESSES * attempts / took_s, 1),
        **the_calendar(),
    }


def offers(rounds: int) -> dict:
    """A time is offered; at the moment its hold ends, half accept it and half book it."""
    from rheobase.clinic import clock
    from rheobase.clinic.booking import wait
    from rheobase.clinic.booking.models import Appointment
    from rheobase.errors import Taken

    ada, ben, service, children = people()
    now = clock.now()
    day = (now + timedelta(days=2)).date()
    made = []
    for n in range(rounds):
        wall = datetime.combine(day + timedelta(days=n // 10), time(8 + n % 10))
        request = wait.ask(
            child=children[0],
            service=service,
            therapist=None,
            windows=list(wait.WINDOWS),
            notice_hours=2,
            first_day=now.date(),
            last_day=now.date() + timedelta(days=90),
            by=ben,
            now=now,
        )
        starts = clock.to_utc(wall, "America/Edmonton")
        made.append(
            (wall, wait.offer(request=request, therapist=ada, starts=starts, by=ben, now=now))
        )
        type(request).objects.filter(pk=request.pk).update(ended=now)  # the next round asks again
    wins = [[False] * CLIENTS for _ in made]

    def client(n, gate):
        for number, (wall, one) in enumerate(made):
            gate.wait(60)
            if n % 2:
                late = one.until + timedelta(seconds=1)
                wins[number][n] = booking(ada, ben, service, children[n], wall, late)
                continue
            try:
                wait.accept(one, ben, one.until - timedelta(seconds=1))
                wins[number][n] = True
            except Taken:
                pass

    all_at_once(client)
    left = Appointment.objects.filter(status="held").count()
    return {"winners": [sum(row) for row in wins], "held": left, **the_calendar()}


def log(rounds: int) -> dict:
    from django.test import RequestFactory

    from rheobase.clinic.people import access
    from rheobase.clinic.people.models import AccessLog

    ada, *_ = people()

    def client(n, gate):
        gate.wait(60)
        for _ in range(rounds):
            request = RequestFactory().get("/children/")
            request.user = ada
            access.note(request, "see child", None, allowed=True)

    all_at_once(client)
    return {"lines": AccessLog.objects.count(), "whole": access.first_break() is None}


if __name__ == "__main__":
    setup()
    rounds, kind = int(sys.argv[1]), sys.argv[2]
    if kind.endswith("unguarded"):
        remove_the_guard()
    kinds = {
        "booking": lambda n: race(n, booking),
        "careless": lambda n: race(n, careless),
        "unguarded": lambda n: race(n, careless),
        "crowd": lambda n: crowd(n, guarded=True),
        "crowd-unguarded": lambda n: crowd(n, guarded=False),
        "offers": offers,
        "moves": moves,
        "cancels": cancels,
        "holds": held,
        "log": log,
    }
    sys.stdout.write(json.dumps(kinds[kind](rounds)))
