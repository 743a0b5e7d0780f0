"""The Django application of this step."""

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    """Step 10: change over time against dose; reports and home programme."""

    name = "rheobase.clinic.outcomes"
    label = "outcomes"
    default_auto_field = "django.db.models.BigAutoField"
