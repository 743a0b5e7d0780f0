"""Dynamometry as it was found to be reliable enough: two trials on each of two occasions.

Source: Willemse 2013 (two trials on two occasions); a study of 3 to 10 year olds found detectable
changes of 9 to 30 % only with the mean of two occasions (both in the clinical reference, 3.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rheobase.clinic import clock
from rheobase.clinic.assessment import measures
from rheobase.clinic.assessment.models import Measure
from rheobase.clinic.people.models import Child

TRIALS: Final = 2
OCCASIONS: Final = 2
TOGETHER: Final = timedelta(days=14)  # a proposed default: later, the child itself has changed
FORCE: Final = "force_n"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How well one force was measured.

    Attributes:
        label: of the muscle and side.
        mean_n: of the occasions that belong together. [N]
        occasions: days, at most a fortnight apart, the newest included.
        trials: fewest trials on one of them.
    """

    label: str
    mean_n: float
    occasions: int
    trials: int

    @property
    def complete(self) -> bool:
        """Whether both were done."""
        return self.occasions >= OCCASIONS and self.trials >= TRIALS

    @property
    def words(self) -> str:
        """What was done, and what is missing."""
        days = ngettext("%(n)s day", "%(n)s days", self.occasions) % {"n": self.occasions}
        trials = ngettext("%(n)s trial", "%(n)s trials", self.trials) % {"n": self.trials}
        return f"{self.mean_n:.3g} N, {days}, {trials}; {self._missing()}"

    def _missing(self) -> str:
        if self.complete:
            return _("complete")
        if self.trials >= TRIALS:
            return _("measure again on another day")
        if self.occasions >= OCCASIONS:
            return _("type two trials")
        return _("type two trials and measure again on another day")


def design(child: Child) -> list[Design]:
    """Return how well each force of a child was measured the last time, without stimulation."""
    groups: dict[tuple[str, str, str], list[Measure]] = {}
    rows = measures.current(child).filter(quantity=FORCE, with_stimulation=False)
    for one in rows:
        groups.setdefault((one.joint, one.movement, one.side), []).append(one)
    return [_of(group) for group in groups.values()]


def _of(group: Sequence[Measure]) -> Design:
    newest = group[-1]
    near = [one for one in group if newest.at - one.at <= TOGETHER]
    days = {clock.to_wall(one.at, settings.CLINIC_ZONE).date(): one for one in near}
    chosen = list(days.values())
    return Design(
        label=measures.label_of(newest),
        mean_n=sum(one.value for one in chosen) / len(chosen),
        occasions=len(chosen),
        trials=min(len(one.trials) or 1 for one in chosen),
    )
