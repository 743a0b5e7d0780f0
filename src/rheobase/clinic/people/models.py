"""Staff and families, children, and the rights of a guardian for one child; the access log."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from rheobase.model.body.child import Condition, Sex


class Role(models.TextChoices):
    """What a person is here for. One role each."""

    GUARDIAN = "guardian", _("Family")
    FRONT_DESK = "front_desk", _("Front desk")
    THERAPIST = "therapist", _("Therapist")
    LEAD = "lead", _("Clinic lead")
    ADMINISTRATOR = "administrator", _("Administrator")


class Discipline(models.TextChoices):
    """The two disciplines of the clinic."""

    PHYSIOTHERAPY = "physiotherapy", _("Physiotherapy")
    OCCUPATIONAL_THERAPY = "occupational therapy", _("Occupational therapy")


class User(AbstractUser):
    """Somebody who can sign in."""

    role = models.CharField(max_length=20, choices=Role, default=Role.GUARDIAN)
    discipline = models.CharField(max_length=30, choices=Discipline, blank=True, default="")
    registration = models.CharField(max_length=40, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")  # "" until they choose one
    sessions_from = models.DateTimeField(null=True, blank=True)  # older sign-ins are ended

    class Meta:
        ordering = ["last_name", "first_name"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def reads(self) -> str:
        """The language in which letters to this person are written."""
        return self.language or settings.LANGUAGE_CODE


class Child(models.Model):
    """A child. The identifier is opaque; names never leave the clinic's own pages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    born = models.DateField()
    sex = models.CharField(max_length=10, choices=[(s.value, _(s.value)) for s in Sex])
    condition = models.CharField(max_length=60, choices=[(c.value, _(c.value)) for c in Condition])
    created = models.DateTimeField(auto_now_add=True)
    guardians = models.ManyToManyField(User, through="Guardianship", related_name="children")

    class Meta:
        ordering = ["family_name", "given_name"]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def opaque(self) -> str:
        """The name of this child everywhere outside the clinic's database."""
        return f"c-{self.id.hex}"


class Guardianship(models.Model):
    """What one person may do for one child, from when to when."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    relation = models.CharField(max_length=40)
    can_book = models.BooleanField(default=True)
    can_view = models.BooleanField(default=True)
    can_consent = models.BooleanField(default=True)
    gets_notices = models.BooleanField(default=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    court_note = models.TextField(blank=True, default="")
    child_agrees = models.BooleanField(
        default=False
    )  # a mature minor lets them read health details

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "child"],
                condition=models.Q(ends__isnull=True),
                name="one_open_guardianship",
            )
        ]


class MatureMinor(models.Model):
    """A child who understands its rights and exercises them itself: since when, who found so, why.

    Source: Health Information Act (Alberta), s. 104(1)(b).
    """

    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    basis = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["child"], condition=models.Q(ends__isnull=True), name="one_open_minor"
            )
        ]


class AccessLog(models.Model):
    """One look at, or one attempt on, something of a child. Append-only, chained by digests."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    username = models.CharField(max_length=150)
    role = models.CharField(max_length=20)
    action = models.CharField(max_length=40)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    child = models.ForeignKey(Child, null=True, on_delete=models.PROTECT)
    allowed = models.BooleanField()
    previous = models.CharField(max_length=64, unique=True)  # a chain, not a tree
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["id"]


class BreakGlass(models.Model):
    """Reading a child's record in an emergency: who, why, until when. Append-only."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    child = models.ForeignKey(Child, on_delete=models.PROTECT)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["user", "until"])]


class SignInTry(models.Model):
    """One try to sign in, kept to slow down guessing."""

    name = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    device = models.CharField(max_length=32, blank=True, default="")  # "" until it has signed in
    at = models.DateTimeField()
    succeeded = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["name", "address", "at"]),
            models.Index(fields=["address", "at"]),
        ]


class DemoClinic(models.Model):
    """A row here says that everybody in this database is invented; only then are codes shown."""

    since = models.DateTimeField()
