"""Values and exact maths: NumPy only, no files, no models."""
