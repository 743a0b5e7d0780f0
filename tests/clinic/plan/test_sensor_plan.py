"""The therapist chooses a sensor on the page of a plan, sees why each bound is what it is, and signs it."""

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.plan import services
from rheobase.clinic.plan.models import Draft
from rheobase.stimulus import Trigger


@pytest.fixture
def page(world, draft, signed_in):
    client = signed_in(world.ada)

    def edit(row, **typed):
        answer = client.post(reverse("plan:draft", args=[row.pk]), typed)
        if answer.status_code != 302:
            return answer
        return Draft.objects.get(pk=answer.url.rstrip("/").split("/")[-1])

    edit.client = client
    return edit


def test_a_sensor_is_chosen_changed_signed_and_shown(world, draft, page):
    chosen = page(draft, **{"A:trigger": "sensor", "B:trigger": "sensor"})
    shown = page.client.get(reverse("plan:draft", args=[chosen.pk])).content.decode()
    assert 'name="sensor:threshold_low"' in shown
    assert "Hodges" in shown
    changed = page(chosen, **{"sensor:threshold_low": "15", "sensor:blanking_ms": "300"})
    plan = services.sign(changed, by=world.ada, at=clock.now(), agreed=True)
    prescription = services.prescription_of(plan)
    assert prescription.sensing.threshold_low == 15.0
    assert prescription.sensing.blanking_ms == 300.0
    assert {order.trigger for order in prescription.channels} == {Trigger.SENSOR}
    signed = page.client.get(reverse("plan:signed", args=[plan.pk])).content.decode()
    assert "300 ms" in signed


def test_a_bound_that_cannot_be_is_refused_and_nothing_typed_is_lost(draft, page):
    chosen = page(draft, **{"A:trigger": "sensor", "B:trigger": "sensor"})
    answer = page(chosen, **{"sensor:blanking_ms": "2"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "between 15 and 5000 ms" in text
    assert 'value="2"' in text


def test_a_plan_without_a_sensor_shows_none(draft, page):
    shown = page.client.get(reverse("plan:draft", args=[draft.pk])).content.decode()
    assert "sensor:threshold_low" not in shown
