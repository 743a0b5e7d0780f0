"""Virtual children: child number k of a population, whoever asks, in whatever order.

Ours
    Child k has a branch of its own of the population's random numbers, spawned by its number
    (`numpy.random.SeedSequence`), and three streams on it: who it is, its body, its twins. So
    neither the number of children, nor chunks, nor workers change any child.
"""

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from rheobase.cohort.bodies import DRAWN
from rheobase.cohort.study import Population
from rheobase.model.body.child import BodyMeasure, Child
from rheobase.model.body.norms import Norms
from rheobase.model.body.size import sizes_of
from rheobase.stimulus.pads import Side


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One virtual child.

    Attributes:
        number: in its population, from 0.
        child: what is known of it.
        twins_seed: of its ensemble.
    """

    number: int
    child: Child
    twins_seed: int


def drawn(population: Population, number: int, norms: Norms) -> Drawn:
    """Return one child of a population.

    Args:
        population: who there may be.
        number: 0 to `population.children` - 1.
        norms: of bodies.

    Raises:
        BadInput: if what was drawn is no plausible measure of a child.
    """
    child, body_seed, twins_seed = drawn_plain(population, number)
    if not population.measures:
        return Drawn(number=number, child=child, twins_seed=twins_seed)
    body = sizes_of(child, Side.LEFT, norms, 1, body_seed)
    measures = tuple(
        BodyMeasure(
            quantity=one.quantity,
            side=None,
            value=DRAWN[one.quantity](body, norms),
            error=one.error,
        )
        for one in population.measures
    )
    return Drawn(number=number, child=replace(child, measures=measures), twins_seed=twins_seed)


def drawn_plain(population: Population, number: int) -> tuple[Child, int, int]:
    """Return one child before it is measured, and the seeds of its body and its twins."""
    branch = np.random.SeedSequence(population.seed, spawn_key=(number,))
    who, body, twins = branch.spawn(3)
    stream = np.random.default_rng(who)
    shares = np.cumsum([group.share for group in population.groups])
    age_months = population.from_months + stream.random() * (
        population.to_months - population.from_months
    )
    sex = population.sexes[int(stream.integers(len(population.sexes)))]
    place = np.searchsorted(shares, stream.random() * shares[-1], side="right")
    group = population.groups[min(int(place), len(population.groups) - 1)]
    child = Child(age_months=age_months, sex=sex, condition=group.condition, gmfcs=group.gmfcs)
    return child, _seed(body), _seed(twins)


def _seed(stream: np.random.SeedSequence) -> int:
    return int(stream.generate_state(1)[0])
