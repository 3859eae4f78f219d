"""A judge of light in pictures that the denoiser never met in training: kernel ridge regression on drawn scenes.

It sees a 12 x 12 grid of log luminance and answers with a direction towards the light. It is fitted on labelled scenes
of ``data.py``, each also mirrored, knows nothing of the light pictures that steer a model, and is only ever used to
measure.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as Picture

from cyclorama.core.color import luminance, srgb_to_linear
from cyclorama.core.resampling import resize
from data import load_labels

GRID = 12
HELD_OUT = 5
RIDGE = 0.3


def features(picture: np.ndarray) -> np.ndarray:
    """Log luminance (12, 12) of an sRGB picture, without its mean."""
    log = np.log(resize(luminance(srgb_to_linear(picture)), (GRID, GRID), "area") + 0.01)
    return log - log.mean()


class LightJudge:
    """Direction towards the light, from broad light and dark.

    Parameters
    ----------
    scenes : Path
        Folder that ``data.py`` filled.
    outdoors : bool (scenes,)
        Which scene kinds lie under the sky: indoors and outdoors are fitted apart.
    """

    def __init__(self, scenes: Path, outdoors: np.ndarray) -> None:
        table = load_labels(scenes)
        files = sorted(path for path in scenes.glob("*.jpg"))
        rows = np.stack([features(np.asarray(Picture.open(path), np.float32) / 255) for path in files])
        kind = outdoors[table["scene"]]
        held = np.arange(len(rows)) % HELD_OUT == 0
        self._fits = {bool(side): _fit(rows, table["direction"], (kind == side) & ~held) for side in (0, 1)}
        self.errors = {}
        for side, name in ((False, "indoors"), (True, "outdoors")):
            chosen = held & (kind == side)
            found = self(rows[chosen], side)
            truth = table["direction"][chosen]
            clear = np.abs(truth[:, 0]) > 0.4
            self.errors[name] = {
                "scenes": int(chosen.sum()),
                "angle_median_deg": round(float(np.median(angle_deg(found, truth))), 1),
                "side_right": round(float((found[:, 0] * truth[:, 0] > 0)[clear].mean()), 3),
            }

    def __call__(self, rows: np.ndarray, outdoors: bool) -> np.ndarray:
        """Return unit directions (n, 3) for features (n, 12, 12)."""
        known, weight, gamma = self._fits[bool(outdoors)]
        found = _kernel(rows.reshape(len(rows), -1), known, gamma) @ weight
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def angle_deg(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Angles between unit vectors (n, 3)."""
    return np.degrees(np.arccos(np.clip((a * b).sum(1), -1, 1)))


def _fit(
    rows: np.ndarray, directions: np.ndarray, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    rows, directions = rows[chosen], directions[chosen]
    known = np.concatenate([rows, rows[:, :, ::-1]]).reshape(2 * len(rows), -1)
    truth = np.concatenate([directions, directions * np.array([-1, 1, 1])])
    gamma = 0.5 / float(np.median(((known[:200, None] - known[None, :200]) ** 2).sum(-1)))
    gram = _kernel(known, known, gamma)
    return known, np.linalg.solve(gram + RIDGE * np.eye(len(gram)), truth), gamma


def _kernel(a: np.ndarray, b: np.ndarray, gamma: float) -> np.ndarray:
    squared = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T
    return np.exp(-gamma * squared)
