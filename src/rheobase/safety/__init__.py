"""What may be given: limits and the envelope check. Pure; standard library only."""
