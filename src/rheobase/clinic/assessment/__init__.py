"""Steps 3 to 5: screening, measures and goals."""
