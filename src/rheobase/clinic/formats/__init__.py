"""How numbers and dates are written where a language's own custom would be unsafe."""
