"""Plans are computed beside the pages, in one warm process of its own, where `serve` has started it.

A computation of seconds inside this process would hold up a press of STOP that passes through it.
Without `start` (a command, a test) the planner is called directly; the answers are the same.
"""

import json
import os
import select
import subprocess
import sys
import threading
import time
from typing import Any, final

from django.utils.translation import gettext as _

from rheobase.errors import BadInput, Unavailable
from rheobase.planner.case import Case
from rheobase.planner.edit import edited as edited_here
from rheobase.planner.edits import Edits
from rheobase.planner.proposal import Proposal, Refusal
from rheobase.planner.propose import propose as propose_here
from rheobase.stimulus.codec import from_plain, to_plain

PATIENCE_S = 60.0  # a cold process loads the model first; a warm one answers within seconds
START_PATIENCE_S = 600.0  # the first start of an installation compiles the model
WORKER = (sys.executable, "-m", "rheobase.planner.worker")


@final
class Reckoner:
    """The process that computes plans; one question at a time, started again after it has ended.

    Args:
        words: the command that starts it.
        patience_s: how long an answer may take. [s]
    """

    def __init__(self, words: tuple[str, ...] = WORKER, patience_s: float = PATIENCE_S) -> None:
        self._words, self._patience_s = words, patience_s
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: dict[str, Any], patience_s: float | None = None) -> Proposal | Refusal:
        """Return the planner's answer.

        Args:
            question: a case, or a proposal with edits.
            patience_s: how long this answer may take, if not as usual. [s]

        Raises:
            BadInput: the planner refuses the question itself.
            Unavailable: the process ended or took too long; a new one serves the next question.
        """
        patience_s = patience_s or self._patience_s
        end_s = time.monotonic() + patience_s
        if not self._turn.acquire(timeout=patience_s):
            raise Unavailable(_("Other plans are being computed. Try again in a minute."))
        try:
            answer = json.loads(self._answer(json.dumps(question).encode() + b"\n", end_s))
        except (OSError, ValueError) as error:
            self._end()
            raise Unavailable(
                _("The plan was not computed: its process ended or took too long. Try again.")
            ) from error
        finally:
            self._turn.release()
        if "error" in answer:
            raise BadInput(answer["error"])
        if "refusal" in answer:
            return from_plain(Refusal, answer["refusal"])
        return from_plain(Proposal, answer["proposal"])

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._end()

    def _answer(self, question: bytes, end_s: float) -> bytes:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self._words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
        asking, saying = self._process.stdin, self._process.stdout
        if asking is None or saying is None:
            raise OSError
        while question:  # a pipe may take less than all of it at once
            question = question[os.write(asking.fileno(), question) :]
        heard = bytearray()
        while not heard.endswith(b"\n"):
            ready, _w, _x = select.select([saying], [], [], max(0.0, end_s - time.monotonic()))
            news = os.read(saying.fileno(), 65_536) if ready else b""
            if not news:
                raise TimeoutError
            heard += news
        return bytes(heard)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


_started: list[Reckoner] = []


def start() -> Reckoner:
    """Let plans of this process be computed beside it from now on."""
    if not _started:
        _started.append(Reckoner())
    return _started[0]


def stop() -> None:
    """End that process; plans are computed here again."""
    while _started:
        _started.pop().close()


def propose(case: Case, patience_s: float | None = None) -> Proposal | Refusal:
    """Return a proposal for a case, or every reason why there is none.

    Args:
        case: a child, and what is wanted.
        patience_s: how long it may take, if not as usual. [s]

    Raises:
        Unavailable: it could not be computed now.
    """
    if not _started:
        return propose_here(case)
    return _started[0].ask({"case": to_plain(case)}, patience_s)


def edited(proposal: Proposal, edits: Edits) -> Proposal | Refusal:
    """Return the proposal with a therapist's changes, predicted anew, or why they cannot be.

    Raises:
        BadInput: an edit names a slot that the proposal does not have.
        Unavailable: it could not be computed now.
    """
    if not _started:
        return edited_here(proposal, edits)
    return _started[0].ask({"proposal": to_plain(proposal), "edits": to_plain(edits)})
