"""Step 2: what the family tells us, and what it consents to."""
