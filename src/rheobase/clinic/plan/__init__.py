"""Step 6: proposal, the therapist's edits, signature."""
