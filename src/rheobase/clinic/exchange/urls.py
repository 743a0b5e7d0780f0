"""Addresses of this step."""

app_name = "exchange"
urlpatterns: list = []
