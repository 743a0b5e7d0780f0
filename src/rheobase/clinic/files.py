"""Style sheets, scripts and the icon, served in front of Django.

Django answers a file by an iterator that a server of asynchronous pages has to read to its end
first. Starlette sends it as it is read, with an entity tag: browsers ask each time and get a short
"not modified", so a console never runs an old script with new pages.
"""

from typing import final

from django.conf import settings
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/static"
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@final
class FilesFirst:
    """The static files of the clinic, and the pages behind them."""

    def __init__(self, pages: ASGIApp) -> None:
        """Put the files in front of the pages.

        Args:
            pages: the application that answers every other address.
        """
        self._pages = pages
        self._files = StaticFiles(directory=settings.STATICFILES_DIRS[0])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith(f"{PREFIX}/"):
            await self._pages(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        inside = {**scope, "root_path": scope.get("root_path", "") + PREFIX}
        try:
            await self._files(inside, receive, with_headers)
        except HTTPException as error:
            answer = PlainTextResponse("There is no such file.", error.status_code)
            await answer(scope, receive, with_headers)
