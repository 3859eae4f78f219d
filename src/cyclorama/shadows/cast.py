"""Shadow layers: what each subject takes from the ground, as factors to multiply it with.

References
----------
.. [1] J. F. Blinn, "Me and my (fake) shadow", IEEE CG&A 8(1), 1988 (shadows thrown on a ground plane).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import LUMINANCE_WEIGHTS, linear_to_srgb
from cyclorama.core.geometry import Box
from cyclorama.core.image import Encoding, Image, to_samples
from cyclorama.core.layer import ObjectLayer, ShadowKind, ShadowLayer
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.core.resampling import resize
from cyclorama.core.spherical_harmonics import irradiance
from cyclorama.protocol.progress import Progress, Report, silent, span
from cyclorama.shadows.contact import contact_occlusion
from cyclorama.shadows.ground import coarse_alpha, ground_of
from cyclorama.shadows.occlusion import block_light
from cyclorama.shadows.standing import stand
from cyclorama.shadows.volume import VolumeNetwork, builtin_volume_network

__all__ = ["cast_shadows", "shadow_factor"]

_CAST_PX = 900
_CONTACT_PX = 320
_LOWEST_ELEVATION = math.radians(14)
_DARKEST = 0.2
_CONTACT_STRENGTH = 0.72
_STRIP_ROWS = 256
_TABLE_STEPS = 16384
_FAINTEST = 1 / 250


def cast_shadows(
    layers: Sequence[ObjectLayer],
    size: tuple[int, int],
    lighting: LightingEstimate,
    perspective: Perspective,
    blend_space: Encoding,
    *,
    network: VolumeNetwork | None = None,
    report: Report = silent,
) -> tuple[ShadowLayer, ...]:
    """Make the shadows of subjects on level ground.

    Parameters
    ----------
    layers : sequence of ObjectLayer
        Subjects, bottom to top.
    size : (int, int)
        (height, width) of the canvas.
    lighting : LightingEstimate
        The light; where it is uncertain, the cast shadow's opacity falls to half.
    perspective : Perspective
        The camera of the canvas.
    blend_space : {"srgb", "linear"}
        Space in which the layers multiply.
    network : VolumeNetwork, optional
        Guesses how deep the subjects are; the built-in one by default.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    tuple of ShadowLayer
        For each subject that stands in view, a contact and a cast shadow, bottom to top, cropped to what they
        darken. A subject cut by the lower border, as a bust is, hidden at its foot or above the horizon has none.
    """
    grids = [ground_of(perspective, size, side) for side in (_CAST_PX, _CONTACT_PX)]
    covers = [[coarse_alpha(layer, size, grid.camera.size) for layer in layers] for grid in grids]
    light = _light_on_ground(grids[0].rotation, lighting)
    darkness = shadow_factor(lighting, grids[0].rotation, light)
    network = network or builtin_volume_network()
    out: list[ShadowLayer] = []
    for index, layer in enumerate(layers):
        part = span(report, index / len(layers), (index + 1) / len(layers))
        part(Progress("shadows", 0.0, f"shadow of {layer.name}"))
        fine, coarse = (
            stand(cover[index], cover[index + 1 :], grid) for cover, grid in zip(covers, grids, strict=True)
        )
        volume = None if fine is None else network(covers[0][index], grids[0])
        if coarse is None or volume is None:
            continue
        contact = contact_occlusion(coarse, grids[1], report=span(part, 0.0, 0.4))
        strength = np.full(3, _CONTACT_STRENGTH, np.float32)
        name = f"contact shadow of {layer.name}"
        out += _layer(name, "contact", contact, strength, size, blend_space, 1.0, span(part, 0.4, 0.5))
        softness = lighting.softness_rad + 0.12 * (1 - lighting.confidence)
        cast = block_light(volume, covers[0][index], grids[0], light, softness, report=span(part, 0.5, 0.9))
        opacity = 0.5 + 0.5 * min(max((lighting.kappa - 2) / 8, 0), 1)
        name = f"shadow of {layer.name}"
        out += _layer(name, "cast", cast, 1 - darkness, size, blend_space, opacity, span(part, 0.9, 1.0))
    report(Progress("shadows", 1.0))
    return tuple(out)


def shadow_factor(lighting: LightingEstimate, rotation: FloatArray, light: FloatArray) -> FloatArray:
    """Return what is left of the light in full shadow.

    Parameters
    ----------
    lighting : LightingEstimate
        Key and ambient light, camera axes.
    rotation : float32 (3, 3)
        Camera axes to world axes.
    light : float32 (3,), unit
        Towards the key light, world axes.

    Returns
    -------
    float32 (3,), linear RGB, [0, 1]
        Ambient over all light on level ground; never darker than a fifth, since rooms and skies fill shadows.
    """
    up = rotation[1]
    ambient = np.maximum(irradiance(lighting.ambient_sh, up), 0)
    if float(ambient @ LUMINANCE_WEIGHTS) < 1e-4:
        ambient = np.array(lighting.ambient_color)
    key = lighting.key_color * np.float32(light[1])
    factor = ambient / np.maximum(ambient + key, 1e-6)
    level = float(factor @ LUMINANCE_WEIGHTS)
    lifted = factor + max(_DARKEST - level, 0)
    out: FloatArray = np.clip(lifted, 0, 1).astype(np.float32)
    return out


def _light_on_ground(rotation: FloatArray, lighting: LightingEstimate) -> FloatArray:
    """Return the light's direction in world axes, raised to where its shadows end in the picture."""
    light = rotation @ lighting.direction
    flat = max(math.hypot(float(light[0]), float(light[2])), 1e-6)
    rise = max(math.atan2(float(light[1]), flat), _LOWEST_ELEVATION)
    out: FloatArray = np.array(
        [light[0] / flat * math.cos(rise), math.sin(rise), light[2] / flat * math.cos(rise)], np.float32
    )
    return out


def _layer(
    name: str,
    kind: ShadowKind,
    occlusion: FloatArray,
    strength: FloatArray,
    canvas: tuple[int, int],
    blend_space: Encoding,
    opacity: float,
    report: Report,
) -> list[ShadowLayer]:
    """Bring an occlusion map to the canvas as factors, cropped; no layer if nothing is darkened."""
    seen = Box.of_mask(occlusion > _FAINTEST)
    if seen.area == 0:
        return []
    # One more cell on each side: interpolation fades to white there.
    seen = seen.expand(1, occlusion.shape[:2])
    sy, sx = canvas[0] / occlusion.shape[0], canvas[1] / occlusion.shape[1]
    box = Box(round(seen.left * sx), round(seen.top * sy), round(seen.right * sx), round(seen.bottom * sy))
    if box.area == 0:
        return []
    # Across at once, down by strips: no map of the whole canvas is held in floats.
    wide = resize(occlusion[seen.slices], (seen.height, box.width), "bilinear")
    # One value decides all three: a table spares millions of roots.
    factor = np.clip(1 - np.linspace(0, 1, _TABLE_STEPS, dtype=np.float32)[:, None] * strength, 0, 1)
    table = to_samples(linear_to_srgb(factor) if blend_space == "srgb" else factor, "uint16")
    samples = np.empty((*box.size, 3), np.uint16)
    for top in range(0, box.height, _STRIP_ROWS):
        strip = np.arange(top, min(top + _STRIP_ROWS, box.height))
        at = np.clip((strip + 0.5) * (seen.height / box.height) - 0.5, 0, seen.height - 1)
        low = np.minimum(at.astype(np.int64), max(seen.height - 2, 0))
        part = (at - low).astype(np.float32)[:, None]
        rows = wide[low] * (1 - part) + wide[np.minimum(low + 1, seen.height - 1)] * part
        samples[strip] = table[np.rint(rows * (_TABLE_STEPS - 1)).astype(np.intp)]
        report(Progress("shadows", min(1.0, (top + _STRIP_ROWS) / box.height)))
    samples.flags.writeable = False
    matte = np.ones(box.size, np.float32)
    matte.flags.writeable = False
    return [ShadowLayer(name, kind, Image(samples, blend_space), Matte(matte), box, opacity)]
