"""Steps 1 and 2 as Mila's mother takes them: a visit is booked, the forms are answered."""

from datetime import timedelta
from typing import Any, final

from rheobase.cli.pathway.stage import Stage
from rheobase.clinic import clock
from rheobase.clinic.booking import availability
from rheobase.clinic.booking import services as booking
from rheobase.clinic.booking.models import Allocation, Appointment, Status
from rheobase.clinic.intake import services as intake
from rheobase.clinic.intake import wording
from rheobase.clinic.intake.models import Consent, FormAnswer

HEALTH_ANSWERS = {  # what is not "no" for Mila
    "cannot_communicate": "yes",  # the question is whether the child can say when it hurts
    "epilepsy": "controlled",
}
ABOUT_ANSWERS = {
    "hopes": "To walk to the bus without holding on.",
    "enjoys": "Stars, music, being the one who counts.",
    "equipment": "Ankle-foot orthoses on both sides.",
    "medicines": "None.",
    "others": "Nobody else.",
    "anything": "She is proud of standing alone.",
}


def book(stage: Stage) -> dict[str, Any]:
    """Step 1: the soonest free time of a visit with stimulation, with anybody of the discipline."""
    wish = availability.Wish(
        by=stage.mother, child=stage.child, service=stage.service, therapist=None, now=clock.now()
    )
    today = clock.today(stage.zone)
    free = availability.free_for(wish, today, today + timedelta(days=14))
    visit = _booked_before(stage) or booking.book(
        by=stage.mother,
        child=stage.child,
        service=stage.service,
        therapist=None,
        wall=free[0].wall,
        now=clock.now(),
        interested=True,
        told_us={"epilepsy": "controlled"},
    )
    stage.keep("visit", visit.pk)
    return {
        "free_times_in_14_days": len(free),
        "visit": visit.wall_start,
        "zone": visit.zone,
        "therapist": str(visit.therapist),
        "interested": visit.interested,
        "resources_reserved": Allocation.objects.filter(visit=visit, active=True).count(),
        "stimulators_reserved": visit.stimulators.count(),
    }


def _booked_before(stage: Stage) -> Appointment | None:
    """Return the visit this run booked already, if it was broken off afterwards."""
    found: Appointment | None = Appointment.objects.filter(
        child=stage.child,
        booked_by=stage.mother,
        booked_at__gte=stage.began,
        status=Status.CONFIRMED,
    ).first()
    return found


def answer(stage: Stage) -> dict[str, Any]:
    """Step 2: the health questions, the questions about the child, and consent."""
    for kind in wording.TITLES:
        form = intake.current_form(kind, clock.now())
        if not FormAnswer.objects.filter(
            child=stage.child, form=form, at__gte=stage.began
        ).exists():
            intake.answer(
                child=stage.child,
                form=form,
                typed=_Typed(_answers(form.questions)),
                by=stage.mother,
                now=clock.now(),
            )
    in_force = Consent.objects.filter(
        child=stage.child, kind=wording.STIMULATION, withdrawal__isnull=True
    )
    if not in_force.exists():
        intake.give(child=stage.child, kind=wording.STIMULATION, by=stage.mother, now=clock.now())
    open_items = [
        item.title
        for item in intake.checklist(stage.child, clock.now())
        if item.required and not item.done
    ]
    return {
        "questions_answered": sum(
            len(row.answers)
            for row in FormAnswer.objects.filter(child=stage.child, at__gte=stage.began)
        ),
        "consent": str(in_force.get().by),
        "open_items": open_items,
    }


@final
class _Typed:
    """The fields of a form as a browser would send them."""

    def __init__(self, fields: dict[str, str]) -> None:
        self._fields = fields

    def __call__(self, key: str) -> str:
        return self._fields.get(key, "")


def _answers(questions: list[dict[str, Any]]) -> dict[str, str]:
    given = {}
    for question in questions:
        key = question["key"]
        if question["kind"] == "text":
            given[key] = ABOUT_ANSWERS.get(key, "Nothing.")
        else:
            first = next(iter(dict(question["choices"])))
            given[key] = HEALTH_ANSWERS.get(key, first)
    return given
