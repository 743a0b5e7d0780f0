"""A child's body under stimulation: pads to field to nerve to muscle to movement. Pure functions."""
