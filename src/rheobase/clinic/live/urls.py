"""Addresses of preparing and running a session."""

from django.urls import path

from rheobase.clinic.live import views

app_name = "live"
urlpatterns = [
    path("child/<uuid:child>/", views.sessions, name="list"),
    path("prepare/<uuid:plan>/", views.prepare, name="prepare"),
    path("<uuid:treatment>/", views.console, name="console"),
    path("<uuid:treatment>/events/", views.events, name="events"),
    path("<uuid:treatment>/command/", views.command, name="command"),
    path("<uuid:treatment>/stop/", views.stop, name="stop"),
    path("<uuid:treatment>/presence/", views.presence, name="presence"),
    path("<uuid:treatment>/finished/", views.finished, name="finished"),
]
