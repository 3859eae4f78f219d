"""The job ``models``: what a dialog can offer for each part of the work on this machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cyclorama.catalog import known_models
from cyclorama.catalog.offers import offers
from cyclorama.catalog.recommend import memory_for
from cyclorama.runtime.devices import available_devices, candidate_devices

__all__ = ["offered_models"]


def offered_models(device: str, licence: str) -> dict[str, Any]:
    """Return the answer of the job.

    Parameters
    ----------
    device : str
        ``"auto"``, or where models shall run.
    licence : str
        A wish, as for ``cyclorama models recommend``.

    Raises
    ------
    DeviceError
        If the device is not there.
    InputError
        If the wish is none of the known ones.
    """
    where = candidate_devices(device)[0]
    memory = memory_for(where)
    found = offers(known_models(), device=where, memory_mb=memory, licence=licence)
    return {
        "device": where,
        "devices": ["auto", *available_devices()],
        "memory_mb": memory,
        "licence": licence,
        "parts": {
            part: [{**asdict(offer), "usable": offer.usable} for offer in made]
            for part, made in found.items()
        },
    }
