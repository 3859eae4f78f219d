"""What a person can choose for each part of the work, for a dialog: what is here, and what would be worth fetching."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cyclorama.catalog.chosen import ALL_PARTS, task_of
from cyclorama.catalog.entries import ModelEntry
from cyclorama.catalog.recommend import reason_against, require_licence_wish
from cyclorama.protocol.options import BUILTIN

__all__ = ["Offer", "offers"]

#: What does the work where nothing else is chosen and no network ships for it.
_WITHOUT_NETWORK = {
    "matter": "soft edges solved in closed form, without a network",
    "plate": "structure continued behind objects, without a network",
}


@dataclass(frozen=True)
class Offer:
    """One model for one part of the work.

    Parameters
    ----------
    id : str
        Value of the option: ``"builtin"``, or an id of the catalogue.
    summary : str
        What it is, in a few words.
    license, commercial, terms : str
        As in the catalogue.
    bytes, memory_mb : int
        Size of its files; memory of a run, about. 0 where it is not known.
    state : str
        ``"built in"``, ``"here"``, ``"-"`` (to be pulled) or ``"unpinned"`` (to be pinned).
    against : str
        Why it does not fit this machine or the licence wish; empty if it does.
    recommended : bool
        Whether it is among what ``cyclorama models recommend`` lists.
    checked : str
        As in the catalogue.
    """

    id: str
    summary: str
    license: str
    commercial: str
    terms: str
    bytes: int
    memory_mb: int
    state: str
    against: str
    recommended: bool
    checked: str

    @property
    def usable(self) -> bool:
        """Whether it can be used now."""
        return self.state in ("built in", "here")


def offers(
    entries: Iterable[ModelEntry], *, device: str, memory_mb: int | None, licence: str
) -> dict[str, tuple[Offer, ...]]:
    """List the models for each part of the work: what is built in, then by rank, the best first.

    Parameters
    ----------
    entries : iterable of ModelEntry
        What is known.
    device, memory_mb, licence
        As for :func:`cyclorama.catalog.recommend.recommend`.

    Raises
    ------
    InputError
        If the licence wish is none of the known ones.
    """
    require_licence_wish(licence)
    known = tuple(entries)
    found = {}
    for part in ALL_PARTS:
        own = [entry for entry in known if entry.task == task_of(part)]
        ranked = sorted(own, key=lambda entry: (not entry.is_builtin, entry.rank == 0, entry.rank))
        made = [_offer(entry, device, memory_mb, licence) for entry in ranked]
        found[part] = (*_without_network(part), *made)
    return found


def _offer(entry: ModelEntry, device: str, memory_mb: int | None, licence: str) -> Offer:
    against = reason_against(entry, device, memory_mb, licence) or ""
    return Offer(
        **_shared(entry),
        id=BUILTIN if entry.is_builtin else entry.id,
        state=entry.state,
        against=against,
        recommended=entry.rank > 0 and not against,
    )


def _shared(entry: ModelEntry) -> dict[str, Any]:
    names = ("summary", "license", "commercial", "terms", "bytes", "memory_mb", "checked")
    return {name: getattr(entry, name) for name in names}


def _without_network(part: str) -> tuple[Offer, ...]:
    if part not in _WITHOUT_NETWORK:
        return ()
    summary = _WITHOUT_NETWORK[part]
    return (Offer(BUILTIN, summary, "Apache-2.0", "yes", "", 0, 0, "built in", "", True, "published"),)
