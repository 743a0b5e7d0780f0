"""Whatever families and the desk do, in whatever order: nothing overlaps and nothing is left behind."""

from datetime import datetime, time, timedelta
from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rheobase.clinic.booking import services
from rheobase.clinic.booking.models import Allocation, Appointment, Status
from rheobase.errors import RheobaseError

MONDAY_8 = datetime.fromisoformat("2026-11-23T14:00+00:00")
steps = st.lists(
    st.tuples(
        st.sampled_from(["book", "book", "book", "move", "cancel"]),
        st.integers(0, 2),  # which child, or which visit
        st.integers(0, 11),  # quarter hours after nine on Wednesday
        st.booleans(),  # with stimulation
    ),
    max_size=12,
)


@given(steps=steps)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_resource_is_ever_reserved_twice_and_every_open_visit_has_all_it_needs(world, steps):
    with transaction.atomic():
        for step in steps:
            act(world, *step)
        nothing_overlaps()
        for visit in Appointment.objects.all():
            has_what_it_needs(visit)
        transaction.set_rollback(True)  # the next example begins with an empty calendar


def act(world, what, which, quarter, stimulation):
    wall = datetime.combine(
        world.monday + timedelta(days=2), time(9 + quarter // 4, quarter % 4 * 15)
    )
    visits = list(Appointment.objects.order_by("booked_at", "pk"))
    try:
        if what == "book":
            services.book(
                by=world.ben,
                child=world.children[which],
                service=world.nmes if stimulation else world.assessment,
                therapist=None,
                wall=wall,
                now=MONDAY_8,
            )
        elif visits and what == "move":
            visit = visits[which % len(visits)]
            services.move(visit=visit, by=world.ben, therapist=None, wall=wall, now=MONDAY_8)
        elif visits:
            services.cancel(visit=visits[which % len(visits)], by=world.ben, now=MONDAY_8)
    except RheobaseError as refusal:
        assert str(refusal)


def nothing_overlaps():
    rows = Allocation.objects.filter(active=True).order_by("resource", "starts")
    for one, other in pairwise(rows):
        assert one.resource != other.resource or one.ends <= other.starts


def has_what_it_needs(visit):
    active = [a.resource.split(":")[0] for a in visit.allocations.filter(active=True)]
    if visit.status == Status.CANCELLED:
        assert active == []
    else:
        units = ["stimulator"] * visit.service.stimulators
        assert sorted(active) == ["child", "room", *units, "therapist"]
        assert visit.stimulators.count() == visit.service.stimulators
