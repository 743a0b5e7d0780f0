"""Plans computed in a process of their own: the same answers, and what happens when it ends."""

import os
import signal
import sys
import time

import pytest

from rheobase.clinic.plan import reckoning, services
from rheobase.errors import BadInput, Unavailable
from rheobase.planner.case import Case
from rheobase.stimulus.codec import from_plain

pytestmark = pytest.mark.slow


@pytest.fixture
def beside():
    started = reckoning.start()
    yield started
    reckoning.stop()


def test_a_plan_computed_beside_the_pages_is_the_same_also_after_its_process_was_killed(
    draft, beside
):
    case, pids = from_plain(Case, draft.case), set()
    for _ in range(2):
        assert reckoning.propose(case) == services.proposal_of(draft)
        pids.add(beside._process.pid)
        os.kill(beside._process.pid, signal.SIGKILL)
        beside._process.wait(5.0)
    assert len(pids) == 2


def test_a_process_that_ends_over_a_question_is_told_and_replaced():
    dies = reckoning.Reckoner((sys.executable, "-c", "input()"))
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"ended or took too long\. Try again"):
            dies.ask({"case": {}})
        assert dies._process is None


def test_a_process_that_does_not_answer_is_given_up():
    silent = (sys.executable, "-c", "import time; time.sleep(60)")
    slow = reckoning.Reckoner(silent, patience_s=0.5)
    began_s = time.monotonic()
    with pytest.raises(Unavailable, match="Try again"):
        slow.ask({"case": {}})
    assert time.monotonic() - began_s < 2.0
    assert slow._process is None


def test_the_first_start_of_an_installation_may_take_longer_than_an_answer():
    """Compiling the model takes a slow computer minutes, once; pages are served all the same."""
    cold = 'import time; input(); time.sleep(1.0); print(\'{"error": "cold"}\')'
    slow = reckoning.Reckoner((sys.executable, "-c", cold), patience_s=0.2)
    with pytest.raises(BadInput, match="cold"):
        slow.ask({"case": {}}, patience_s=30.0)
    slow.close()


def test_a_question_that_is_none_is_refused_and_the_process_lives(beside):
    with pytest.raises(BadInput, match="neither a case nor a proposal"):
        beside.ask({})
    assert beside._process.poll() is None
