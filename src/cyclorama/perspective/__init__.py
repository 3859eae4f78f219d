"""The camera's tilt and horizon."""
