"""Addresses of the notes."""

from django.urls import path

from rheobase.clinic.diary import views

app_name = "diary"
urlpatterns = [
    path("child/<uuid:child>/", views.notes, name="list"),
    path("session/<uuid:treatment>/", views.open_note, name="open"),
    path("<uuid:note>/", views.note, name="note"),
]
