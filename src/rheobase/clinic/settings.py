"""Django settings of one clinic. SQLite by default; PostgreSQL by DATABASE_URL."""

import os
from pathlib import Path

from rheobase.clinic import clock
from rheobase.clinic.database import database_from
from rheobase.home import home, secret

clock.use_packaged_zones()

HERE = Path(__file__).parent
DEBUG = False
SECRET_KEY = secret("django.key").hex()
ALLOWED_HOSTS = os.environ.get("RHEOBASE_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("RHEOBASE_ORIGINS", "").split(",") if o]

STEPS = [
    "people",
    "booking",
    "intake",
    "assessment",
    "plan",
    "live",
    "diary",
    "outcomes",
    "exchange",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *[f"rheobase.clinic.{step}" for step in STEPS],
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rheobase.clinic.middleware.ContentSecurity",
    "rheobase.clinic.people.sessions.SessionLimits",
    "rheobase.clinic.people.factors.SecondFactorOfStaff",
    "rheobase.clinic.middleware.PolicyOfEveryView",
]
ROOT_URLCONF = "rheobase.clinic.urls"
ASGI_APPLICATION = "rheobase.clinic.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["rheobase.clinic.people.templatetags.days"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rheobase.clinic.navigation.navigation",
            ],
        },
    }
]

DATABASES = {"default": database_from(os.environ.get("DATABASE_URL", ""), home())}
# What every web worker counts together (django-allauth's limits); made by a migration of people.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_counts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # more than anybody makes in the minutes they last
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
AUTHENTICATION_BACKENDS = ["rheobase.clinic.people.adapters.NameOrAddress"]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "people:start"
LOGOUT_REDIRECT_URL = "people:sign_in"

# Signing in is django-allauth's; what is ours of it lies in people/: adapters, factors, throttle.
ACCOUNT_ADAPTER = "rheobase.clinic.people.adapters.Account"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]  # nobody signs up; a check wants it
ACCOUNT_EMAIL_VERIFICATION = "none"  # no mail leaves the machine
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Wrong passwords and wrong codes are counted by throttle.py; these come on top.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "5/5m/key",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "rheobase.clinic.people.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Rheobase"
MFA_TOTP_TOLERANCE = 1  # RFC 6238, 5.2: one step for a clock that is off; each step only once
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
MFA_FORMS = {
    "authenticate": "rheobase.clinic.people.forms.CodeForm",
    "reauthenticate": "rheobase.clinic.people.forms.CodeAgainForm",
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_SAVE_EVERY_REQUEST = False
HTTPS = os.environ.get("RHEOBASE_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
if HTTPS:  # a cookie no other host and no plain page can set
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading is for the owner of the domain to ask for
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Idle and absolute limits per role, in minutes (OWASP ASVS 7.1.1, 7.3.1, 7.3.2).
SESSION_LIMITS_MIN = {"guardian": (30, 14 * 24 * 60), "": (15, 12 * 60)}

USE_TZ = True
TIME_ZONE = "UTC"  # stored and computed in UTC; clock.py alone turns it into the clinic's wall time
CLINIC_ZONE = os.environ.get("RHEOBASE_ZONE", "America/Edmonton")
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr-ca", "Français")]
# Before the catalogues of Django and allauth, which have other words for some of ours.
LOCALE_PATHS = [HERE / "locale", *(HERE / step / "locale" for step in STEPS)]
FORMAT_MODULE_PATH = "rheobase.clinic.formats"
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]

EMAIL_BACKEND = (
    "django.core.mail.backends.dummy.EmailBackend"  # nothing leaves the machine: see Outbox
)
BEDSIDE_URL = os.environ.get("RHEOBASE_BEDSIDE", "http://127.0.0.1:8765")
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
