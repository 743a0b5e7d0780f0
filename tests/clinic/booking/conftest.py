"""What most tests of booking begin with: it is Monday at eight, and Mila's mother wants Tuesday at ten."""

from datetime import datetime

import pytest

from rheobase.clinic import clock
from rheobase.clinic.booking import services


@pytest.fixture
def now(world, at):
    return clock.now()


@pytest.fixture
def wanted(world, now):
    """What `services.book` is asked: a session with stimulation for Mila, with Ada."""
    return {
        "by": world.milas_mother,
        "child": world.mila,
        "service": world.nmes,
        "therapist": world.ada,
        "wall": datetime.fromisoformat("2026-11-24T10:00"),
        "now": now,
    }


@pytest.fixture
def book(wanted):
    """A function that books what is wanted, with changes: book(child=world.jonas)."""

    def book(**changes):
        return services.book(**{**wanted, **changes})

    return book
