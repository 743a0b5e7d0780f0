"""Addresses of this step."""

app_name = "diary"
urlpatterns: list = []
