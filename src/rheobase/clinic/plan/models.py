"""Drafts of a plan, each a new row, and what was signed of them."""

import uuid

from django.conf import settings
from django.db import models

from rheobase.clinic.assessment.models import Episode


class Draft(models.Model):
    """One case and what the planner proposed for it, with the therapist's edits so far."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="drafts")
    case = models.JSONField()
    proposal = models.JSONField(null=True)  # None when refused
    refusal = models.JSONField(null=True)
    edits = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]


class SignedPlan(models.Model):
    """One signed prescription. Immutable; a change is a new signature."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="plans")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT)
    version = models.PositiveSmallIntegerField()
    sealed = models.JSONField()  # stimulus.Sealed
    digest = models.CharField(max_length=64, unique=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    signed_at = models.DateTimeField()
    valid_until = models.DateField()

    class Meta:
        ordering = ["-signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["episode", "version"], name="one_plan_version")
        ]
