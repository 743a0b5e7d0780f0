"""Signing in and the start page."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rheobase.clinic.policy import needs

sign_in = needs("public")(LoginView.as_view(template_name="people/sign_in.html"))
sign_out = needs("public")(LogoutView.as_view())


@needs("signed in")
def start(request: HttpRequest) -> HttpResponse:
    """Show this person's day."""
    return render(request, "people/start.html")
