"""Switching Krita's plug-in on and off in its settings, and nothing else in them."""

from __future__ import annotations

import re

__all__ = ["with_plugin", "without_plugin"]

_SECTION = "[python]"


def with_plugin(text: str, module: str) -> str:
    """Return Krita's settings with a Python plug-in switched on.

    Parameters
    ----------
    text : str
        Contents of ``kritarc``; may be empty.
    module : str
        The plug-in's module.
    """
    line = f"enable_{module}=true"
    lines = without_plugin(text, module).splitlines()
    if _SECTION in lines:
        lines.insert(lines.index(_SECTION) + 1, line)
    else:
        lines += ([""] if lines and lines[-1] else []) + [_SECTION, line]
    return "\n".join(lines) + "\n"


def without_plugin(text: str, module: str) -> str:
    """Return Krita's settings without a word of the plug-in; a section that held nothing else goes too."""
    key = re.compile(rf"enable_{re.escape(module)}=.*")
    lines = [line for line in text.splitlines() if not key.fullmatch(line)]
    if len(lines) == len(text.splitlines()):
        return text
    at = lines.index(_SECTION) if _SECTION in lines else -1
    empty = at >= 0 and all(not line.strip() for line in lines[at + 1 : at + 2])
    if empty:
        del lines[at]
        if at > 0 and not lines[at - 1].strip():
            del lines[at - 1]
    return "\n".join(lines) + "\n" if lines else ""
