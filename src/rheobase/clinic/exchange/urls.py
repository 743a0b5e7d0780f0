"""Addresses of what leaves the clinic."""

from django.urls import path

from rheobase.clinic.exchange import everyone, views

app_name = "exchange"
urlpatterns = [
    path("visit/<uuid:visit>.ics", views.ics, name="ics"),
    path("feed/<str:key>.ics", views.feed, name="feed"),
    path("feeds/", views.feeds, name="feeds"),
    path("clinic/", everyone.export, name="clinic"),
    path("import/", everyone.import_children, name="import"),
    path("child/<uuid:child>/", views.child, name="child"),
    path("child/<uuid:child>/record.fhir.json", views.fhir, name="fhir"),
    path("child/<uuid:child>/sessions.csv", views.sessions_csv, name="csv"),
]
