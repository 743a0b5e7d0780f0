"""The Django application of this step."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Step 6: proposal, the therapist's edits, signature."""

    name = "rheobase.clinic.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"
