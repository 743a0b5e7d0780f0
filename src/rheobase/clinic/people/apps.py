"""The Django application of this step."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who is who: staff, children, guardians and their rights; who saw what."""

    name = "rheobase.clinic.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let Django know our checks."""
        from rheobase.clinic.people import checks  # noqa: F401
