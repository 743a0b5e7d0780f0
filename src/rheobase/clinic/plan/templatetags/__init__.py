"""Filters of the plan."""
