"""Texts of a plan that the planner puts together from parts, in the reader's language."""

from django import template

from rheobase.clinic.plan import words

register = template.Library()
register.filter("moves", words.moves)
register.filter("warned", words.warned)
