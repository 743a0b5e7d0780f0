"""What every step of the pathway stands on: the demo clinic's people, and where the run is."""

from dataclasses import dataclass
from datetime import datetime
from typing import final

from rheobase.cli.pathway.progress import Progress
from rheobase.clinic.booking.models import Service
from rheobase.clinic.people.models import Child, User


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The cast and the run.

    Attributes:
        child: Mila.
        mother: her mother.
        therapist: Ada.
        service: a visit with three stimulators.
        zone: of the clinic.
        progress: how far the run has come.
    """

    child: Child
    mother: User
    therapist: User
    service: Service
    zone: str
    progress: Progress

    @property
    def began(self) -> datetime:
        """When the run began; what was recorded since belongs to it."""
        return self.progress.began

    def keep(self, name: str, key: object) -> None:
        """Remember an identifier for later steps."""
        self.progress.keep[name] = str(key)

    def kept(self, name: str) -> str:
        """Return an identifier that an earlier step kept."""
        return self.progress.keep[name]
