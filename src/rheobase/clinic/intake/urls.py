"""Addresses of forms and consents."""

from django.urls import path

from rheobase.clinic.intake import views

app_name = "intake"
urlpatterns = [
    path("child/<uuid:child>/", views.overview, name="list"),
    path("child/<uuid:child>/form/<slug:kind>/", views.answer, name="answer"),
    path("answers/<uuid:form>/", views.answers, name="answers"),
    path("child/<uuid:child>/consent/<slug:kind>/", views.give, name="give"),
    path("child/<uuid:child>/consent/<slug:kind>/itself/", views.give_itself, name="give_itself"),
    path("consent/<uuid:consent>/withdraw/itself/", views.withdraw_itself, name="withdraw_itself"),
    path("consent/<uuid:consent>/withdraw/", views.withdraw, name="withdraw"),
]
