"""Progress: honest words, stimulated and free apart, dose beside outcome, and a page for the family."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.assessment import measures
from rheobase.clinic.assessment import services as assessing
from rheobase.clinic.charts import Point, Scale, over_time
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.outcomes import against, report, services
from rheobase.clinic.outcomes.models import HomeItem
from rheobase.errors import BadInput

ACTIVE = "ankle-dorsiflexion-active_deg:left"
ITEM = {
    "title": "Up like a rocket",
    "how": "From the small chair.",
    "how_often": "10 times a day",
    "stop_when": "the legs shake",
    "pictogram": "sit_to_stand",
}


@pytest.fixture
def take(world, at):
    """Measure Mila's active dorsiflexion some days ago."""

    def record(value, days_ago, *, stimulated=False, key=ACTIVE, part="legs"):
        entries, wrong = measures.read_sheet(part, {key: str(value)})
        assert wrong == {}
        return measures.record(
            world.episodes["Mila"],
            entries,
            by=world.ada,
            at=clock.now() - timedelta(days=days_ago),
            conditions="",
            with_stimulation=stimulated,
        )

    return record


@pytest.fixture
def treated(world, at):
    """Two sessions on a plan of Mila's."""
    plan_key = world.records(world.mila)["plan"]
    for n, days_ago in enumerate((14, 7)):
        Treatment.objects.create(
            child=world.mila,
            plan_id=plan_key,
            therapist=world.ada,
            bedside="",
            units=[],
            started=clock.now() - timedelta(days=days_ago),
            ended=clock.now() - timedelta(days=days_ago),
            how_it_ended="finished",
            summary={
                "minutes": 6.0 + n,
                "slots": [
                    {
                        "slot": "A",
                        "muscle": "quadriceps",
                        "side": "left",
                        "contractions": 40,
                        "charge_uc": 50_000.0,
                        "highest_ma": 15.0,
                    },
                    {
                        "slot": "B",
                        "muscle": "tibialis_anterior",
                        "side": "left",
                        "contractions": 38,
                        "charge_uc": 30_000.0,
                        "highest_ma": 11.5,
                    },
                ],
            },
        )


def page(name, world):
    return reverse(f"outcomes:{name}", kwargs={"child": world.mila.pk})


def test_a_small_gain_is_within_measurement_error(world, take):
    take(-5, 30)
    take(3, 0)
    (course,) = services.courses(world.mila)
    assert course.verdict == "within measurement error"
    take(12, 0)
    (course,) = services.courses(world.mila)
    assert course.verdict == "better, beyond measurement error"


def test_where_lower_is_better_a_fall_is_better_and_a_rise_is_worse(world, take):
    for value, days_ago in ((0, 30), (10, 20)):
        take(value, days_ago, key="faces:body", part="basics")
    (course,) = services.courses(world.mila)
    assert course.better == "lower"
    assert course.verdict == "no published error: cannot be called a change"


def test_a_scale_of_grades_is_read_in_its_own_grades(world, take, signed_in):
    key = "ankle-plantarflexion-tone_mas_code:left"
    take("2", 20, key=key)
    take("1+", 1, key=key)
    (course,) = services.courses(world.mila)
    assert course.moved == "from 2 to 1+"
    svg = over_time("Tone", course.unit, course.points, grades=course.grades)
    assert ">1+</text>" in svg
    assert "code" not in svg
    body = signed_in(world.milas_mother).get(page("family", world)).content.decode()
    assert "from 2 to 1+; we have no figure" in body


def test_values_with_and_without_stimulation_are_never_joined(world, take):
    take(-5, 30)
    take(15, 30, stimulated=True)
    take(-4, 0)
    take(16, 0, stimulated=True)
    (course,) = services.courses(world.mila)
    assert course.free.amount == 1.0
    assert course.stimulated.amount == 1.0
    assert course.verdict == "within measurement error"
    svg = over_time("x", "deg", course.points)
    assert svg.count('class="curve free"') == svg.count('class="curve stimulated"') == 1


def test_a_gain_seen_only_with_stimulation_is_not_a_gain_of_the_child(world, take):
    take(-5, 30)
    take(20, 0, stimulated=True)
    (course,) = services.courses(world.mila)
    assert course.verdict == "measured once: nothing to compare yet"


def test_the_band_is_the_smallest_detectable_change(world):
    points = [Point(on=date(2026, 9, 1), value=0.0), Point(on=date(2026, 11, 1), value=5.0)]
    svg = over_time("Range", "deg", points, detectable=10.0)
    assert 'class="error-band"' in svg
    assert "changes up to 10 deg are measurement error" in svg
    assert 'class="error-band"' not in over_time("Range", "deg", points)


def test_an_axis_has_round_numbers_inside_it():
    assert Scale(low=-6.2, high=21.0, start=0, end=1).ticks() == [0, 10, 20]
    assert Scale(low=0.0, high=0.5, start=0, end=1).ticks() == pytest.approx(
        [0, 0.1, 0.2, 0.3, 0.4, 0.5]
    )


def test_dose_is_summed_over_the_units_of_a_session(world, treated):
    found = services.doses(world.mila)
    assert [d.minutes for d in found] == [6.0, 7.0]
    assert [d.contractions for d in found] == [78, 78]
    assert found[0].charge_mc == pytest.approx(80.0)
    assert found[0].levels == ("A left quadriceps 15 mA", "B left tibialis anterior 11.5 mA")


def test_dose_and_outcome_stand_on_one_page(world, treated, take, signed_in):
    take(-5, 30)
    take(12, 0)
    body = signed_in(world.ada).get(page("progress", world)).content.decode()
    assert '<strong class="number">2</strong> sessions' in body
    assert "better, beyond measurement error" in body
    assert "Minutes of stimulation per session" in body
    assert "style=" not in body


def test_the_family_sees_plain_words_and_no_chart_of_another_child(world, take, signed_in):
    take(-5, 30)
    take(-3, 0)
    body = signed_in(world.milas_mother).get(page("family", world)).content.decode()
    assert "no change that we can be sure of yet" in body
    assert "Nobody can promise" in body
    for stranger in (world.noors_mother, world.ben, world.olivia):
        assert signed_in(stranger).get(page("family", world)).status_code == 404
    assert signed_in(world.milas_mother).get(page("progress", world)).status_code == 404


def test_the_family_finds_its_goals_as_steps(world, at, signed_in):
    goal = assessing.add_goal(
        world.episodes["Mila"],
        {
            "text": "Walk to the bus",
            "focus": "strength",
            "weight": "1",
            "baseline": "-1",
            **{f"level:{n}": f"step {n}" for n in range(-2, 3)},
        },
        by=world.ada,
        at=clock.now(),
    )
    assessing.rate_goal(goal, 1, "family", by=world.ada, at=clock.now())
    body = signed_in(world.milas_mother).get(page("family", world)).content.decode()
    here = body.index("Mila is here")
    assert body.index("step 1<") < here < body.index("step 0<") < body.index("began here")


def test_a_home_programme_stays_short(world, at):
    episode = world.episodes["Mila"]
    for _ in range(services.MOST_HOME_ITEMS):
        services.add_home_item(episode, ITEM, by=world.ada, at=clock.now())
    with pytest.raises(BadInput, match="End one"):
        services.add_home_item(episode, ITEM, by=world.ada, at=clock.now())
    services.end_home_item(HomeItem.objects.first(), clock.now())
    assert len(services.home_items(world.mila)) == services.MOST_HOME_ITEMS - 1
    assert HomeItem.objects.count() == services.MOST_HOME_ITEMS


def test_each_thing_to_do_says_when_to_stop(world, at, signed_in):
    answer = signed_in(world.ada).post(page("home", world), {**ITEM, "stop_when": ""})
    assert answer.status_code == 422
    assert "Up like a rocket" in answer.content.decode()
    assert not HomeItem.objects.exists()


@pytest.mark.django_db
def test_each_score_stands_against_the_minutes_given_before_it(world, treated, at):
    episode = world.episodes["Mila"]
    goal = episode.goals.first()
    assessing.rate_goal(goal, 0, "therapist", by=world.ada, at=clock.now() - timedelta(days=10))
    assessing.rate_goal(goal, 1, "therapist", by=world.ada, at=clock.now())
    minutes = [d.minutes for d in services.doses(world.mila)]
    points = against.t_scores(world.mila)
    assert [p.dose for p in points][-2:] == pytest.approx([minutes[0], sum(minutes)])
    assert points[-1].value > points[-2].value
    last = {key: against.t_scores(world.mila, key)[-1].dose for key in against.DOSES}
    assert last == pytest.approx(
        {"minutes": 13.0, "contractions": 156.0, "charge": 160.0, "level": 15.0}
    )


def test_a_change_stands_beside_what_was_given_between_its_two_days(world, treated, take):
    take(-5, 30)
    take(12, 10)  # one session lies between these two, the other comes after
    take(30, 20, stimulated=True)
    (one,) = against.changes(world.mila)
    assert one.course.free.amount == 17.0
    assert (one.given.sessions, one.given.contractions) == (1, 78)
    assert one.given.charge_mc == pytest.approx(80.0)
    assert one.given.level_ma == 15.0


def test_a_change_for_the_worse_is_not_shown_as_good(world, treated, take, signed_in):
    take(25, 30)
    take(-5, 0)
    body = signed_in(world.ada).get(page("progress", world)).content.decode()
    assert '<span class="tag bad">worse, beyond measurement error</span>' in body


def test_the_report_begins_where_the_child_began_without_stimulation(world, take, monkeypatch):
    take(40, 40, stimulated=True)
    take(-5, 30)
    take(20, 0)
    said = {}
    monkeypatch.setattr(report, "pdf", lambda _name, data, _pictures: said.update(data) or b"")
    report.progress_report(world.mila)
    assert "From -5 by +25 deg" in said["courses"][0]["detail"]


@pytest.mark.parametrize("dose", ["contractions", "charge", "level", "nonsense"])
def test_every_dose_can_be_the_axis(world, treated, signed_in, dose):
    address = reverse("outcomes:progress", args=[world.mila.pk])
    body = signed_in(world.ada).get(address, {"dose": dose}).content.decode()
    words, unit = against.DOSES.get(dose, against.DOSES["minutes"])
    assert f"{words} ({unit})" in body or f">{words}<" in body


@pytest.mark.django_db
def test_the_progress_page_draws_outcome_against_dose(world, treated, signed_in):
    page = signed_in(world.ada).get(reverse("outcomes:progress", args=[world.mila.pk]))
    assert "Goal attainment against dose" in page.content.decode()
    assert "need not have risen because of it" in page.content.decode()
