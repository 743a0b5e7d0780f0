"""Pools of stimulators: any unit of a model, none that is away, and what becomes of visits without theirs."""

from datetime import datetime, timedelta

import pytest

from rheobase.clinic.booking import units
from rheobase.clinic.booking.availability import Wish, free_for
from rheobase.clinic.booking.models import StimulatorModel
from rheobase.errors import BadInput, Taken

TUESDAY_10 = datetime.fromisoformat("2026-11-24T10:00")
DAY = timedelta(days=1)


@pytest.fixture
def wanted(world, wanted):
    """The same session, booked by the front desk."""
    return {**wanted, "by": world.ben}


@pytest.fixture
def models(world):
    """Units 1 to 3 are of one model whose label begins at 18 years, 4 to 6 of one for everybody."""
    adult = StimulatorModel.objects.create(name="Adult", label_from_years=18)
    child = StimulatorModel.objects.create(name="Any age")
    for n, unit in enumerate(world.units):
        unit.model = adult if n < 3 else child
        unit.save()
    return adult, child


def names(visit):
    return sorted(unit.name for unit in visit.stimulators.all())


def test_a_visit_takes_units_of_the_model_it_asks_for(world, book, models):
    world.nmes.unit_model = models[0]
    world.nmes.save()
    assert names(book()) == ["Unit 1", "Unit 2", "Unit 3"]


def test_when_the_pool_is_empty_the_time_is_not_offered(world, book, models, now):
    world.nmes.unit_model = models[1]
    world.nmes.stimulators = 2
    world.nmes.save()
    book()
    wish = Wish(by=world.ben, child=world.jonas, service=world.nmes, therapist=None, now=now)
    assert TUESDAY_10 not in [f.wall for f in free_for(wish, TUESDAY_10.date(), TUESDAY_10.date())]


def test_units_whose_label_includes_the_child_come_first_and_the_others_are_not_forbidden(
    world, book, models
):
    assert names(book()) == ["Unit 4", "Unit 5", "Unit 6"]
    world.nmes.stimulators = 4
    world.nmes.save()
    assert names(book(child=world.jonas, wall=TUESDAY_10 + 2 * DAY)) == [
        "Unit 1",
        "Unit 4",
        "Unit 5",
        "Unit 6",
    ]


def test_a_unit_that_is_away_is_given_to_nobody_and_one_that_is_back_is(world, book, now):
    absence = units.take_out(
        unit=world.units[0], reason="cable", starts=now, ends=None, by=world.lead, now=now
    )
    assert names(book()) == ["Unit 2", "Unit 3", "Unit 4"]
    units.bring_back(absence, now)
    assert names(book(child=world.jonas, wall=TUESDAY_10 + DAY)) == ["Unit 1", "Unit 2", "Unit 3"]


def test_a_unit_is_away_only_as_long_as_was_said(world, book, now):
    units.take_out(
        unit=world.units[0],
        reason="inspection",
        starts=now,
        ends=now + 2 * DAY,
        by=world.lead,
        now=now,
    )
    assert "Unit 1" not in names(book())
    assert "Unit 1" in names(book(child=world.jonas, wall=TUESDAY_10 + 2 * DAY))


def test_the_visits_that_counted_on_it_are_listed_and_get_another(world, book, now):
    visit, later = book(), book(wall=TUESDAY_10 + 7 * DAY)
    gone = world.units[1]
    units.take_out(
        unit=gone, reason="broken", starts=now, ends=now + 3 * DAY, by=world.lead, now=now
    )
    assert units.without_their_unit(now) == [(visit, gone)]
    other = units.replace(visit=visit, unit=gone, by=world.lead, now=now)
    assert other.name == "Unit 4"
    assert units.without_their_unit(now) == []
    assert names(visit) == ["Unit 1", "Unit 3", "Unit 4"]
    kept = {a.resource for a in visit.allocations.filter(active=True)}
    assert f"stimulator:{other.pk}" in kept
    assert f"stimulator:{gone.pk}" not in kept
    assert names(later) == ["Unit 1", "Unit 2", "Unit 3"]


def test_without_a_free_one_the_visit_keeps_its_time_and_somebody_is_told(world, book, now):
    visit = book()
    for unit in world.units[2:]:
        units.take_out(unit=unit, reason="lent", starts=now, ends=None, by=world.lead, now=now)
    with pytest.raises(Taken, match="Move the visit"):
        units.replace(visit=visit, unit=world.units[2], by=world.lead, now=now)


@pytest.mark.parametrize("changes", [{"reason": " "}, {"ends": -DAY}])
def test_an_absence_without_reason_or_before_it_began_is_refused(world, now, changes):
    wanted = {"unit": world.units[0], "reason": "x", "starts": now, "ends": None}
    if "ends" in changes:
        changes = {"ends": now + changes["ends"]}
    with pytest.raises(BadInput):
        units.take_out(**{**wanted, **changes}, by=world.lead, now=now)


def test_a_unit_whose_inspection_is_over_is_named(world, now):
    unit = world.units[0]
    unit.inspected_until = world.monday - DAY
    unit.save()
    assert list(units.overdue(now)) == [unit]
