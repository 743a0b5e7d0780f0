"""Sixteen clients want one slot, again and again, in a process and a database of their own.

Run as a program by test_race.py: `racing.py ROUNDS KIND`, with DATABASE_URL. Prints one JSON object.
KIND is "booking" (the clinic's own), "careless" (a plain look before the insert, in autocommit: what
every booking system has before somebody notices), "unguarded" (the same with the database's guard
removed), "offers" or "log".
"""

import json
import os
import sys
import threading
from datetime import date, datetime, time, timedelta

import django

CLIENTS = 16


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
    ends = starts + timedelta(minutes=45)
    name = f"therapist:{ada.pk}"
    if Allocation.objects.filter(resource=name, starts__lt=ends, ends__gt=starts).exists():
        return False
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
    from rheobase.clinic import clock
    from rheobase.clinic.booking.models import Allocation

    ada, ben, service, children = people()
    now = clock.now()
    day = (now + timedelta(days=2)).date()
    walls = [
        datetime.combine(day + timedelta(days=n // 10), time(8 + n % 10)) for n in range(rounds)
    ]
    wins = [[False] * CLIENTS for _ in walls]

    def client(n, gate):
        for number, wall in enumerate(walls):
            gate.wait(60)
            wins[number][n] = attempt(ada, ben, service, children[n], wall, now)

    all_at_once(client)
    rows = list(Allocation.objects.filter(active=True).values_list("resource", "starts", "ends"))
    overlaps = sum(
        a[0] == b[0] and a[1] < b[2] and b[1] < a[2]
        for i, a in enumerate(rows)
        for b in rows[i + 1 :]
    )
    return {"winners": [sum(row) for row in wins], "overlaps": overlaps, "rows": len(rows)}


def offers(rounds: int) -> dict:
    """A time is offered; at the moment its hold ends, half accept it and half book it."""
    from rheobase.clinic import clock
    from rheobase.clinic.booking import wait
    from rheobase.clinic.booking.models import Allocation, Appointment
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
    held = Appointment.objects.filter(status="held").count()
    rows = list(Allocation.objects.filter(active=True).values_list("resource", "starts", "ends"))
    overlaps = sum(
        a[0] == b[0] and a[1] < b[2] and b[1] < a[2]
        for i, a in enumerate(rows)
        for b in rows[i + 1 :]
    )
    return {"winners": [sum(row) for row in wins], "overlaps": overlaps, "held": held}


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
    if kind == "unguarded":
        remove_the_guard()
    attempt = booking if kind == "booking" else careless
    others = {"log": log, "offers": offers}
    answer = others[kind](rounds) if kind in others else race(rounds, attempt)
    sys.stdout.write(json.dumps(answer))
