"""Addresses of signing in, under the names by which django-allauth looks for them."""

from django.urls import path

from rheobase.clinic.people import sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/code/", sign_in.code, name="mfa_authenticate"),
    path("sign-in/passkey/", sign_in.by_passkey, name="mfa_login_webauthn"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("account/", sign_in.security, name="mfa_index"),
    path("account/confirm/", sign_in.confirm, name="account_reauthenticate"),
    path("account/confirm/code/", sign_in.confirm_by_code, name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/",
        sign_in.confirm_by_passkey,
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/app/", sign_in.add_app, name="mfa_activate_totp"),
    path("account/app/remove/", sign_in.remove_app, name="mfa_deactivate_totp"),
    path("account/passkey/", sign_in.add_passkey, name="mfa_add_webauthn"),
    path("account/passkey/<int:pk>/name/", sign_in.rename_passkey, name="mfa_edit_webauthn"),
    path("account/passkey/<int:pk>/remove/", sign_in.remove_passkey, name="mfa_remove_webauthn"),
    path("account/codes/", sign_in.view_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new/", sign_in.new_codes, name="mfa_generate_recovery_codes"),
    path("account/elsewhere/", sign_in.end_others, name="end_others"),
]
