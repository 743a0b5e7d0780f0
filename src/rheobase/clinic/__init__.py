"""The practice: a Django project, one folder per step of the day."""
