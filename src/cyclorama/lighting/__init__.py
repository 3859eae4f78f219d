"""The light on the subjects."""
