"""Steps 7 and 8: prepare and deliver, with STOP always in reach."""
