"""Addresses of booking."""

from django.urls import path

from rheobase.clinic.booking import notices, opening, series_pages, views, visits, waiting

app_name = "booking"
urlpatterns = [
    path("", views.book, name="book"),
    path("calendar/", visits.calendar, name="calendar"),
    path("hours/", opening.hours, name="hours"),
    path("hours/week/", opening.every_week, name="every_week"),
    path("notices/", notices.notices, name="notices"),
    path("wait/", waiting.wait_list, name="wait_list"),
    path("wait/free/", waiting.freed, name="freed"),
    path("wait/<uuid:wait>/offer/", waiting.offer_time, name="offer_time"),
    path("wait/<uuid:wait>/end/", waiting.end, name="end_wait"),
    path("offer/<uuid:offer>/", waiting.offer, name="offer"),
    path("<uuid:child>/wait/", waiting.ask, name="wait"),
    path("<uuid:child>/", views.discipline, name="discipline"),
    path("<uuid:child>/service/", views.service, name="service"),
    path("<uuid:child>/stimulation/", views.stimulation, name="stimulation"),
    path("<uuid:child>/with/", views.with_whom, name="with"),
    path("<uuid:child>/times/", views.times, name="times"),
    path("<uuid:child>/confirm/", views.confirm, name="confirm"),
    path("<uuid:child>/series/", series_pages.weeks, name="series"),
    path("series/<uuid:series>/", series_pages.visits, name="series_visits"),
    path("visit/<uuid:visit>/move/rest/", series_pages.move_rest, name="move_rest"),
    path("requests/", visits.requests, name="requests"),
    path("visit/<uuid:visit>/answer/", visits.answer_request, name="answer_request"),
    path("<uuid:child>/visits/", visits.visits, name="visits"),
    path("visit/<uuid:visit>/", visits.visit, name="visit"),
    path("visit/<uuid:visit>/done/", visits.done, name="done"),
    path("visit/<uuid:visit>/undo/", visits.undo, name="undo"),
    path("visit/<uuid:visit>/cancel/", visits.cancel, name="cancel"),
    path("visit/<uuid:visit>/move/", visits.move, name="move"),
    path("visit/<uuid:visit>/status/", visits.status, name="status"),
]
