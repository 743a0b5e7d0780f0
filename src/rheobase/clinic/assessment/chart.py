"""The chart of one child at a glance: what is known, and what is missing before a plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import pgettext

from rheobase.clinic import clock
from rheobase.clinic.assessment import measures, services
from rheobase.clinic.assessment.models import Episode, Goal, Measure
from rheobase.clinic.assessment.scales import Change, Tardieu, change
from rheobase.clinic.assessment.sheet import SIDES, row_of
from rheobase.clinic.intake.services import in_force
from rheobase.clinic.people.models import Child
from rheobase.clinic.plan.models import SignedPlan
from rheobase.errors import BadInput
from rheobase.evidence.instruments import instruments


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that should be done first, and where to do it ("" if not here)."""

    text: str
    address: str
    action: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The newest value of one measure, held against the first."""

    newest: Measure
    first: Measure | None
    change: Change | None

    @property
    def instrument(self) -> str:
        """What it was measured with, in words."""
        known = instruments()
        key = self.newest.instrument
        return _(known[key].title) if key in known else key


def frame(child: Child, here: str) -> dict[str, Any]:
    """Return what every page of a chart shows: the child, the open episode, and which step it is."""
    return {"child": child, "episode": services.current_episode(child), "here": here}


def lines(child: Child) -> list[Line]:
    """Return the newest value of every measure without stimulation, with its change."""
    first: dict[tuple[str, ...], Measure] = {}
    newest: dict[tuple[str, ...], Measure] = {}
    for m in measures.current(child).filter(with_stimulation=False):
        key = (m.quantity, m.joint, m.movement, m.side)
        first.setdefault(key, m)
        newest[key] = m
    return [_line(first[key], m) for key, m in newest.items()]


def _line(first: Measure, newest: Measure) -> Line:
    one = row_of(newest.quantity, newest.joint, newest.movement)
    if first.pk == newest.pk or one is None or not one.instrument.better:
        return Line(newest=newest, first=None, change=None)
    detectable = one.instrument.detectable(first.value)
    return Line(newest=newest, first=first, change=change(first.value, newest.value, detectable))


# Tone: the muscle's catch, the end of the same movement, and the sign that makes the end the larger.
CATCHES: Final = (
    (
        noop("Plantarflexors"),
        ("ankle", "plantarflexion"),
        ("passive_max_deg", "ankle", "dorsiflexion"),
        1,
    ),
    (noop("Hamstrings"), ("knee", "flexion"), ("passive_min_deg", "knee", "extension"), -1),
    (noop("Elbow flexors"), ("elbow", "flexion"), ("passive_min_deg", "elbow", "extension"), -1),
)


def dynamic(child: Child) -> list[tuple[str, str]]:
    """Return each muscle's dynamic component (R2 minus R1) in words, where both were measured."""
    newest = measures.latest(child)
    found = []
    for name, caught, end, sign in CATCHES:
        for side in SIDES:
            r1, r2 = newest.get(("catch_deg", *caught, side)), newest.get((*end, side))
            if r1 is None or r2 is None:
                continue
            where = _("%(what)s, %(side)s") % {"what": _(name), "side": _(side)}
            try:
                pair = Tardieu(r1_deg=sign * r1.value, r2_deg=sign * r2.value)
            except BadInput as error:
                found.append((where, str(error)))
                continue
            found.append((where, f"{pair.dynamic_deg:g} deg"))
    return found


def goals(episode: Episode | None) -> list[tuple[Goal, int]]:
    """Return each goal of an episode with the level the child stands on."""
    if episode is None:
        return []
    return [
        (goal, [goal.baseline, *(rating.level for rating in goal.ratings.all())][-1])
        for goal in episode.goals.prefetch_related("ratings")
    ]


def signed_plan(child: Child) -> SignedPlan | None:
    """Return the newest signed plan of a child, or None."""
    return SignedPlan.objects.filter(episode__child=child).order_by("-signed_at").first()


def gaps(child: Child, episode: Episode | None) -> list[Gap]:
    """Return what is missing before stimulation can be planned and given, in the order of work."""
    if episode is None:
        return [Gap(text=_("No episode of care is open."), address="", action=_("Open one below."))]
    found = []
    if not in_force([child.pk], clock.now()).filter(kind="stimulation").exists():
        found.append(
            Gap(
                text=_("No guardian's consent to stimulation is in force."),
                address="",
                action=_("The family gives it on their own page."),
            )
        )
    return [*found, *_to_assess(child, episode), *_to_plan(child)]


def _to_assess(child: Child, episode: Episode) -> Iterator[Gap]:
    at = {"episode": episode.pk}
    if not episode.screenings.exists():
        screen = pgettext("the deed", "Screen")
        yield _gap(_("The child has not been screened."), "screening", screen, at)
    newest = measures.latest(child)
    missing = [
        word
        for word, key in (("GMFCS", "gmfcs"), (_("height"), "height_cm"), (_("mass"), "mass_kg"))
        if (key, "", "", "") not in newest
    ]
    if missing:
        text = _("Not measured: %(what)s.") % {"what": ", ".join(missing)}
        yield _gap(text, "measures", pgettext("the deed", "Measure"), at)
    if not episode.goals.exists():
        yield _gap(_("No goal is agreed yet."), "goals", _("Agree a goal"), at)


def _to_plan(child: Child) -> Iterator[Gap]:
    at = {"child": child.pk}
    plan = signed_plan(child)
    if plan is None:
        yield _gap(_("No plan is signed."), "plan:list", pgettext("the deed", "Plan"), at)
    elif plan.valid_until < services.today():
        yield _gap(_("The signed plan has expired."), "plan:list", _("Plan again"), at)


def _gap(text: str, name: str, action: str, kwargs: dict[str, Any]) -> Gap:
    address = reverse(name if ":" in name else f"assessment:{name}", kwargs=kwargs)
    return Gap(text=text, address=address, action=action)
