"""Which model to take, by device, memory and licence."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from cyclorama.catalog.entries import TASKS, ModelEntry
from cyclorama.protocol.errors import InputError

__all__ = [
    "LICENCE_WISHES",
    "Recommendation",
    "main_memory_mb",
    "memory_for",
    "reason_against",
    "recommend",
    "require_licence_wish",
]

#: ``"any"``: whatever the licence; ``"commercial"``: work may be sold; ``"free"``: and no conditions of use at all.
LICENCE_WISHES = ("any", "commercial", "free")


@dataclass(frozen=True)
class Recommendation:
    """What to take for one task.

    Parameters
    ----------
    task : str
        One of the catalogue's tasks.
    models : tuple of ModelEntry
        What fits, the best first; what ships with the package is always among them.
    passed_over : tuple of (ModelEntry, str)
        What would rank higher than the first, and why it does not fit.
    """

    task: str
    models: tuple[ModelEntry, ...]
    passed_over: tuple[tuple[ModelEntry, str], ...]


def recommend(
    entries: Iterable[ModelEntry],
    *,
    device: str = "cpu",
    memory_mb: int | None = None,
    licence: str = "commercial",
    task: str | None = None,
) -> tuple[Recommendation, ...]:
    """Rank the models that fit.

    Parameters
    ----------
    entries : iterable of ModelEntry
        What is known.
    device : str
        ``"cpu"``, or the name of any other device: a graphics card.
    memory_mb : int, optional
        What a run may take, of main memory or of the card's; None asks nothing.
    licence : str
        One of ``LICENCE_WISHES``.
    task : str, optional
        Only this one; all that have models by default.

    Returns
    -------
    tuple of Recommendation
        One for each task.

    Raises
    ------
    InputError
        If a wish is none of the known ones.
    """
    require_licence_wish(licence)
    if task is not None and task not in TASKS:
        raise InputError(f"The task is {task!r}; one of {', '.join(TASKS)} was wanted.")
    out = []
    ranked = sorted((entry for entry in entries if entry.rank > 0), key=lambda entry: entry.rank)
    for one in TASKS if task is None else (task,):
        fits, passed = [], []
        for entry in (entry for entry in ranked if entry.task == one):
            reason = reason_against(entry, device, memory_mb, licence)
            if reason is None:
                fits.append(entry)
            elif not fits:
                passed.append((entry, reason))
        if fits or passed:
            out.append(Recommendation(one, tuple(fits), tuple(passed)))
    return tuple(out)


def main_memory_mb() -> int | None:
    """Return the main memory of this machine; None where the system does not tell."""
    if sys.platform == "win32" or not hasattr(os, "sysconf"):
        return None
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    except (OSError, ValueError):
        return None


def memory_for(device: str) -> int | None:
    """Return what a run on a device may take, in MB: half of the main memory; None for a card, which is not asked."""
    whole = main_memory_mb() if device == "cpu" else None
    return whole // 2 if whole else None


def require_licence_wish(licence: str) -> None:
    """Check a licence wish.

    Raises
    ------
    InputError
        If it is none of ``LICENCE_WISHES``.
    """
    if licence not in LICENCE_WISHES:
        raise InputError(f"The licence wish is {licence!r}; one of {', '.join(LICENCE_WISHES)} was wanted.")


def reason_against(entry: ModelEntry, device: str, memory_mb: int | None, licence: str) -> str | None:
    """Return why a model does not fit a device, its memory or a licence wish; None if it does."""
    kind = "cpu" if device == "cpu" else "gpu"
    if kind not in entry.devices:
        return "too slow on a CPU" if kind == "cpu" else "made for the CPU"
    if memory_mb is not None and entry.memory_mb > memory_mb:
        return f"wants about {entry.memory_mb} MB of memory"
    if licence != "any" and entry.commercial == "no":
        return f"{entry.license} forbids commercial use"
    if licence == "free" and (entry.commercial != "yes" or entry.terms):
        return f"has conditions: {entry.terms or entry.license}"
    return None
