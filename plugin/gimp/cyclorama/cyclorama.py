#!/usr/bin/env python3
"""Cyclorama in GIMP 3: the file that GIMP starts."""

import os
import sys

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")

# The plug-in's own folder goes first: it holds the packages cyclorama, shared and gimp3.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gi.repository import Gimp  # noqa: E402
from gimp3.procedures import PROCEDURES, create  # noqa: E402


class Cyclorama(Gimp.PlugIn):
    """What GIMP asks for."""

    def do_set_i18n(self, name):  # noqa: D102
        return False

    def do_query_procedures(self):  # noqa: D102
        return list(PROCEDURES)

    def do_create_procedure(self, name):  # noqa: D102
        return create(self, name)


Gimp.main(Cyclorama.__gtype__, sys.argv)
