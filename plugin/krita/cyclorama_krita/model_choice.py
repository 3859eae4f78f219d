"""Which models do the work, and where: kept in Krita's settings, for all pictures."""

from __future__ import annotations

from typing import Dict

from krita import Krita

from cyclorama.protocol.options import ModelOptions, describe

__all__ = ["ModelChoice"]

_GROUP = "cyclorama"


class ModelChoice:
    """The person's choice for each part of the work, and for the device."""

    def __init__(self) -> None:
        krita = Krita.instance()
        self._chosen: Dict[str, str] = {
            entry.name: str(krita.readSetting(_GROUP, entry.name, str(entry.default)))
            for entry in describe(ModelOptions)
        }

    def __getitem__(self, name: str) -> str:
        return self._chosen[name]

    def __setitem__(self, name: str, value: str) -> None:
        self._chosen[name] = value
        Krita.instance().writeSetting(_GROUP, name, value)

    def options(self, *parts: str) -> Dict[str, str]:
        """Return the choice for some parts of the work, and the device, as a job takes them."""
        return {name: self._chosen[name] for name in (*parts, "device")}
