"""A virtual child and faults on a script, for training and tests; never in the treatment path."""
