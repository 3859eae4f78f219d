"""GIMP 2.10 with Python 3: libgimp 2 through ctypes."""
