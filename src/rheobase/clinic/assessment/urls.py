"""Addresses of the chart: overview, screening, measures, goals."""

from django.urls import path

from rheobase.clinic.assessment import gmfm_views, views

app_name = "assessment"
urlpatterns = [
    path("<uuid:child>/", views.chart_page, name="chart"),
    path("<uuid:child>/open/", views.open_episode, name="open"),
    path("screening/<uuid:episode>/", views.screening, name="screening"),
    path("clearance/<uuid:episode>/", views.clear, name="clear"),
    path("measures/<uuid:episode>/", views.measure, name="measures"),
    path("gmfm/<uuid:episode>/", gmfm_views.sheet, name="gmfm"),
    path("measure/<int:measure>/", views.correct, name="correct"),
    path("goals/<uuid:episode>/", views.goals, name="goals"),
    path("goals/<uuid:episode>/new/", views.new_goal, name="new_goal"),
    path("goal/<uuid:goal>/rate/", views.rate, name="rate"),
    path("copm/<uuid:episode>/", views.copm, name="copm"),
]
