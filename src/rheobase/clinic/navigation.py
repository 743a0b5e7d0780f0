"""The navigation bar: what this person may reach, in the order of the day."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rheobase.clinic import clock

# label, address name, roles
PLACES = (
    (_("Today"), "people:start", ("therapist", "lead", "front_desk")),
    (_("Home"), "people:start", ("guardian", "administrator")),
    (_("Book"), "booking:book", ("guardian", "front_desk", "lead")),
    (_("Calendar"), "booking:calendar", ("front_desk", "therapist", "lead")),
    (_("Wait list"), "booking:wait_list", ("front_desk", "lead")),
    (_("Children"), "people:children", ("front_desk", "therapist", "lead")),
    (_("Clinic"), "people:clinic", ("lead",)),
    (_("Accounts"), "people:accounts", ("front_desk", "administrator")),
    (_("Who saw what"), "people:access_log", ("lead", "administrator")),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the places of this person and the clinic's zone, for every template."""
    role = getattr(getattr(request, "user", None), "role", "")
    return {
        "places": [(label, name) for label, name, roles in PLACES if role in roles],
        "clinic_zone": settings.CLINIC_ZONE,
        "clinic_now": clock.to_wall(clock.now(), settings.CLINIC_ZONE),
    }
