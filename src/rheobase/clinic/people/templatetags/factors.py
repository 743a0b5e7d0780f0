"""What a page of signing in hands to the browser's passkeys, as an attribute and never as a script."""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """Return a value as JSON; the template escapes it for an attribute."""
    return json.dumps(value, cls=DjangoJSONEncoder)
