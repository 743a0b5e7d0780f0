"""Signing: a proposal becomes a prescription only here, by a named therapist."""

from datetime import datetime

from rheobase.errors import NotReady, OutsideEnvelope
from rheobase.planner.proposal import Proposal
from rheobase.safety import prescription_violations
from rheobase.stimulus.prescription import Sealed, seal

FRESH_DAYS = 1  # a proposal is signed on its day, or the day after (time zones)


def signed(proposal: Proposal, therapist: str, at: datetime, key: bytes) -> Sealed:
    """Return the sealed prescription.

    Args:
        proposal: what the therapist saw and agreed with.
        therapist: identifier of the therapist.
        at: when, with time zone.
        key: the installation's signing key.

    Raises:
        NotReady: if the proposal is not of today: age, screening and growth may have changed.
        OutsideEnvelope: if it passes a limit (a file that was edited by hand).
    """
    age_days = (at.date() - proposal.case.today).days
    if not 0 <= age_days <= FRESH_DAYS:
        raise NotReady(
            f"This proposal is of {proposal.case.today.isoformat()}, and today is "
            f"{at.date().isoformat()}. Set the date of the case to today, answer the screening of "
            "the day and propose again."
        )
    stopping = [f for f in proposal.findings if f.stops]
    if stopping:
        raise NotReady(f"{stopping[0].text} {stopping[0].remedy} Then propose again.")
    prescription = proposal.prescription(therapist, at)
    broken = prescription_violations(prescription)
    if broken:
        raise OutsideEnvelope(broken)
    return seal(prescription, key)
