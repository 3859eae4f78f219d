"""How much of each pixel belongs to an object, and in which colour."""
