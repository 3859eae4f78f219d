"""What an adapter gets to work with: a model's checked files, its device, and what the catalogue says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.runtime.onnx_session import OnnxSession

__all__ = ["ModelBundle"]


@dataclass(frozen=True)
class ModelBundle:
    """A model, ready to be loaded by the ``from_bundle`` of its adapter.

    Parameters
    ----------
    id : str
        Name in the catalogue.
    folder : Path
        Where its files lie.
    sha256 : mapping of str to str
        Hash of every file by its path under ``folder``, in the catalogue's order; checked before the bundle was made.
    device : str
        Device asked for; ``"auto"`` leaves the choice to the runtime.
    parameters : mapping
        What the catalogue tells the adapter about this member of its family.
    threads : int or None
        Threads for one operator; None uses all cores.
    """

    id: str
    folder: Path
    sha256: Mapping[str, str]
    device: str = "auto"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    threads: int | None = None

    def path(self, name: str) -> Path:
        """Return the path of a file.

        Raises
        ------
        ModelIncompatible
            If the model has no such file.
        """
        if name not in self.sha256:
            raise ModelIncompatible(
                f"The model {self.id} has files {', '.join(self.sha256)}; {name} was wanted."
            )
        return self.folder / name

    def networks(self, count: int) -> tuple[OnnxSession, ...]:
        """Load the model's ``.onnx`` files, in the catalogue's order.

        Raises
        ------
        ModelIncompatible
            If it has another number of them than ``count``.
        ModelMissing, ModelCorrupt, DeviceError
            If one cannot be loaded.
        """
        names = [name for name in self.sha256 if name.endswith(".onnx")]
        if len(names) != count:
            raise ModelIncompatible(f"The model {self.id} has {len(names)} networks; {count} were wanted.")
        return tuple(
            OnnxSession(self.folder / name, device=self.device, threads=self.threads) for name in names
        )

    def provenance(self, *ran_on: OnnxSession) -> dict[str, Any]:
        """Return what a document remembers of the model: name, hashes, and where it really ran."""
        told: dict[str, Any] = {"id": self.id, "sha256": next(iter(self.sha256.values()))}
        if len(self.sha256) > 1:
            told["files"] = dict(self.sha256)
        if ran_on:
            told["device"] = ran_on[0].device
            told["providers"] = list(ran_on[0].providers)
        return told
