"""Addresses of people: signing in, the start page, children, the access log."""

from django.urls import path

from rheobase.clinic.people import accounts, audit, emergency, sign_in, views

app_name = "people"
urlpatterns = [
    path("", views.start, name="start"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("first/<str:who>/<str:token>/", accounts.first_password, name="first_password"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.new_account, name="new_account"),
    path("accounts/<int:account>/", accounts.account, name="account"),
    path("accounts/<int:account>/link/", accounts.new_link, name="new_link"),
    path("accounts/<int:account>/factors/", accounts.forget_factors, name="forget_factors"),
    path("accounts/<int:account>/open/", accounts.set_open, name="set_open"),
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
    path("children/<uuid:child>/minor/", views.minor, name="minor"),
    path("children/<uuid:child>/seen-by/", audit.child_access, name="child_access"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("access-log/", audit.access_log, name="access_log"),
]
