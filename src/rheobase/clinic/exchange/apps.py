"""The Django application of this step."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Step 11: FHIR, iCalendar and CSV."""

    name = "rheobase.clinic.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
