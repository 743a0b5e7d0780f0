"""How a unit is named: a port or a name, with options after a question mark."""

import math
from dataclasses import dataclass
from typing import final
from urllib.parse import parse_qsl

from rheobase.errors import BadInput


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address, read.

    Attributes:
        port: what stands before the question mark.
        options: the rest, as `name=value` joined by "&".
    """

    port: str
    options: dict[str, str]

    @classmethod
    def read(cls, text: str) -> "Address":
        """Return the parts of `PORT?name=value&name=value`.

        Raises:
            BadInput: if the options cannot be read.
        """
        port, _, rest = text.partition("?")
        try:
            pairs = parse_qsl(rest, keep_blank_values=True, strict_parsing=bool(rest))
        except ValueError:
            raise BadInput(
                f"The address {text!r} cannot be read. Write it as PORT?name=value&name=value."
            ) from None
        return cls(port=port, options=dict(pairs))

    def number(self, name: str, otherwise: float) -> float:
        """Return an option as a number of at least 0, or `otherwise` if it is not given.

        Raises:
            BadInput: if it is no such number.
        """
        text = self.options.get(name)
        if text is None:
            return otherwise
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0.0 <= value < math.inf:
            raise BadInput(f"{name}={text!r} in the address is not a number of at least 0.")
        return value
