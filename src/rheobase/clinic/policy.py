"""Who may see and do what. Default deny: a view without a declared action cannot be reached.

Every view names one action with `@needs("...")`. An address that names a child, or something that
belongs to one, is opened only if this person may do that action for that child; otherwise the
answer is the same "not found" that a wrong address gets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar, final

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop as noop

from rheobase.clinic import clock
from rheobase.clinic.people.models import BreakGlass, Child, Guardianship, MatureMinor, Role, User

GUARDIAN, DESK, THERAPIST, LEAD, ADMIN = Role.values
View = TypeVar("View", bound=Callable[..., Any])


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may do one action.

    Attributes:
        roles: the roles that may; empty means everybody, signed in or not.
        right: the guardian's right that is needed for the child ("" if no guardian may).
        minor: what holds for guardians of a mature minor: "" the same as else; ASKED only those the
            child lets; SELF the child does it itself.
    """

    roles: frozenset[str]
    right: str = ""
    minor: str = ""


ASKED, SELF = "asked", "self"


def _rule(*roles: str, right: str = "", minor: str = "") -> Rule:
    return Rule(roles=frozenset(roles), right=right, minor=minor)


RULES: Final[dict[str, Rule]] = {
    noop("public"): Rule(roles=frozenset()),
    noop("signed in"): _rule(GUARDIAN, DESK, THERAPIST, LEAD, ADMIN, right="can_view"),
    noop("book"): _rule(GUARDIAN, DESK, LEAD, right="can_book"),
    noop("register child"): _rule(DESK, LEAD),
    noop("receive visit"): _rule(DESK, THERAPIST, LEAD),
    noop("keep wait list"): _rule(DESK, LEAD),
    noop("answer requests"): _rule(DESK, LEAD),
    noop("see visits"): _rule(GUARDIAN, DESK, THERAPIST, LEAD, right="can_view"),
    noop("see calendar"): _rule(DESK, THERAPIST, LEAD),
    noop("see child"): _rule(GUARDIAN, DESK, THERAPIST, LEAD, right="can_view"),
    noop("answer intake"): _rule(GUARDIAN, right="can_view", minor=ASKED),
    noop("consent"): _rule(GUARDIAN, right="can_consent", minor=SELF),
    noop("note consent"): _rule(THERAPIST, LEAD),
    noop("see intake"): _rule(GUARDIAN, THERAPIST, LEAD, right="can_view", minor=ASKED),
    noop("break the glass"): _rule(THERAPIST),
    noop("see chart"): _rule(THERAPIST, LEAD),
    noop("write chart"): _rule(THERAPIST, LEAD),
    noop("sign plan"): _rule(THERAPIST, LEAD),
    noop("run session"): _rule(THERAPIST, LEAD),
    noop("see progress"): _rule(GUARDIAN, THERAPIST, LEAD, right="can_view", minor=ASKED),
    noop("export child"): _rule(THERAPIST, LEAD),
    noop("export clinic"): _rule(LEAD, ADMIN),
    noop("configure"): _rule(LEAD, ADMIN),
    noop("renew a sign-in"): _rule(DESK, LEAD, ADMIN),
    noop("manage accounts"): _rule(LEAD, ADMIN),
    noop("reset factors"): _rule(ADMIN),
    noop("audit"): _rule(LEAD, ADMIN),
}

# What a therapist of the other discipline may read after breaking the glass: nothing is written.
IN_AN_EMERGENCY: Final = frozenset(
    {"see child", "see visits", "see intake", "see chart", "see progress"}
)

# A signature is of the person, not of a tablet left open: who one is was confirmed a short while ago.
FRESH: Final = frozenset({"sign plan"})

# Times that were only held, offered or given back open no record to a discipline.
NO_VISIT: Final = ("held", "cancelled")

# How each name in an address leads to a child: argument -> (model, path from it to the child).
CHILD_OF: Final[dict[str, tuple[str, str]]] = {
    "child": ("people.Child", ""),
    "visit": ("booking.Appointment", "child"),
    "series": ("booking.Series", "child"),
    "wait": ("booking.WaitRequest", "child"),
    "offer": ("booking.Offer", "request__child"),
    "form": ("intake.FormAnswer", "child"),
    "consent": ("intake.Consent", "child"),
    "episode": ("assessment.Episode", "child"),
    "measure": ("assessment.Measure", "episode__child"),
    "goal": ("assessment.Goal", "episode__child"),
    "draft": ("plan.Draft", "episode__child"),
    "plan": ("plan.SignedPlan", "episode__child"),
    "treatment": ("live.Treatment", "child"),
    "note": ("diary.Note", "treatment__child"),
}


def needs(action: str) -> Callable[[View], View]:
    """Declare the action a view stands for.

    Raises:
        KeyError: at import, if the action has no rule.
    """
    RULES[action]

    def declare(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return declare


def before_the_log(view: View) -> View:
    """Let a view act first and be noted afterwards: for STOP, which never waits for the disk."""
    view.before_the_log = True  # type: ignore[attr-defined]
    return view


def reads_any_text(view: View) -> View:
    """Let a view refuse odd characters itself, so that a long text that was typed stays on its page."""
    view.reads_any_text = True  # type: ignore[attr-defined]
    return view


def may(user: Any, action: str, child: Child | None = None) -> bool:
    """Return whether this person may do this, for this child if one is concerned."""
    rule = RULES[action]
    if not rule.roles:
        return True
    if not user.is_authenticated or not user.is_active or user.role not in rule.roles:
        return False
    return child is None or children_for(user, action).filter(pk=child.pk).exists()


def children_for(user: User, action: str = "see child") -> QuerySet[Child]:
    """Return the children for whom this person may do an action: the start of every query."""
    rule = RULES[action]
    if not user.is_authenticated or user.role not in rule.roles:
        return Child.objects.none()
    if user.role == Role.GUARDIAN:
        return Child.objects.filter(pk__in=_guarded(user, rule).values("child"))
    if user.role == Role.THERAPIST:
        visits = _seen_by("booking.Appointment", user, status__in=NO_VISIT)
        allowed = Q(visits) | Q(_seen_by("assessment.Episode", user))
        if action in IN_AN_EMERGENCY:
            broken = BreakGlass.objects.filter(user=user, until__gt=clock.now())
            allowed |= Q(pk__in=broken.values("child"))
        return Child.objects.filter(allowed)
    return Child.objects.all()


def _seen_by(model: str, user: User, **without: Any) -> Exists:
    """Return whether a child has a visit or an episode with this discipline; it looks no further than one."""
    rows = apps.get_model(model).objects.filter(child=OuterRef("pk")).exclude(**without)
    return Exists(rows.filter(therapist__discipline=user.discipline))


def mature(moment: datetime) -> QuerySet[Any]:
    """Return the keys of the children who exercise their rights themselves at a moment."""
    rows = MatureMinor.objects.filter(Q(ends__isnull=True) | Q(ends__gt=moment), starts__lte=moment)
    return rows.values("child")


def _guarded(user: User, rule: Rule) -> QuerySet[Guardianship]:
    if not rule.right:
        return Guardianship.objects.none()
    moment = clock.now()
    rows = Guardianship.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=moment),
        user=user,
        starts__lte=moment,
        **{rule.right: True},
    )
    if rule.minor == SELF:
        return rows.exclude(child__in=mature(moment))
    return rows.exclude(child__in=mature(moment), child_agrees=False) if rule.minor else rows


def child_named_by(model: type[Model], path: str, key: object) -> Child | None:
    """Return the child that something in an address belongs to, or None if it does not exist."""
    found = model._default_manager.filter(pk=key)
    if not path:
        return found.first()
    return Child.objects.filter(pk__in=found.values(path)).first()
