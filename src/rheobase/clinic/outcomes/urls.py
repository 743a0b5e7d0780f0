"""Addresses of this step."""

app_name = "outcomes"
urlpatterns: list = []
