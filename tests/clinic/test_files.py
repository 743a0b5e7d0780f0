"""Static files reach the browser from in front of Django; everything else is Django's."""

import asyncio

import httpx
import pytest
from django.conf import settings

from rheobase.clinic.files import FilesFirst


async def behind(scope, receive, send):
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"Django"})


def get(path, **headers):
    async def ask():
        transport = httpx.ASGITransport(FilesFirst(behind))
        async with httpx.AsyncClient(transport=transport, base_url="http://clinic") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def test_a_style_sheet_arrives_whole_and_with_its_type():
    answer = get("/static/css/tokens.css")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == (settings.STATICFILES_DIRS[0] / "css/tokens.css").read_bytes()


def test_a_file_the_browser_has_is_not_sent_again_and_never_used_unasked():
    first = get("/static/js/console.js")
    again = get("/static/js/console.js", **{"If-None-Match": first.headers["etag"]})
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["nothing.css", "../settings.py", "%2e%2e/settings.py", ""])
def test_nothing_outside_the_folder_is_served(path):
    answer = get(f"/static/{path}")
    assert answer.status_code in (404, 418)
    assert b"SECRET_KEY" not in answer.content


def test_every_other_address_is_answered_by_the_pages():
    assert get("/sign-in/").status_code == 418
    assert get("/staticky").status_code == 418
