"""Rheobase: neuromuscular electrical stimulation of children, from booking to outcome."""
