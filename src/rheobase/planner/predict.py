"""What the model expects of one channel, on an ensemble of virtual twins of this child."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from rheobase.errors import BadInput
from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Denervated
from rheobase.model.chain import respond
from rheobase.model.response import Observation, Response, Task
from rheobase.model.twins import Twins, calibrated, twins_of
from rheobase.model.twins.second_look import second_look
from rheobase.planner.case import Case
from rheobase.stimulus.pads import Montage
from rheobase.stimulus.pulse import Train

TWINS = 128  # the spread of 256 within a few per cent, in half the time
TWINS_TO_LEARN = 256  # fewer grow too sure of themselves (validation/calibration)
SEED = 1
DENERVATION = "denervation"  # key of the screening question

Predictor = Callable[[Case, Montage, Train, Task], Response]


def predicted(case: Case, montage: Montage, train: Train, task: Task) -> Response:
    """Return the response of this child's twins, calibrated by what was seen at the bedside.

    Raises:
        BadInput: if the model has no business with this muscle or these pads.
    """
    return respond(_twins(known_child(case), case.observations), montage, train, task)


def known_child(case: Case) -> Child:
    """Return the child with what screening adds to the facts: where nerves may be missing.

    An answer without a site may mean any part of the body.
    """
    answer = case.screening.get(DENERVATION)
    if answer is None or answer.answer != "yes":
        return case.child
    found = tuple(Denervated(segment=s.segment, side=s.side) for s in answer.sites)
    anywhere = (Denervated(segment=None, side=None),)
    return replace(case.child, denervated=(*case.child.denervated, *(found or anywhere)))


@lru_cache(maxsize=8)
def asked_again(child: Child, observations: tuple[Observation, ...]) -> tuple[str, ...]:
    """Return, in words, which bedside observations deserve a second look. None are changed by it."""
    if not observations:
        return ()
    twins = twins_of(child, chain_parameters(), TWINS_TO_LEARN, SEED)
    try:
        return tuple(one.text for one in second_look(twins, observations))
    except BadInput:
        return ()  # no prediction either: its reason is shown there


@lru_cache(maxsize=8)
def _twins(child: Child, observations: tuple[Observation, ...]) -> Twins:
    if not observations:
        return twins_of(child, chain_parameters(), TWINS, SEED)
    return calibrated(twins_of(child, chain_parameters(), TWINS_TO_LEARN, SEED), observations)
