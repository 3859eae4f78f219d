"""The constants of GIMP 2.10 under their classic names."""

from pythonfu.constants import constants as _constants

globals().update(_constants())
