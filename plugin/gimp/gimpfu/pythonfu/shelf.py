"""``gimpshelf.shelf``: a dictionary that lasts as long as GIMP runs, and survives the plug-in."""

from __future__ import annotations

import ast
import pickle
from typing import Any

from pythonfu.backend import backend

PREFIX = "gimp-python-shelf-"


class Shelf:
    """Values by name. What literals can write is stored as text, anything else is pickled."""

    def __getitem__(self, key: str) -> Any:
        data = backend().get_data(PREFIX + str(key))
        if not data:
            raise KeyError(key)
        # Only this GIMP's own plug-ins write here, for as long as it runs.
        return ast.literal_eval(data[1:].decode("utf-8")) if data[:1] == b"t" else pickle.loads(data[1:])

    def __setitem__(self, key: str, value: Any) -> None:
        backend().set_data(PREFIX + str(key), _written(value))
        names = self._names()
        if str(key) not in names:
            self._keep_names([*names, str(key)])

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        backend().set_data(PREFIX + str(key), b"")
        self._keep_names([name for name in self._names() if name != str(key)])

    def __contains__(self, key: object) -> bool:
        return bool(backend().get_data(PREFIX + str(key)))

    has_key = __contains__

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or the default."""
        return self[key] if key in self else default

    def keys(self) -> list[str]:
        """Return the names in use."""
        return self._names()

    def __len__(self) -> int:
        return len(self._names())

    def close(self) -> None:
        """Nothing waits to be written."""

    def sync(self) -> None:
        """Nothing waits to be written."""

    def _names(self) -> list[str]:
        data = backend().get_data(PREFIX + "-names")
        return data.decode("utf-8").split("\n") if data else []

    def _keep_names(self, names: list[str]) -> None:
        backend().set_data(PREFIX + "-names", "\n".join(names).encode("utf-8"))


def _written(value: Any) -> bytes:
    text = repr(value)
    try:
        if ast.literal_eval(text) == value:
            return b"t" + text.encode("utf-8")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        pass
    return b"p" + pickle.dumps(value)


shelf = Shelf()
