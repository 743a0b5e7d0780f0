"""Addresses of people: signing in, the start page, children, the access log."""

from django.urls import path

from rheobase.clinic.people import views

app_name = "people"
urlpatterns = [
    path("", views.start, name="start"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
]
