"""The grid of a study as single doses: a placement, a train and a task each."""

from dataclasses import dataclass, replace
from typing import final

from rheobase.cohort.study import Doses, Placement
from rheobase.model.response import Task
from rheobase.model.twins import Twins
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Montage
from rheobase.stimulus.pulse import Train


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One dose of the grid.

    Attributes:
        number: in the grid, from 0.
        placement: of the pads.
        train: what the channel delivers.
        task: what child and muscle do.
    """

    number: int
    placement: Placement
    train: Train
    task: Task


def doses_of(doses: Doses) -> tuple[Dose, ...]:
    """Return every dose of a grid; those that share a placement and a pulse lie together."""
    trains = doses.trains()
    return tuple(
        Dose(
            number=len(trains) * i + k,
            placement=placement,
            train=train,
            task=Task(
                muscle=placement.muscle,
                side=placement.side,
                posture=doses.posture,
                voluntary=doses.voluntary,
                on_s=doses.on_s,
                off_s=doses.off_s,
                minutes=doses.minutes,
            ),
        )
        for i, placement in enumerate(doses.placements)
        for k, train in enumerate(trains)
    )


def montage_of(twins: Twins, placement: Placement) -> Montage:
    """Return the pads on one child: those given, or the usual ones, sized to the child.

    Raises:
        BadInput: if the muscle is unknown or has no usual pads.
    """
    if placement.montage is not None:
        return placement.montage
    usual = usual_montage(twins, twins.parameters.muscle(placement.muscle), placement.side)
    if placement.pad_mm is None:
        return usual
    active, other = (
        replace(pad, width_mm=placement.pad_mm, height_mm=placement.pad_mm) for pad in usual.pads
    )
    return Montage(active=active, other=other)
