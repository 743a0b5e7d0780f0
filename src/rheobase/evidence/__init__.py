"""What the literature says, as tables: value, unit, source, place, population, tag."""
