"""Addresses of this step."""

app_name = "assessment"
urlpatterns: list = []
