"""What layers, channels and paths share, and the right class for an item's number."""

from __future__ import annotations

from typing import Any

from pythonfu.backend import GimpError, call
from pythonfu.parasite import Attachable
from pythonfu.procedures import attribute, invoke


class Numbered:
    """Something that GIMP knows by a number: equal when the numbers are."""

    ID: int

    @classmethod
    def from_id(cls, ID: int) -> Any:
        """Return the object with that number, None for no object."""
        if int(ID) < 0:
            return None
        made = cls.__new__(cls)
        made.ID = int(ID)
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Numbered) and self._sort() == other._sort() and self.ID == other.ID

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Numbered) -> bool:
        return self.ID < other.ID

    def __hash__(self) -> int:
        return hash(self.ID)

    def __index__(self) -> int:
        return self.ID

    def __repr__(self) -> str:
        return f"<gimp.{type(self).__name__} {self.ID}>"

    def _sort(self) -> str:
        return "item" if isinstance(self, Item) else type(self).__name__


class Item(Attachable, Numbered):
    """Something in an image's stacks."""

    @classmethod
    def from_id(cls, ID: int) -> Any:
        """Return the item with that number, as what it is; None for no item."""
        return item_of(ID) if cls is Item else super().from_id(ID)

    image = attribute("gimp-item-get-image")
    name = attribute("gimp-item-get-name", "gimp-item-set-name")
    visible = attribute("gimp-item-get-visible", "gimp-item-set-visible", bool)
    linked = attribute("gimp-item-get-linked", "gimp-item-set-linked", bool)
    tattoo = attribute("gimp-item-get-tattoo", "gimp-item-set-tattoo")
    parent = attribute("gimp-item-get-parent")

    @property
    def children(self) -> list[Any]:
        """The items in a group, from the top."""
        return [item_of(number) for number in call("gimp-item-get-children", self.ID)[1]]

    def __repr__(self) -> str:
        try:
            return f"<gimp.{type(self).__name__} {self.name!r}>"
        except GimpError:
            return f"<gimp.{type(self).__name__} {self.ID}, removed>"


def item_of(number: Any) -> Any:
    """Return the item with that number, in its own class; None for -1."""
    from pythonfu import layers, paths

    number = int(number)
    if number < 0 or not call("gimp-item-is-valid", number)[0]:
        return None
    kind: Any = layers.Channel
    if call("gimp-item-is-vectors", number)[0]:
        kind = paths.Vectors
    elif call("gimp-item-is-layer", number)[0]:
        kind = layers.GroupLayer if call("gimp-item-is-group", number)[0] else layers.Layer
    made = kind.__new__(kind)
    made.ID = number
    return made


def delete(thing: Any) -> None:
    """Forget an image, a display, or an item that no image holds."""
    from pythonfu.image import Display, Image

    if isinstance(thing, Image):
        invoke("gimp-image-delete", thing)
    elif isinstance(thing, Display):
        invoke("gimp-display-delete", thing)
    else:
        invoke("gimp-item-delete", thing)
