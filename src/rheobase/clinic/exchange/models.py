"""Legal holds: why a record must stay although its time is over, and when that ended. Only added to."""

from django.conf import settings
from django.db import models

from rheobase.clinic.people.models import Child


class LegalHold(models.Model):
    """A record that must stay whatever the rules of retention say."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]


class LegalHoldEnd(models.Model):
    """The end of one hold."""

    hold = models.OneToOneField(LegalHold, on_delete=models.PROTECT, related_name="end")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
