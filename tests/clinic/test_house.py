"""The clinic starts: settings, addresses and the default deny."""

import pytest
from django.template.loader import render_to_string
from django.test import Client


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


@pytest.mark.django_db
def test_a_page_that_was_open_for_too_long_says_so_in_plain_words():
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "ada"})
    assert answer.status_code == 403
    assert "open for too long" in answer.content.decode()
    assert "style=" not in answer.content.decode()


def test_the_page_of_last_resort_needs_nothing_but_its_style_sheets():
    page = render_to_string("500.html")
    assert '<html lang="en">' in page
    assert "STOP" in page
    assert "/static/css/tokens.css" in page
