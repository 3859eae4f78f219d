"""Classic Python-fu on GIMP 3 and on GIMP 2.10: one front, two back ends.

The front (`procedures`, `image`, `layers`, `pixels`, `registry`...) speaks the procedural database of GIMP 2.10, as
classic plug-ins do. ``gimp2`` hands it to libgimp 2 through ctypes; ``gimp3`` translates it for GIMP 3.
"""
