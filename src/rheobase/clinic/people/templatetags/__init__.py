"""Filters and tags for templates of every step."""
