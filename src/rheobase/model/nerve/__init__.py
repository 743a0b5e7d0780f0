"""Volts along a nerve to fibres that fire."""
