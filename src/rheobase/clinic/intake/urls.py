"""Addresses of this step."""

app_name = "intake"
urlpatterns: list = []
