"""The Django application of this step."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Steps 7 and 8: prepare and deliver, with STOP always in reach."""

    name = "rheobase.clinic.live"
    label = "live"
    default_auto_field = "django.db.models.BigAutoField"
