"""The gross motor measure, item by item: kept while it is written, computed as published, then frozen."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from rheobase.clinic import clock
from rheobase.clinic.assessment import gmfm, measures, scales
from rheobase.clinic.assessment.models import GmfmSheet, Measure
from rheobase.clinic.outcomes import services as outcomes
from rheobase.errors import NotReady

SCORES = st.sampled_from([0, 1, 2, 3, "NT"])
WHOLE = st.fixed_dictionaries({str(n): SCORES for n in range(1, 89)})
ABOUT = {"goal_dimensions": [], "with_stimulation": False, "conditions": ""}


def of(items, letter):
    return next(one for one in gmfm.dimensions(items) if one.letter == letter)


def every(score):
    return {str(n): score for n in range(1, 89)}


def test_the_five_dimensions_hold_88_items_once_each():
    numbers = [n for items in scales.GMFM_ITEMS.values() for n in items]
    assert numbers == list(range(1, 89))
    assert [len(items) for items in scales.GMFM_ITEMS.values()] == [17, 20, 14, 13, 24]
    assert scales.GMFM_MAX == {"A": 51, "B": 60, "C": 42, "D": 39, "E": 72}


def test_all_threes_are_100_percent_and_all_zeros_none():
    assert gmfm.total(gmfm.dimensions(every(3))) == 100.0
    assert gmfm.total(gmfm.dimensions(every(0))) == 0.0


def test_a_worked_example():
    items = {**every(0), **{str(n): 3 for n in range(1, 18)}, "52": 2, "53": 1}
    assert of(items, "A").percent == 100.0
    assert of(items, "D").percent == pytest.approx(100 * 3 / 39)
    assert gmfm.total(gmfm.dimensions(items)) == pytest.approx((100 + 100 * 3 / 39) / 5)
    assert gmfm.total(gmfm.dimensions(items), ["D"]) == pytest.approx(100 * 3 / 39)


@given(WHOLE)
def test_not_tested_counts_as_zero_and_is_still_told_apart(items):
    as_zero = {k: 0 if v == "NT" else v for k, v in items.items()}
    before, after = gmfm.dimensions(items), gmfm.dimensions(as_zero)
    assert [one.percent for one in before] == [one.percent for one in after]
    assert sum(one.not_tested for one in before) == list(items.values()).count("NT")
    assert all(one.not_tested == 0 for one in after)


@given(WHOLE, st.integers(1, 88))
def test_a_better_item_never_lowers_the_total(items, number):
    better = {**items, str(number): 3}
    assert gmfm.total(gmfm.dimensions(better)) >= gmfm.total(gmfm.dimensions(items))


@given(WHOLE, st.integers(1, 88))
def test_an_open_item_leaves_its_dimension_without_a_percent(items, number):
    part = {k: v for k, v in items.items() if k != str(number)}
    found = [one for one in gmfm.dimensions(part) if one.percent is None]
    assert [one.open for one in found] == [1]
    with pytest.raises(NotReady, match=found[0].letter):
        gmfm.total(gmfm.dimensions(part))


@given(st.dictionaries(st.integers(1, 88).map("item:{}".format), st.text(max_size=3)))
def test_whatever_is_typed_is_a_score_or_is_named(typed):
    items, wrong = gmfm.read(typed)
    assert set(items.values()) <= {0, 1, 2, 3, "NT"}
    written = {k.split(":")[1] for k, v in typed.items() if v.strip()}
    assert set(items) | set(wrong) == written


@pytest.fixture
def page(world, at, signed_in):
    """Post the sheet of Mila as Ada; returns the answer."""
    address = reverse("assessment:gmfm", kwargs={"episode": world.episodes["Mila"].pk})
    client = signed_in(world.ada)

    def post(items=None, do="keep", **more):
        if items is None:
            return client.get(address)
        typed = {f"item:{n}": "n" if v == "NT" else v for n, v in items.items()}
        return client.post(address, {**typed, "do": do, **more})

    return post


def test_a_partial_sheet_is_kept_and_counts_for_nothing(world, page):
    assert page({"1": 3, "2": "NT", "88": 0}).status_code == 302
    body = page().content.decode()
    assert 'name="item:1" value="3"' in body
    assert 'name="item:2" value="n"' in body
    assert 'name="item:88" value="0"' in body
    assert not Measure.objects.exists()


def test_nothing_complete_is_not_recorded_and_not_lost(world, page):
    answer = page({"1": 3}, do="record")
    assert answer.status_code == 422
    assert "No dimension is complete" in answer.content.decode()
    assert GmfmSheet.objects.get().items == {"1": 3}


def test_a_wrong_key_is_named_and_the_other_items_are_kept(world, page):
    answer = page({"1": 3, "2": "7"})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Item 2: write 0, 1, 2, 3" in body
    assert 'name="item:2" value="7"' in body
    assert GmfmSheet.objects.get().items == {"1": 3}


def test_recording_makes_a_measure_of_every_complete_dimension(world, page):
    items = {str(n): 2 for n in range(52, 89)} | {"60": "NT"}
    assert page(items, do="record", goal=["D", "E"], conditions="Splints").status_code == 302
    made = {m.quantity: m for m in measures.current(world.mila)}
    assert set(made) == {"gmfm_d_percent", "gmfm_e_percent", "gmfm_goal_percent"}
    assert made["gmfm_d_percent"].value == pytest.approx(100 * 24 / 39, abs=0.005)
    assert made["gmfm_d_percent"].conditions == "1 not tested, counted as 0; Splints"
    assert "dimensions D, E" in made["gmfm_goal_percent"].conditions
    assert made["gmfm_e_percent"].conditions == "Splints"


def test_a_recorded_sheet_is_frozen(world, page):
    page(every(2), do="record")
    with pytest.raises(IntegrityError, match="correct it by a new one"), transaction.atomic():
        GmfmSheet.objects.update(items={})


def test_a_correction_supersedes_sheet_and_measures_and_keeps_the_day(world, page):
    page(every(2), do="record")
    page({}, do="correct")
    page({**every(2), "1": 3}, do="record")
    new, old = GmfmSheet.objects.order_by("-pk")
    assert new.supersedes == old
    totals = Measure.objects.filter(quantity="gmfm88_percent").order_by("pk")
    assert totals[1].supersedes == totals[0]
    assert totals[1].at == totals[0].at
    assert measures.current(world.mila).filter(quantity="gmfm88_percent").count() == 1
    assert gmfm.newest(world.episodes["Mila"]) == new


def test_the_total_comes_with_its_error_and_a_change_within_it_is_none(world, at):
    for days, more in ((60, {}), (0, {str(n): 3 for n in range(1, 5)})):
        moment = clock.now() - timedelta(days=days)
        items = {**every(2), **more}
        sheet = gmfm.keep(world.episodes["Mila"], items, ABOUT, by=world.ada, at=moment)
        gmfm.record(sheet, moment)
    found = {c.label: c for c in outcomes.courses(world.mila)}
    total = found["GMFM-88, total"]
    assert total.detectable == pytest.approx(1.96 * 2**0.5 * 1.6)
    assert total.free.words == "within measurement error"
    assert "GMFM A, lying and rolling" in found


def test_only_one_sheet_is_open_at_a_time(world, page):
    page({"1": 1})
    page({"1": 2})
    assert GmfmSheet.objects.count() == 1
    assert page({}, do="correct").status_code == 422


@pytest.mark.parametrize("who", ["ben", "milas_mother", "olivia", "admin"])
def test_nobody_else_reaches_the_sheet(world, signed_in, who):
    address = reverse("assessment:gmfm", kwargs={"episode": world.episodes["Mila"].pk})
    assert signed_in(getattr(world, who)).get(address).status_code == 404
