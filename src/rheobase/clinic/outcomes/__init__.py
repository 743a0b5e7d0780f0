"""Step 10: change over time against dose; reports and home programme."""
