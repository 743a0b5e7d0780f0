"""Services, hours, rooms, stimulators; visits and everything a visit reserves."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rheobase.clinic.people.models import Child, Discipline


class Room(models.Model):
    """A treatment room; each can have its own session service."""

    name = models.CharField(max_length=60, unique=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class StimulatorModel(models.Model):
    """A model of which the clinic owns some units: the pool from which a visit takes any that are free.

    What the label says about age is shown to staff and orders the choice; it forbids nothing here,
    because the therapist decides (and signs) about a use outside the label.
    """

    name = models.CharField(max_length=60, unique=True)
    label_from_years = models.PositiveSmallIntegerField(null=True, blank=True)  # None: names none
    label_note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Stimulator(models.Model):
    """One unit the clinic owns. `make` and `address` are what the supervisor opens."""

    name = models.CharField(max_length=60, unique=True)
    model = models.ForeignKey(
        StimulatorModel, null=True, blank=True, on_delete=models.PROTECT, related_name="units"
    )
    make = models.CharField(max_length=40)
    address = models.CharField(max_length=200)
    serial_number = models.CharField(max_length=60, blank=True, default="")
    inspected_until = models.DateField(null=True, blank=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class OutOfService(models.Model):
    """A stretch of time in which a unit is away: repair, inspection, lent. Open-ended until it is back."""

    unit = models.ForeignKey(Stimulator, on_delete=models.PROTECT, related_name="absences")
    reason = models.CharField(max_length=200)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["starts"]


class Service(models.Model):
    """Something that can be booked.

    `stimulators` units are reserved with it (0 for a visit without stimulation): of `unit_model`, or
    of any kind if that is empty. What a family books `on_request` waits for the clinic's yes.
    """

    name = models.CharField(max_length=80, unique=True)
    discipline = models.CharField(max_length=30, choices=Discipline)
    description = models.CharField(max_length=300)
    minutes = models.PositiveSmallIntegerField()
    buffer_before_min = models.PositiveSmallIntegerField(default=0)
    buffer_after_min = models.PositiveSmallIntegerField(default=0)
    stimulators = models.PositiveSmallIntegerField(default=0)
    unit_model = models.ForeignKey(
        StimulatorModel, null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    notice_hours = models.PositiveSmallIntegerField(default=12)
    horizon_days = models.PositiveSmallIntegerField(default=60)
    cancel_hours = models.PositiveSmallIntegerField(default=24)
    online = models.BooleanField(default=True)
    on_request = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class HoursRule(models.Model):
    """Weekly hours of one therapist on the clinic's wall clock; Monday is 0."""

    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)


class HoursException(models.Model):
    """One dated change: other hours, or closed when both times are empty."""

    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    day = models.DateField()
    starts = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)


class Status(models.TextChoices):
    """Where a visit is. Held, requested and confirmed visits block their resources."""

    HELD = "held", _("Held")
    REQUESTED = "requested", _("Requested")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    DONE = "done", pgettext_lazy("visit", "Done")
    CANCELLED = "cancelled", _("Cancelled")
    NO_SHOW = "no_show", _("Did not come")


class Series(models.Model):
    """Visits that were booked together, week by week; each lives and ends by itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField()


class Appointment(models.Model):
    """One visit. The wall time and its zone are the truth; UTC is derived from them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits"
    )
    room = models.ForeignKey(Room, on_delete=models.PROTECT)
    wall_start = models.CharField(max_length=16)  # "2026-11-23T09:00", on the wall of `zone`
    zone = models.CharField(max_length=40)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status, default=Status.CONFIRMED)
    interested = models.BooleanField(default=False)  # "interested in muscle stimulation"
    told_us = models.JSONField(default=dict, blank=True)  # answers to "please tell us first"
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    booked_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True, blank=True)
    stimulators = models.ManyToManyField(Stimulator, blank=True)
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )

    class Meta:
        ordering = ["starts"]
        indexes = [
            models.Index(fields=["starts"], name="visits_by_start"),
            models.Index(fields=["held_until"], name="held_visits"),
        ]


class What(models.TextChoices):
    """What somebody did to a visit; the first three can be taken back for three minutes."""

    BOOKED = "booked", _("Booked")
    MOVED = "moved", _("Moved")
    CANCELLED = "cancelled", _("Cancelled")
    UNDONE = "undone", _("Undone")
    OTHER = "", _("Changed")


class StatusChange(models.Model):
    """Why a visit's status is what it is: added, never edited.

    `was` is where a moved visit stood before: {"wall": "2026-11-23T09:00", "therapist": 3}.
    """

    visit = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="changes")
    old = models.CharField(max_length=12)
    new = models.CharField(max_length=12, choices=Status)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True, default="")
    what = models.CharField(max_length=12, choices=What, blank=True, default=What.OTHER)
    was = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]


class Allocation(models.Model):
    """One resource, reserved for one visit from when to when, buffers included.

    The database itself refuses two active, overlapping rows of one resource: a trigger on SQLite,
    an exclusion constraint on PostgreSQL (see the migrations).
    """

    visit = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="allocations")
    resource = models.CharField(
        max_length=60
    )  # "therapist:3", "room:1", "stimulator:2", "child:<uuid>"
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    active = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["resource", "starts", "ends", "visit"],
                condition=models.Q(active=True),
                name="reserved",  # answers "what is taken" without a look at the table
            ),
            models.Index(fields=["starts", "ends"]),
        ]


class Outbox(models.Model):
    """A message for one person. Nothing leaves the machine unless `rheobase send-outbox` runs.

    A row is settled once: sent, or not sent for the reason in `outcome`.
    """

    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    visit = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created = models.DateTimeField()
    not_before = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True, blank=True)
    settled = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    claimed = models.DateTimeField(null=True, blank=True)  # by a program that is sending it now

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(withdrawn__isnull=True, settled__isnull=True),
                name="to_be_sent",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "to", "not_before"],
                condition=models.Q(kind="reminder", withdrawn__isnull=True),
                name="one_reminder_each",
            )
        ]


class NoticeChoice(models.Model):
    """Whether somebody wants messages by mail: the newest row counts, nothing is edited."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    wanted = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class WaitRequest(models.Model):
    """A family would come, if a time became free: when it could, and for what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    windows = models.JSONField()  # ["0am", "0pm", ...]: Monday morning, Monday afternoon, ...
    notice_hours = models.PositiveSmallIntegerField()  # the shortest that is any use to them
    first_day = models.DateField()
    last_day = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    how_it_ended = models.CharField(max_length=12, blank=True, default="")  # booked, withdrawn

    class Meta:
        ordering = ["asked"]


class Offer(models.Model):
    """A time held for a family until it answers. Its state is that of the visit that holds it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(WaitRequest, on_delete=models.PROTECT, related_name="offers")
    visit = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="offer")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["-made"]


class CalendarToken(models.Model):
    """A private feed of one person's visits; only the hash of its key is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    key_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField()
    revoked = models.DateTimeField(null=True, blank=True)


class FeedFetch(models.Model):
    """One fetch of a feed, kept for an hour to slow down guessing and greedy readers."""

    bucket = models.CharField(max_length=80)  # "key:<hash>" or "from:<address>"
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["bucket", "at"])]
