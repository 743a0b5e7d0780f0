"""What is printed: opened and read by an independent reader of PDF."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.assessment import measures
from rheobase.clinic.outcomes import services

pytestmark = pytest.mark.oracle


@pytest.fixture
def mila(world, at):
    """Mila with two measures and three things to do at home."""
    episode = world.episodes["Mila"]
    for value, days_ago in (("3", 30), ("6", 0)):
        entries, _ = measures.read_sheet("legs", {"ankle-dorsiflexion-passive_max_deg:left": value})
        measures.record(
            episode,
            entries,
            by=world.ada,
            at=clock.now() - timedelta(days=days_ago),
            conditions="",
            with_stimulation=False,
        )
    for n in range(services.MOST_HOME_ITEMS):
        services.add_home_item(
            episode,
            {
                "title": f"Thing number {n}",
                "how": "Slowly, with a toy to look at, and rest. " * 4
                + "And then once more, please.",
                "how_often": "10 times",
                "stop_when": "it hurts, or she does not want to go on, or the legs begin to shake",
                "pictogram": "stepping",
            },
            by=world.ada,
            at=clock.now(),
        )
    return world.mila


def read(client, name, child):
    from pypdf import PdfReader

    answer = client.get(reverse(f"outcomes:{name}", kwargs={"child": child.pk}))
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def test_the_home_programme_is_one_page_even_when_it_is_full(world, mila, signed_in):
    paper = read(signed_in(world.milas_mother), "home_pdf", mila)
    assert len(paper.pages) == 1
    text = paper.pages[0].extract_text()
    assert "Mila" in text
    assert "Lindqvist" not in text
    assert text.count("Stop when:") == services.MOST_HOME_ITEMS
    assert "Always stop" in text
    assert "Thing number 3" in text


def test_the_report_calls_a_small_difference_measurement_error(world, mila, signed_in):
    paper = read(signed_in(world.ada), "report", mila)
    text = " ".join(page.extract_text() for page in paper.pages)
    assert "within measurement error" in text
    assert "not a certified medical device" in text


def test_a_child_without_any_record_still_prints(world, at, signed_in):
    assert len(read(signed_in(world.ada), "report", world.jonas).pages) == 1
    assert len(read(signed_in(world.ada), "home_pdf", world.jonas).pages) == 1


def test_the_family_cannot_print_the_report(world, mila, signed_in):
    address = reverse("outcomes:report", kwargs={"child": mila.pk})
    assert signed_in(world.milas_mother).get(address).status_code == 404
