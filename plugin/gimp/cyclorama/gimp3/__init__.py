"""GIMP 3's side of Cyclorama: everything that speaks to libgimp."""
