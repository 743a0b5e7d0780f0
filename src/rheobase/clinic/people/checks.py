"""What `check --deploy` looks at beside Django's own checks: an installation that serves real people."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

DEMO = "people.E001"


@register("security", deploy=True)
def no_demo_is_served(app_configs: list[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a demo clinic: its sign-in pages show the codes of invented people."""
    from rheobase.clinic.people.models import DemoClinic

    try:
        is_demo = DemoClinic.objects.exists()
    except DatabaseError:  # not migrated yet
        is_demo = False
    if not is_demo:
        return []
    return [
        Error(
            "This database holds a demo clinic: its sign-in page shows second factors.",
            hint="Set RHEOBASE_HOME or DATABASE_URL to an installation of its own.",
            id=DEMO,
        )
    ]
