"""What is asked of the machine, and what happens where it refuses."""

import ctypes
import gc
import os
import sys

import pytest

from rheobase.session import realtime
from rheobase.session.bedside import NO_PRIORITY


@pytest.fixture
def machine(monkeypatch):
    """A machine that grants what is in the set, and nothing to this process."""
    grants = set()

    def asked(name, answer=None):
        def ask(*_):
            if name not in grants:
                raise PermissionError
            return answer

        return ask

    class Library:
        mlockall = staticmethod(asked("lock", 0))

    monkeypatch.setattr(os, "sched_setscheduler", asked("real time"))
    monkeypatch.setattr(os, "setpriority", asked("nice"))
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: Library)
    before = sys.getswitchinterval()
    yield grants
    sys.setswitchinterval(before)
    gc.unfreeze()


@pytest.mark.parametrize(
    ("grants", "granted"),
    [
        (set(), ()),
        ({"nice"}, ("priority",)),
        ({"nice", "real time"}, ("real-time scheduling",)),
        ({"real time", "lock"}, ("real-time scheduling", "locked memory")),
    ],
)
def test_where_real_time_is_refused_priority_is_asked_for(machine, grants, granted):
    machine |= grants
    assert realtime.ask_for_punctuality() == granted


def test_the_pages_never_ask_for_real_time(machine):
    assert not realtime.ask_for_attention()
    machine.add("nice")
    assert realtime.ask_for_attention()


def test_a_thread_of_the_pages_keeps_stop_waiting_for_a_millisecond_at_most(machine):
    realtime.ask_for_attention()
    assert sys.getswitchinterval() <= 0.001


def test_where_nothing_is_granted_the_therapist_reads_what_that_means():
    assert "sessions stop by themselves" in NO_PRIORITY
