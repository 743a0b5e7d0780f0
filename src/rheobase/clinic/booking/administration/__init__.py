"""What the clinic lead and the administrator set up: what can be booked, where, with what, and when."""
