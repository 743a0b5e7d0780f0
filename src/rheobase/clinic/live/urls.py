"""Addresses of this step."""

app_name = "live"
urlpatterns: list = []
