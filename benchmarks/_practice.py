"""Five years of a practice of twenty therapists: 250 000 reservations, made the same way every time.

The parts that availability, booking_races and load share: a database of their own, and who works there.
"""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import uuid
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

ZONE = "America/Edmonton"
THERAPISTS, ROOMS, UNITS, CHILDREN = 20, 10, 12, 400
AT_ONCE = 6  # visits that begin together: six of the twenty therapists, six of the ten rooms
HOURS = range(8, 16)
FIRST_DAY = date(2022, 1, 3)
LAST_DAY = date(2026, 12, 31)
NOW = datetime(2026, 10, 12, 14, 0, tzinfo=UTC)  # eleven booked weeks lie ahead
BATCH = 20_000


@contextlib.contextmanager
def databases():
    """Yield the addresses of an empty SQLite file and, if a server can be had, a PostgreSQL database.

    The server is that of POSTGRES_URL, or one that `.ci/postgres` starts for as long as this lasts.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        found = {"SQLite": f"sqlite://{folder}/practice.sqlite3"}
        if server := os.environ.get("POSTGRES_URL", "") or stack.enter_context(postgres()):
            found["PostgreSQL"] = stack.enter_context(database_on(server))
        yield found, Path(folder)


@contextlib.contextmanager
def postgres():
    """Start a server of our own and yield its address; "" if PostgreSQL is not installed."""
    root = Path(__file__).parents[1]
    if not list(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        yield ""
        return
    script = 'set -e; . .ci/postgres; echo "$POSTGRES_URL"; read -r _ || true'
    with subprocess.Popen(
        ["bash", "-c", script], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.stdin.close()


@contextlib.contextmanager
def database_on(server):
    """Make a database on a server, yield its address, and drop it."""
    import psycopg

    name = f"bench_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def in_its_own_process(program, url, folder, *arguments, cores=""):
    """Run a file of this folder against one database and return what it prints."""
    environment = {**os.environ, "DATABASE_URL": url, "RHEOBASE_HOME": str(folder)}
    pinned = ["taskset", "-c", cores] if cores else []
    command = [*pinned, sys.executable, str(program), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def ready():
    """Set Django up on DATABASE_URL and bring the database to its newest form."""
    from rheobase.clinic.setup import ready as set_up

    set_up()


def people():
    """Make everybody and everything there is to reserve."""
    from rheobase.clinic.booking.models import HoursRule, Room, Service, Stimulator
    from rheobase.clinic.people.models import Child, User

    therapists = [
        User.objects.create(
            username=f"therapist{n}",
            last_name=f"Therapist {n}",
            role="therapist",
            discipline="physiotherapy",
        )
        for n in range(THERAPISTS)
    ]
    ben = User.objects.create(username="desk0", last_name="Desk 0", role="front_desk")
    for therapist in therapists:
        for weekday in range(5):
            HoursRule.objects.create(
                therapist=therapist,
                weekday=weekday,
                starts=time(8),
                ends=time(17),
                first_day=date(2020, 1, 1),
            )
    rooms = [Room.objects.create(name=f"Room {n}") for n in range(ROOMS)]
    units = [
        Stimulator.objects.create(name=f"Unit {n}", make="virtual", address=f"virtual-{n}")
        for n in range(UNITS)
    ]
    service = Service.objects.create(
        name="Session", discipline="physiotherapy", minutes=45, buffer_after_min=15, stimulators=2
    )
    children = Child.objects.bulk_create(
        Child(
            given_name=f"Child {n}",
            family_name="Test",
            born=date(2019, 1, 1),
            sex="female",
            condition="other",
        )
        for n in range(CHILDREN)
    )
    return ben, therapists, rooms, units, service, children


def fill(first_day=FIRST_DAY, last_day=LAST_DAY, seed=1):
    """Book every working hour between two days; return the people and the number of reservations."""
    from rheobase.clinic import clock
    from rheobase.clinic.booking.models import Allocation, Appointment

    everybody = ben, therapists, rooms, units, service, children = people()
    chance = random.Random(seed)
    visits, rows, count = [], [], 0
    day = first_day
    while day <= last_day:
        for hour in HOURS if day.weekday() < 5 else ():
            wall = datetime.combine(day, time(hour))
            starts = clock.to_utc(wall, ZONE)
            chosen = zip(
                chance.sample(therapists, AT_ONCE),
                chance.sample(rooms, AT_ONCE),
                chance.sample(units, AT_ONCE),
                chance.sample(children, AT_ONCE),
                strict=True,
            )
            for therapist, room, unit, child in chosen:
                visit = Appointment(
                    child=child,
                    service=service,
                    therapist=therapist,
                    room=room,
                    wall_start=wall.isoformat(timespec="minutes"),
                    zone=ZONE,
                    starts=starts,
                    ends=starts + timedelta(minutes=45),
                    booked_by=ben,
                    booked_at=starts - timedelta(days=20),
                )
                visits.append(visit)
                names = (f"therapist:{therapist.pk}", f"room:{room.pk}")
                for name in (*names, f"stimulator:{unit.pk}", f"child:{child.pk}"):
                    rows.append(
                        Allocation(
                            visit=visit,
                            resource=name,
                            starts=starts,
                            ends=starts + timedelta(hours=1),
                        )
                    )
        day += timedelta(days=1)
        if len(rows) >= BATCH or day > last_day:
            Appointment.objects.bulk_create(visits, batch_size=2000)
            Allocation.objects.bulk_create(rows, batch_size=5000)
            count += len(rows)
            visits, rows = [], []
    return everybody, count
