"""Addresses of the clinic's set-up."""

from django.urls import path

from rheobase.clinic.booking.administration import pages, unit_pages

app_name = "setup"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("services/", pages.service_list, name="services"),
    path("services/new/", pages.service, name="new_service"),
    path("services/<int:key>/", pages.service, name="service"),
    path("rooms/", pages.rooms, name="rooms"),
    path("rooms/<int:key>/", pages.room, name="room"),
    path("units/", unit_pages.units, name="units"),
    path("units/new/", unit_pages.unit, name="new_unit"),
    path("units/replace/", unit_pages.replace_all, name="replace_all"),
    path("units/<int:key>/", unit_pages.unit, name="unit"),
    path("units/<int:key>/out/", unit_pages.take_out, name="take_out"),
    path("units/back/<int:key>/", unit_pages.bring_back, name="bring_back"),
    path("models/new/", unit_pages.model, name="new_model"),
    path("models/<int:key>/", unit_pages.model, name="model"),
]
