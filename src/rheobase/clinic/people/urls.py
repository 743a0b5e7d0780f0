"""Addresses of people: signing in, the start page, children, the access log."""

from django.urls import path

from rheobase.clinic.people import audit, emergency, views

app_name = "people"
urlpatterns = [
    path("", views.start, name="start"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.password, name="password"),
    path("clinic/", views.clinic, name="clinic"),
    path("children/", views.children, name="children"),
    path("children/new/", views.new_child, name="new_child"),
    path("children/<uuid:child>/", views.child, name="child"),
    path("children/<uuid:child>/guardians/", views.guardians, name="guardians"),
    path(
        "children/<uuid:child>/guardians/<int:key>/end/",
        views.end_guardianship,
        name="end_guardianship",
    ),
    path("children/<uuid:child>/seen-by/", audit.child_access, name="child_access"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("access-log/", audit.access_log, name="access_log"),
]
