"""Versioned forms, their answers, and consent: given, and perhaps withdrawn, by whom and when."""

import uuid

from django.conf import settings
from django.db import models

from rheobase.clinic.people.models import Child


class FormVersion(models.Model):
    """One version of a form; a new wording is a new row."""

    kind = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    questions = models.JSONField()  # [{"key","text","help","kind": "yes_no"|"text"|"date", ...}]
    published = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="one_form_version")]


class FormAnswer(models.Model):
    """What somebody answered, on one version, at one moment. A correction is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT)
    answers = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]


class Consent(models.Model):
    """Consent to one thing, in one wording, by one guardian."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)  # "stimulation", "photographs"
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    relation = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]


class ConsentWithdrawal(models.Model):
    """The end of one consent."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True, default="")
