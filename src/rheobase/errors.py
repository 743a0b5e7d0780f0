"""Every deliberate error. Each message says what happened, why, and what to do about it.

An error is named for what happened to the person in front of the screen. Whoever catches one may
show its text as it is: it never holds a child's name.
"""


class RheobaseError(Exception):
    """The parent of all our errors; anything else that escapes is a defect."""


class BadInput(RheobaseError):
    """A value, a file or a form cannot be used as given. Correct it and try again."""


class OutsideEnvelope(RheobaseError):
    """A command lies outside what was signed or what any child may be given. Nothing was sent.

    Attributes:
        reasons: every limit that was passed, each with its numbers and units.
    """

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons) + ". Not sent; every unit is silent.")


class UnitFault(RheobaseError):
    """A stimulator did not answer, or answered with an error. All units are silent; look at it."""


class NotAllowed(RheobaseError):
    """This person may not see or do this. Ask the clinic lead if that is wrong."""


class Taken(RheobaseError):
    """Somebody was first: a time, a room or a unit is no longer free. Choose another."""


class NotReady(RheobaseError):
    """A step that must come first is missing (a consent, a clearance, a signature). Do it first."""


class Unavailable(RheobaseError):
    """A process this one depends on does not answer. Start it again; output is silent meanwhile."""
