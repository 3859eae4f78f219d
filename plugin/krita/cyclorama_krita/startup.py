"""What happens when Krita loads the plug-in."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

__all__ = ["start"]

#: Packages that the installer puts into the plug-in's folder.
_PACKAGES = ("cyclorama", "shared")


def start() -> None:
    """Register the actions and the docker with Krita.

    Raises
    ------
    ImportError
        If the folder is not a complete plug-in; Krita shows the sentence in its Python Plugin Manager.
    """
    folder = Path(__file__).resolve().parent
    for name in _PACKAGES:
        _adopt(name, folder / name)
    from .extension import register

    register(folder)


def _adopt(name: str, folder: Path) -> None:
    """Make a package of the plug-in's folder importable.

    All plug-ins of Krita share one interpreter: the folder itself on ``sys.path`` would offer every module here to
    the others under names as common as ``docker``.
    """
    main = folder / "__init__.py"
    if not main.is_file():
        raise ImportError(
            f"The plug-in lacks its package {name!r}: put it into Krita with `cyclorama install krita`, or import "
            "the file that `cyclorama install krita --zip` makes."
        )
    spec = importlib.util.spec_from_file_location(name, str(main), submodule_search_locations=[str(folder)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
