"""One treatment, and the events its journal recorded."""

import uuid

from django.conf import settings
from django.db import models

from rheobase.clinic.booking.models import Appointment
from rheobase.clinic.people.models import Child
from rheobase.clinic.plan.models import SignedPlan


class Treatment(models.Model):
    """One session on one signed plan; its id is the session's id at the bedside."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    plan = models.ForeignKey(SignedPlan, on_delete=models.PROTECT, related_name="treatments")
    visit = models.ForeignKey(Appointment, null=True, blank=True, on_delete=models.PROTECT)
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    bedside = models.CharField(max_length=100)  # address of the room's session service
    units = models.JSONField()  # [{"slot","make","address","name"}]
    started = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    how_it_ended = models.CharField(
        max_length=20, blank=True, default=""
    )  # finished, stopped, interrupted
    summary = models.JSONField(null=True)  # derived from the journal when it ended

    class Meta:
        ordering = ["-started"]


class Event(models.Model):
    """One event of the journal, copied when the session ended. Never edited."""

    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    monotonic_ns = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    slot = models.CharField(max_length=2, blank=True, default="")
    data = models.JSONField()

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["treatment", "seq"], name="one_event_per_seq")
        ]
