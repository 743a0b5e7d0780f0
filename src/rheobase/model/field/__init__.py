"""Pads on skin to volts in tissue."""
