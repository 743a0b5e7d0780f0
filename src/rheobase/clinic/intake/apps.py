"""The Django application of this step."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Step 2: what the family tells us, and what it consents to."""

    name = "rheobase.clinic.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
