#!/usr/bin/env python3
"""Cyclorama in GIMP 2.10: the file that GIMP starts. It registers through the gimpfu bindings beside it."""

import os
import sys

# The plug-in's own folder goes first: it holds the packages cyclorama, shared, pythonfu and gimp2, and gimpfu.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gimp2.commands import register_all
from pythonfu.register import main

register_all()
main()
