"""The web process: uvicorn serves this."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rheobase.clinic.settings")
clinic = get_asgi_application()

from rheobase.clinic.files import FilesFirst  # noqa: E402 - Django must be ready first
from rheobase.clinic.live.stop_first import StopFirst  # noqa: E402 - Django must be ready first

application = StopFirst(FilesFirst(clinic))
