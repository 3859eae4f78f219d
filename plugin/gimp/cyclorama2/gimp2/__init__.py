"""Cyclorama's commands on GIMP 2.10: split, and new background."""
