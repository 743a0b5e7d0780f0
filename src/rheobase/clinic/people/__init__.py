"""Who is who: staff, children, guardians and their rights; who saw what."""
