"""Which models a person can choose, as the worker's job ``models`` tells: values, and words for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from cyclorama.protocol.options import BUILTIN

__all__ = ["LICENCE_WISHES", "PARTS", "ModelOffers", "OfferedModel"]

#: Parts of the work whose model can be chosen: options of the jobs, and their names for people.
PARTS = {
    "segmenter": "Finds objects",
    "matter": "Soft edges",
    "plate": "Fills behind objects",
    "inpainter": "Makes backgrounds",
}
#: Wishes for the list of what is worth fetching, and their names for people.
LICENCE_WISHES = {
    "commercial": "work may be sold",
    "free": "no conditions at all",
    "any": "any licence",
}
#: What else the licence says of work that is sold; nothing where it just may be.
_COMMERCIAL = {"yes": "", "terms": ", with conditions", "no": ", not for work that is sold"}


@dataclass(frozen=True)
class OfferedModel:
    """One model for one part of the work.

    Parameters
    ----------
    id : str
        Value of the option.
    summary, licence, commercial, terms : str
        What it is; its licence; "yes", "terms" or "no"; what the licence asks.
    size_bytes, memory_mb : int
        Of its files; of a run, about. 0 where it is not known.
    state : str
        "built in", "here", "-" or "unpinned".
    usable, recommended : bool
        Whether it can be used now; whether it suits machine and licence wish.
    against : str
        Why it does not suit; empty if it does.
    """

    id: str
    summary: str
    licence: str
    commercial: str
    terms: str
    size_bytes: int
    memory_mb: int
    state: str
    usable: bool
    recommended: bool
    against: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> OfferedModel:
        """Read one of the worker's entries."""
        return cls(
            id=str(told["id"]),
            summary=str(told["summary"]),
            licence=str(told["license"]),
            commercial=str(told["commercial"]),
            terms=str(told["terms"]),
            size_bytes=int(told["bytes"]),
            memory_mb=int(told["memory_mb"]),
            state=str(told["state"]),
            usable=bool(told["usable"]),
            recommended=bool(told["recommended"]),
            against=str(told["against"]),
        )

    @property
    def label(self) -> str:
        """A name for a list, with what must be known to choose."""
        if self.id == BUILTIN:
            return "Built in"
        # Names of licences with conditions are long: they are in the details.
        terms = _COMMERCIAL.get(self.commercial, "").lstrip(", ") or self.licence
        return f"{self.id} ({_size(self.size_bytes)}, {terms})"

    @property
    def facts(self) -> str:
        """Size and licence, in a few words."""
        size = f"{_size(self.size_bytes)}, " if self.size_bytes else ""
        return f"{size}{self.licence}{_COMMERCIAL.get(self.commercial, '')}"

    @property
    def details(self) -> str:
        """All that a person should know before they choose it, in a few lines."""
        memory = f"Takes about {_size(self.memory_mb * 1_000_000)} of memory." if self.memory_mb else ""
        get = f"To fetch it: {self.how_to_get}" if self.how_to_get else ""
        lines = [f"{self.summary[:1].upper()}{self.summary[1:]}.", f"{self.facts}.", memory, self.terms, get]
        return "\n".join(line for line in lines if line)

    @property
    def how_to_get(self) -> str:
        """The command that brings it here; empty if it is here."""
        if self.usable:
            return ""
        return f"cyclorama models {'pin' if self.state == 'unpinned' else 'pull'} {self.id}"


@dataclass(frozen=True)
class ModelOffers:
    """What can be chosen on the worker's machine.

    Parameters
    ----------
    device : str
        Where "auto" runs, or what was asked for.
    devices : tuple of str
        What there is, "auto" first.
    licence : str
        The wish that the recommendations obey.
    parts : mapping of str to tuple of OfferedModel
        What is built in first, then the best first.
    """

    device: str
    devices: Tuple[str, ...]
    licence: str
    parts: Mapping[str, Tuple[OfferedModel, ...]]

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> ModelOffers:
        """Read the answer of the job ``models``."""
        parts: Dict[str, Tuple[OfferedModel, ...]] = {
            part: tuple(OfferedModel.of(told) for told in entries)
            for part, entries in result["parts"].items()
        }
        return cls(str(result["device"]), tuple(result["devices"]), str(result["licence"]), parts)

    def usable(self, part: str) -> Tuple[OfferedModel, ...]:
        """Return what can be used now, what is built in first."""
        return tuple(own for own in self.parts.get(part, ()) if own.usable)

    def worth_fetching(self, part: str) -> Tuple[OfferedModel, ...]:
        """Return what suits this machine and the licence wish and is not here yet, the best first."""
        return tuple(own for own in self.parts.get(part, ()) if own.recommended and not own.usable)

    def advice(self, parts: Sequence[str]) -> str:
        """Return a sentence for below the lists: what the grey ones are, and how they are fetched."""
        where = "the CPU" if self.device == "cpu" else self.device.upper()
        if not any(self.worth_fetching(part) for part in parts):
            return f"Nothing else is recommended for {where} of this machine."
        return (
            f"Grey: recommended for {where} of this machine, but not here yet. "
            "To fetch one, in a terminal:\ncyclorama models pull NAME"
        )

    def as_text(self) -> str:
        """Return all that can be chosen and what is worth fetching, as text for editors whose dialogs hold no lists."""
        lines = []
        for part, label in PARTS.items():
            lines.append(f"{label} ({part}):")
            lines += [f"    {own.id}: {own.summary}; {own.facts}" for own in self.usable(part)]
            lines += [
                f"    {own.id}, not here yet: {own.summary}; {own.facts}" for own in self.worth_fetching(part)
            ]
        lines.append("To fetch one, in a terminal: cyclorama models pull NAME")
        return "\n".join(lines)

    def find(self, part: str, name: str) -> Optional[OfferedModel]:
        """Return a model by its id, or None if the catalogue does not know it."""
        return next((own for own in self.parts.get(part, ()) if own.id == name), None)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
