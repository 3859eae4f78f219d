"""Bytes that a network holds at once beside its weights, counted on tensors without contents: any size, any machine."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

__all__ = ["peak_bytes"]


class _Count(TorchDispatchMode):
    """Adds every storage that an operator makes, and takes it off when it dies."""

    def __init__(self, weights: set[int]) -> None:
        super().__init__()
        self.weights = weights
        self.now = self.peak = 0
        self.alive: dict[int, Any] = {}

    def __torch_dispatch__(self, function: Any, types: Any, given: Any = (), named: Any = None) -> Any:
        made = function(*given, **(named or {}))
        for leaf in tree_leaves(made):
            if isinstance(leaf, torch.Tensor):
                self._born(leaf.untyped_storage())
        return made

    def _born(self, storage: torch.UntypedStorage) -> None:
        key, size = storage._cdata, storage.nbytes()
        # A turned view of a weight is the weight.
        if key in self.alive or key in self.weights:
            return

        def died(_: Any) -> None:
            if self.alive.pop(key, None) is not None:
                self.now -= size

        self.alive[key] = weakref.ref(storage, died)
        self.now += size
        self.peak = max(self.peak, self.now)


def peak_bytes(network: torch.nn.Module, run: Callable[[], Any]) -> int:
    """Return the most bytes that results of operators held at once while ``run`` ran a network on ``meta``."""
    counting = _Count({weight.untyped_storage()._cdata for weight in network.parameters()})
    with torch.no_grad(), counting:
        run()
    return counting.peak
