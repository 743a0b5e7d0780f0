"""Addresses of planning."""

from django.urls import path

from rheobase.clinic.plan import views

app_name = "plan"
urlpatterns = [
    path("child/<uuid:child>/", views.plans, name="list"),
    path("new/<uuid:episode>/", views.new, name="new"),
    path("draft/<uuid:draft>/", views.draft_page, name="draft"),
    path("draft/<uuid:draft>/sign/", views.sign, name="sign"),
    path("<uuid:plan>/", views.signed, name="signed"),
]
