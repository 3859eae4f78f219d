"""The local worker: one process that computes for GIMP, Krita and the command line."""
