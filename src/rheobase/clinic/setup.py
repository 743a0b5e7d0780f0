"""Django made ready outside the web process: settings, and a database with every migration."""

import os


def ready() -> None:
    """Set Django up and bring the database to the newest form."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rheobase.clinic.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
