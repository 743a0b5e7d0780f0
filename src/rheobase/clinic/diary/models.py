"""The session note: drafted from the journal, signed once, then only added to."""

import uuid

from django.conf import settings
from django.db import models

from rheobase.clinic.live.models import Treatment


class Note(models.Model):
    """One note per treatment. After signing, the database refuses to change it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    treatment = models.OneToOneField(Treatment, on_delete=models.PROTECT, related_name="note")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    drafted = models.DateTimeField()
    signed = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")


class Addendum(models.Model):
    """Something added to a signed note."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
