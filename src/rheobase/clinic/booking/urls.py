"""Addresses of this step."""

app_name = "booking"
urlpatterns: list = []
