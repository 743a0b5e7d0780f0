"""The Django application of this step."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """Steps 3 to 5: screening, measures and goals."""

    name = "rheobase.clinic.assessment"
    label = "assessment"
    default_auto_field = "django.db.models.BigAutoField"
