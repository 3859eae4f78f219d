"""Documents with everything in them, drawn by formula: known to the last bit, and quick to make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Encoding, Image, SampleFormat
from cyclorama.core.layer import BackgroundCandidate, ObjectLayer, ShadowLayer
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective

#: Names that test what a file format makes of letters outside ASCII, quotes and angle brackets.
NAMES = ("Päivi & <Noël> ☀", "object 2 “日本”")


def textile(
    size: tuple[int, int], color: tuple[float, float, float], period_px: float
) -> NDArray[np.float32]:
    """Return a softly patterned opaque picture (H, W, 3) in [0, 1]."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    pattern = 0.75 + 0.25 * np.sin(x / period_px) * np.cos(y / (0.7 * period_px))
    return (np.array(color, np.float32) * pattern[..., None]).astype(np.float32)


def scene_document(
    size: tuple[int, int] = (120, 160),
    *,
    sample_format: SampleFormat = "uint8",
    chosen: int | None = 0,
    blend_space: Encoding = "srgb",
    icc_profile: bytes | None = None,
) -> LayeredDocument:
    """Return two soft objects, a cast, a contact and a mirrored shadow, a plate and two backgrounds.

    Colours and mattes lie on the levels of the sample format, so that a file can hold them exactly.
    """
    levels = 255 if sample_format == "uint8" else 65535

    def snapped(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return (np.rint(values * levels) / levels).astype(np.float32)

    def picture(color: tuple[float, float, float], period_px: float, box: Box | None = None) -> Image:
        whole = textile(size, color, period_px)
        shown = Image(snapped(whole if box is None else whole[box.slices]), "srgb")
        return shown.stored_as(sample_format) if blend_space == "srgb" else shown.as_linear()

    height, width = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    objects, shadows = [], []
    for index, (center, color) in enumerate(
        [((0.35, 0.5), (0.85, 0.3, 0.2)), ((0.62, 0.58), (0.2, 0.35, 0.85))]
    ):
        distance = np.hypot(x - center[0] * width, y - center[1] * height) - 0.22 * height
        alpha = snapped(np.clip(0.5 - distance / 6, 0, 1))
        box = Box.of_mask(alpha > 0).expand(2, size)
        objects.append(
            ObjectLayer(NAMES[index], picture(color, 9 + index, box), Matte(alpha[box.slices]), box)
        )
    for kind, center, tint, opacity in (
        ("cast", (0.45, 0.78), (0.1, 0.12, 0.2), 0.8),
        ("contact", (0.6, 0.82), (0.3, 0.2, 0.1), 1.0),
    ):
        distance = np.hypot((x - center[0] * width) / 2.2, y - center[1] * height) / height
        depth = np.clip(1 - distance / 0.15, 0, 1)[..., None]
        factor = (1 - depth * (1 - np.array(tint, np.float32))).astype(np.float32)
        box = Box.of_mask(factor.min(axis=2) < 1)
        sheet = Image(factor[box.slices], blend_space)
        shadows.append(
            ShadowLayer(f"{kind} shadow", kind, sheet, Matte(np.ones(box.size, np.float32)), box, opacity)
        )
    box = Box(width // 5, height * 3 // 4, width // 2, height * 9 // 10)
    fade = np.linspace(0.6, 0, box.height, dtype=np.float32)[:, None] * np.ones(box.size, np.float32)
    shadows.append(
        ShadowLayer(
            "reflection", "reflection", picture((0.9, 0.5, 0.4), 5, box), Matte(snapped(fade)), box, 0.6
        )
    )
    return LayeredDocument(
        picture((0.35, 0.45, 0.6), 16),
        tuple(objects),
        blend_space,
        scene_light(),
        Perspective(size, 1.2 * width, (width / 2, height / 2), 0.06, -0.03, 0.7),
        (
            BackgroundCandidate(picture((0.8, 0.65, 0.4), 25), 7, "beach", {"score": 0.75}),
            BackgroundCandidate(picture((0.3, 0.6, 0.35), 20), 8, "wood", {"score": 0.5}),
        ),
        chosen,
        tuple(shadows),
        sample_format,
        icc_profile,
        {"models": {"backdrop": {"sha256": "0" * 64}}, "seed": 7},
    )


def scene_light() -> LightingEstimate:
    """Return a warm key light from the upper right in front, with cool light from above."""
    ambient = np.zeros((9, 3), np.float32)
    ambient[0] = (0.18, 0.22, 0.28)
    ambient[1] = (0.04, 0.05, 0.08)
    return LightingEstimate(
        np.array([0.5, 0.6, 0.6], np.float32),
        20.0,
        0.3,
        np.array([0.8, 0.65, 0.5], np.float32),
        np.array([0.2, 0.25, 0.32], np.float32),
        ambient,
    )
