"""Shadows that tie subjects to a new ground."""
