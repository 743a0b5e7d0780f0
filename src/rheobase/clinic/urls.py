"""Every address of the clinic, step by step."""

from django.urls import include, path

from rheobase.clinic import language

urlpatterns = [
    path("language/", language.choose, name="language"),
    path("", include("rheobase.clinic.people.sign_in_urls")),
    path("", include("rheobase.clinic.people.urls")),
    path("book/", include("rheobase.clinic.booking.urls")),
    path("setup/", include("rheobase.clinic.booking.administration.urls")),
    path("intake/", include("rheobase.clinic.intake.urls")),
    path("assess/", include("rheobase.clinic.assessment.urls")),
    path("plan/", include("rheobase.clinic.plan.urls")),
    path("live/", include("rheobase.clinic.live.urls")),
    path("notes/", include("rheobase.clinic.diary.urls")),
    path("progress/", include("rheobase.clinic.outcomes.urls")),
    path("exchange/", include("rheobase.clinic.exchange.urls")),
]
