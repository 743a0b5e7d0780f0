"""The home programme: one page, large type, with ticks."""

from django.conf import settings
from django.db import models

from rheobase.clinic.assessment.models import Episode


class HomeItem(models.Model):
    """One thing to do at home."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="home_items")
    title = models.CharField(max_length=80)
    pictogram = models.CharField(max_length=20, default="play")  # key of outcomes/pictograms.py
    how = models.CharField(max_length=300)
    how_often = models.CharField(max_length=80)
    stop_when = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
