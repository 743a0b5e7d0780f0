"""Step 1: free times, visits, and everything a visit reserves."""
