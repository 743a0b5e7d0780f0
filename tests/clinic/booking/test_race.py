"""Sixteen clients, one slot: exactly one of them gets it, on both databases.

The negative control comes first: with the guard removed, the same race books one therapist twice.
If it did not, the other tests would prove nothing.
"""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest

RACING = Path(__file__).with_name("racing.py")


def race(url: str, home: Path, rounds: int, kind: str) -> dict:
    environment = {**os.environ, "DATABASE_URL": url, "RHEOBASE_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, str(RACING), str(rounds), kind],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture
def sqlite(tmp_path):
    return f"sqlite://{tmp_path}/race.sqlite3"


@pytest.fixture
def postgres():
    """A database of its own on the server of DATABASE_URL, dropped afterwards."""
    import psycopg

    url = os.environ.get("DATABASE_URL", "")
    assert url.startswith("postgres"), "Set DATABASE_URL to a PostgreSQL server for these tests."
    name = f"race_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def booked_twice(result: dict) -> bool:
    return max(result["winners"]) > 1 and result["overlaps"] > 0


def exactly_one_each(result: dict, rounds: int) -> bool:
    return result["winners"] == [1] * rounds and result["overlaps"] == 0


def test_without_the_guard_one_therapist_is_booked_twice_on_sqlite(sqlite, tmp_path):
    assert booked_twice(race(sqlite, tmp_path, 10, "unguarded"))


def test_exactly_one_of_sixteen_gets_the_slot_on_sqlite(sqlite, tmp_path):
    assert exactly_one_each(race(sqlite, tmp_path, 4, "booking"), 4)


def test_the_database_alone_keeps_a_careless_program_from_booking_twice_on_sqlite(sqlite, tmp_path):
    assert exactly_one_each(race(sqlite, tmp_path, 10, "careless"), 10)


@pytest.mark.slow
def test_exactly_one_of_sixteen_gets_the_slot_again_and_again_on_sqlite(sqlite, tmp_path):
    assert exactly_one_each(race(sqlite, tmp_path, 20, "booking"), 20)


def test_the_access_log_stays_one_chain_when_sixteen_write_at_once_on_sqlite(sqlite, tmp_path):
    assert race(sqlite, tmp_path, 4, "log") == {"lines": 64, "whole": True}


@pytest.mark.postgres
def test_without_the_guard_one_therapist_is_booked_twice_on_postgresql(postgres, tmp_path):
    assert booked_twice(race(postgres, tmp_path, 10, "unguarded"))


@pytest.mark.postgres
def test_the_database_alone_keeps_a_careless_program_from_booking_twice_on_postgresql(
    postgres, tmp_path
):
    assert exactly_one_each(race(postgres, tmp_path, 10, "careless"), 10)


@pytest.mark.postgres
def test_exactly_one_of_sixteen_gets_the_slot_again_and_again_on_postgresql(postgres, tmp_path):
    assert exactly_one_each(race(postgres, tmp_path, 20, "booking"), 20)


@pytest.mark.postgres
def test_the_access_log_stays_one_chain_when_sixteen_write_at_once_on_postgresql(
    postgres, tmp_path
):
    assert race(postgres, tmp_path, 10, "log") == {"lines": 160, "whole": True}


def test_an_offer_that_ends_as_it_is_accepted_goes_to_exactly_one(sqlite, tmp_path):
    result = race(sqlite, tmp_path, 10, "offers")
    assert held_by_exactly_one(result)


@pytest.mark.postgres
def test_an_offer_that_ends_as_it_is_accepted_goes_to_exactly_one_on_postgresql(postgres, tmp_path):
    result = race(postgres, tmp_path, 10, "offers")
    assert held_by_exactly_one(result)


def held_by_exactly_one(result: dict) -> bool:
    return exactly_one_each(result, len(result["winners"])) and result["held"] == 0


KINDS = ["moves", "cancels", "holds"]
WHOLE = {"overlaps": 0, "torn": 0}  # torn: a visit that does not have just what it needs


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_moving_cancelling_and_holding_at_once_leaves_every_visit_whole(sqlite, tmp_path, kind):
    assert is_fair(race(sqlite, tmp_path, 5, kind))


@pytest.mark.postgres
@pytest.mark.parametrize("kind", KINDS)
def test_moving_cancelling_and_holding_at_once_leaves_every_visit_whole_on_postgresql(
    postgres, tmp_path, kind
):
    assert is_fair(race(postgres, tmp_path, 10, kind))


def is_fair(result: dict) -> bool:
    """Each slot has one winner; a visit that is cancelled is cancelled once."""
    once = set(result["winners"]) == {1} and set(result.get("cancelled", [1])) == {1}
    return once and WHOLE.items() <= result.items()


@pytest.mark.slow
def test_twelve_processes_that_book_at_random_never_overlap(sqlite, tmp_path):
    result = race(sqlite, tmp_path, 8, "crowd")
    assert result["booked"] > 0
    assert WHOLE.items() <= result.items()


@pytest.mark.slow
def test_without_the_guard_twelve_processes_overlap(sqlite, tmp_path):
    assert race(sqlite, tmp_path, 30, "crowd-unguarded")["overlaps"] > 0


@pytest.mark.postgres
def test_twelve_processes_that_book_at_random_never_overlap_on_postgresql(postgres, tmp_path):
    result = race(postgres, tmp_path, 8, "crowd")
    assert result["booked"] > 0
    assert WHOLE.items() <= result.items()


@pytest.mark.postgres
def test_without_the_guard_twelve_processes_overlap_on_postgresql(postgres, tmp_path):
    assert race(postgres, tmp_path, 30, "crowd-unguarded")["overlaps"] > 0
