"""Fibres and pulse times to force and fatigue."""
