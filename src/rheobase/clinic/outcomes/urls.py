"""Addresses of progress, report and home programme."""

from django.urls import path

from rheobase.clinic.outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("<uuid:child>/", views.progress, name="progress"),
    path("<uuid:child>/family/", views.family, name="family"),
    path("<uuid:child>/report.pdf", views.report, name="report"),
    path("<uuid:child>/home/", views.home, name="home"),
    path("<uuid:child>/home/<int:item>/end/", views.end_item, name="end_item"),
    path("<uuid:child>/home.pdf", views.home_pdf, name="home_pdf"),
]
