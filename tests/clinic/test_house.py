"""The clinic starts: settings, addresses and the default deny."""

import pytest


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in(client):
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.django_db
def test_the_sign_in_page_is_public_and_allows_no_inline_script(client):
    response = client.get("/sign-in/")
    assert response.status_code == 200
    assert "script-src 'self'" in response["Content-Security-Policy"]
