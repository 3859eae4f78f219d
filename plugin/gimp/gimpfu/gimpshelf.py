"""``gimpshelf.shelf``: values that last as long as GIMP runs."""

from pythonfu.shelf import Shelf as Gimpshelf
from pythonfu.shelf import shelf

__all__ = ["Gimpshelf", "shelf"]
