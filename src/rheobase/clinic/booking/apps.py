"""The Django application of this step."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Step 1: free times, visits, and everything a visit reserves."""

    name = "rheobase.clinic.booking"
    label = "booking"
    default_auto_field = "django.db.models.BigAutoField"
