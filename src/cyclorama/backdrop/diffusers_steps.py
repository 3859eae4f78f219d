"""The steps of a run: how long a schedule is, and what is told after each step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from cyclorama.backdrop.diffusers_door import Tensor
from cyclorama.backdrop.diffusers_guidance import LowFrequencyGuidance
from cyclorama.core.arrays import FloatArray
from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["on_step", "schedule"]


def schedule(steps: int, start: float | None) -> tuple[int, float]:
    """Return the length of the schedule and the strength with which a pipeline takes just the asked steps of it.

    Pipelines skip the first share of their schedule. At least one step is skipped: from pure noise a start picture
    would be lost.

    Parameters
    ----------
    steps : int
        Steps to take, at least 1.
    start : float or None
        Share of the schedule to take; None takes all.
    """
    if start is None or start >= 1:
        return steps, 1.0
    count = steps + max(1, round(steps * (1 - start) / start))
    while True:
        strength = steps / count
        # Some round the product down, some its complement: it has to be exact.
        for nearby in (strength, math.nextafter(strength, 1), math.nextafter(strength, 0)):
            if count * nearby == steps:
                return count, nearby
        count += 1


def on_step(
    report: Report,
    stage: str,
    guidance: LowFrequencyGuidance,
    cells: tuple[int, int],
    draw: Callable[[Tensor], FloatArray],
) -> Callable[..., dict[str, Any]]:
    """Return what a pipeline calls after each step; ``report`` may raise ``Cancelled`` in it.

    Parameters
    ----------
    report : callable
    stage : str
    guidance : LowFrequencyGuidance
        Holds the guess of the clean latent.
    cells : (rows, cols) of a sample that is a row of tokens.
    draw : callable
        Draws latents (1, C, rows, cols); not called when nobody looks.
    """

    def called(pipe: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        count = pipe.num_timesteps
        clean = guidance.clean
        preview = None if report is silent or clean is None else draw(_as_grid(clean, cells))
        message = f"Denoising {step + 1} of {count}"
        report(Progress(stage, 0.05 + 0.95 * (step + 1) / count, message, preview))
        return {}

    return called


def _as_grid(latent: Tensor, cells: tuple[int, int]) -> Tensor:
    if latent.dim() == 4:
        return latent
    if latent.shape[1] != cells[0] * cells[1]:
        raise ModelIncompatible(
            f"The model has {latent.shape[1]} tokens; {cells[0]} x {cells[1]} were wanted."
        )
    return latent.transpose(1, 2).reshape(1, -1, *cells)
