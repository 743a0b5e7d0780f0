"""Step 9: the session note, signed; addenda only afterwards."""
