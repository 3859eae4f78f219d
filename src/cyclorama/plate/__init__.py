"""What lies behind the objects."""
