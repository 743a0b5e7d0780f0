"""Episodes of care; screening and clearances; measures with their error; goals and their ratings."""

import uuid

from django.conf import settings
from django.db import models

from rheobase.clinic.people.models import Child


class Episode(models.Model):
    """One course of care under one therapist."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="episodes"
    )
    reason = models.CharField(max_length=300)
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened"]


class Screening(models.Model):
    """Answers to the contraindication questions, and the graded findings they led to."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="screenings")
    answers = models.JSONField()
    findings = models.JSONField()  # planner.screen's graded findings, as they were that day
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]


class Clearance(models.Model):
    """A named clinician's clearance for one finding."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="clearances")
    rule = models.CharField(max_length=60)
    cleared_by = models.CharField(max_length=120)
    profession = models.CharField(max_length=80)
    on = models.DateField()
    text = models.CharField(max_length=500, blank=True, default="")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()


class Measure(models.Model):
    """One finding with its measurement error and conditions. A correction supersedes."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="measures")
    instrument = models.CharField(max_length=40)  # key in evidence/instruments.toml
    quantity = models.CharField(max_length=60)
    joint = models.CharField(max_length=30, blank=True, default="")
    movement = models.CharField(max_length=40, blank=True, default="")
    side = models.CharField(max_length=8, blank=True, default="")
    value = models.FloatField()
    unit = models.CharField(max_length=20)
    error = models.FloatField()
    trials = models.JSONField(default=list, blank=True)
    with_stimulation = models.BooleanField(default=False)
    conditions = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        ordering = ["at", "pk"]


class GmfmSheet(models.Model):
    """The item scores of one gross motor examination: kept while they are written, then frozen.

    A correction is a new sheet that supersedes. `made` are the measures that came of it.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="gmfm_sheets")
    items = models.JSONField(default=dict)  # {"1": 3, "2": "NT", ...}; a missing item is open
    goal_dimensions = models.JSONField(default=list, blank=True)  # ["D", "E"]
    with_stimulation = models.BooleanField(default=False)
    conditions = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    began = models.DateTimeField()
    recorded = models.DateTimeField(null=True, blank=True)
    made = models.JSONField(default=list, blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        ordering = ["-began", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode"],
                condition=models.Q(recorded__isnull=True),
                name="one_open_gmfm_sheet",
            )
        ]


class PainSigns(models.Model):
    """How this child shows discomfort, item by item, as the parents know it (r-FLACC)."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="pain_signs")
    signs = models.JSONField()  # {"face": "bites her hand", ...}; items without a sign are left out
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]


class Goal(models.Model):
    """One goal on the five-level scale; the wording of each level is agreed with the family."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="goals")
    text = models.CharField(max_length=300)
    focus = models.CharField(max_length=30)
    levels = models.JSONField()  # {"-2": "...", "-1": ..., "0": ..., "1": ..., "2": ...}
    weight = models.PositiveSmallIntegerField(default=1)
    baseline = models.SmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]


class GoalRating(models.Model):
    """Where the child stands on one goal, at one moment, rated by whom."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="ratings")
    level = models.SmallIntegerField()
    rated_by = models.CharField(max_length=20)  # "therapist", "family", "child"
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]


class CopmProblem(models.Model):
    """One problem that matters to the family. Scores only: the form itself is copyrighted."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="problems")
    text = models.CharField(max_length=300)
    importance = models.PositiveSmallIntegerField()
    at = models.DateTimeField()


class CopmRating(models.Model):
    """Performance and satisfaction, 1 to 10."""

    problem = models.ForeignKey(CopmProblem, on_delete=models.PROTECT, related_name="ratings")
    performance = models.PositiveSmallIntegerField()
    satisfaction = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
