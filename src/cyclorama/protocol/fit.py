"""How well a background fits, in words for a person."""

from __future__ import annotations

from typing import List, Mapping

__all__ = ["fit_in_words"]


def fit_in_words(fit: Mapping[str, float]) -> str:
    """Say a candidate's measured fit: "light off by 8°, horizon off by 1 %, fit 82 %".

    Parameters
    ----------
    fit : mapping of str to float
        From the worker. ``direction_off_deg`` is an angle, ``horizon_off`` a share of the picture's height, ``score``
        the rank in [0, 1]; what is missing is not said.
    """
    said: List[str] = []
    if "direction_off_deg" in fit:
        said.append(f"light off by {fit['direction_off_deg']:.0f}°")
    if "horizon_off" in fit:
        said.append(f"horizon off by {100 * fit['horizon_off']:.0f} %")
    if "score" in fit:
        said.append(f"fit {100 * fit['score']:.0f} %")
    return ", ".join(said)
