"""The Django application of this step."""

from django.apps import AppConfig


class DiaryConfig(AppConfig):
    """Step 9: the session note, signed; addenda only afterwards."""

    name = "rheobase.clinic.diary"
    label = "diary"
    default_auto_field = "django.db.models.BigAutoField"
