"""New backgrounds that obey the light and the perspective of the subject."""
