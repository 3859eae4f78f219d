"""GIMP 3.0 and 3.2 through GObject introspection, in the terms of GIMP 2.10's procedures."""
