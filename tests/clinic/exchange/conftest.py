"""A record with one of everything that FHIR has a place for."""

from datetime import UTC, datetime, timedelta

import pytest

from rheobase.clinic.assessment import gmfm
from rheobase.clinic.assessment.models import (
    CopmProblem,
    CopmRating,
    Goal,
    GoalRating,
    Measure,
    Screening,
)
from rheobase.clinic.booking.models import Appointment, Stimulator, StimulatorModel
from rheobase.clinic.diary.models import Note
from rheobase.clinic.diary.services import signed
from rheobase.clinic.exchange import bundle
from rheobase.clinic.intake.models import FormAnswer
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.outcomes.models import HomeItem

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LEVELS = {
    "-2": "Cannot walk outside",
    "-1": "Walks to the gate",
    "0": "Walks to the bus stop with one pause",
    "1": "Walks to the bus stop without a pause",
    "2": "Walks to school",
}
CHANNEL = {
    "slot": "A",
    "muscle": "tibialis_anterior",
    "side": "left",
    "frequency_hz": 35.0,
    "pulse_width_us": 250.0,
    "start_ma": 2.0,
    "ceiling_ma": 18.0,
    "minutes_max": 20.0,
}
SUMMARY = {
    "minutes": 12.5,
    "slots": [
        {
            "slot": "A", "muscle": "tibialis_anterior", "side": "left", "minutes": 12.5,
            "twitch_minutes": 0.5, "contractions": 60, "charge_uc": 5250.0, "highest_ma": 14.0,
        }
    ],
    "skin": {"before": 0, "after": 1},
    "behaviour": {"first": 0, "last": 1, "highest": 2},
    "timeline": {"current_ma": {"A": [[0.0, 0.0], [2.0, 12.5], [4.0, 14.0]]}},
}  # fmt: skip


def fill(world, child):
    """Give a child one of everything, in the states that differ in FHIR."""
    rows = world.records(child, {"prescription": {"channels": [CHANNEL]}, "digest": child.id.hex})
    episode = world.episodes[child.given_name]
    who = episode.therapist
    visit = Appointment.objects.get(pk=rows["visit"])
    visit.stimulators.set(world.units[:3])
    model, _made = StimulatorModel.objects.get_or_create(
        name="Two channels", defaults={"label_from_years": 3, "label_note": "Not before walking"}
    )
    Stimulator.objects.filter(pk=world.units[0].pk).update(model=model)
    guardian = child.guardians.first()
    Appointment.objects.filter(pk=visit.pk).update(interested=True, booked_by=guardian)
    Treatment.objects.filter(pk=rows["treatment"]).update(
        units=[{"slot": "A", "make": "virtual", "address": "", "name": world.units[0].name}],
        summary=SUMMARY,
    )
    signed(Note.objects.get(pk=rows["note"]), "Walked the corridor twice.", who, AT)
    goal = Goal.objects.create(
        episode=episode, text="Walk to the bus stop", focus="strength", levels=LEVELS, baseline=-2,
        by=who, at=AT - timedelta(days=2),
    )  # fmt: skip
    for level, rater in ((-1, "therapist"), (1, "family"), (0, "child")):
        GoalRating.objects.create(goal=goal, level=level, rated_by=rater, by=who, at=AT)
    problem = CopmProblem.objects.create(episode=episode, text="Stairs", importance=8, at=AT)
    CopmRating.objects.create(problem=problem, performance=3, satisfaction=2, by=who, at=AT)
    for instrument, value, unit in (("faces", 4, "points"), ("mas", 2, "code"), ("hhd", 40, "N")):
        Measure.objects.create(
            episode=episode, instrument=instrument, quantity=instrument, value=value, unit=unit,
            error=0, trials=[value, value + 2] if unit == "N" else [], by=who, at=AT,
        )  # fmt: skip
    Screening.objects.create(
        episode=episode,
        answers={"epilepsy": {"answer": "yes", "on": "2026-01-05", "sites": []}},
        findings=[
            {"rule": rule, "title": rule.capitalize(), "grade": grade, "text": "Found.", "cleared_by": ""}
            for rule, grade in (("implant", "block"), ("epilepsy", "clear"), ("fever", "caution"))
        ],
        by=who,
        at=AT - timedelta(days=1),
    )  # fmt: skip
    HomeItem.objects.create(
        episode=episode, title="Stand up", pictogram="sit_to_stand", how="Ten times, slowly.",
        how_often="Every day", stop_when="It hurts", by=who, at=AT,
    )  # fmt: skip
    items = {str(n): n % 4 for n in range(1, 89)} | {"5": "NT"}
    about = {"goal_dimensions": ["D"], "with_stimulation": False, "conditions": "Splints"}
    gmfm.record(gmfm.keep(episode, items, about, by=who, at=AT), AT)
    answer = FormAnswer.objects.get(pk=rows["form"])
    answer.form.questions = [{"key": "hopes", "text": "What do you hope for?", "kind": "text"}]
    answer.form.save()
    FormAnswer.objects.filter(pk=answer.pk).update(answers={"hopes": "The bus stop"})
    return rows


@pytest.fixture
def record(world):
    """Everything of Mila; Jonas has a record too."""
    fill(world, world.mila)
    world.records(world.jonas)
    return bundle.of_child(world.mila, AT)
