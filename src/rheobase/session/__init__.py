"""One treatment, from connect to silence, in its own processes."""
