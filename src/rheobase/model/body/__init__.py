"""Sizes, tissue layers, muscles and strength of a child."""
