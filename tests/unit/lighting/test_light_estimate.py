"""Light is found on shaded solids whose light is known."""

import math

import numpy as np
import pytest

from cyclorama.core.color import linear_to_srgb
from cyclorama.core.image import Image
from cyclorama.core.inflation import inflate, relief_normals
from cyclorama.core.matte import Matte
from cyclorama.core.spherical_harmonics import irradiance
from cyclorama.lighting.estimate import estimate_lighting, estimate_per_object, fuse
from cyclorama.protocol.errors import Cancelled

SIDE = 120


def direction(azimuth_deg: float, elevation_deg: float) -> np.ndarray:
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    return np.array([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])


def ellipsoid(
    light: np.ndarray,
    radii=(0.42, 0.34),
    center=(0.5, 0.5),
    key=(0.7, 0.7, 0.7),
    ambient=(0.15, 0.15, 0.15),
    paint=(0.8, 0.7, 0.6),
    canvas=(SIDE, SIDE),
) -> tuple[np.ndarray, np.ndarray]:
    """Return linear picture and mask of a matt ellipsoid, its depth the mean of its radii."""
    y, x = np.mgrid[: canvas[0], : canvas[1]] + 0.5
    u = (x - center[0] * SIDE) / (radii[0] * SIDE)
    v = (center[1] * SIDE - y) / (radii[1] * SIDE)
    inside = u * u + v * v < 1
    w = np.sqrt(np.maximum(1 - u * u - v * v, 0))
    normal = np.stack([u / radii[0], v / radii[1], w / np.mean(radii)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    shade = np.maximum(normal @ light, 0)[..., None]
    picture = np.array(paint) * (np.array(ambient) + np.array(key) * shade)
    return np.where(inside[..., None], picture, 0.2), inside


def photo(linear: np.ndarray) -> Image:
    return Image(np.round(linear_to_srgb(np.clip(linear, 0, 1)) * 255).astype(np.uint8))


def angle_deg(found: np.ndarray, true: np.ndarray) -> float:
    return math.degrees(math.acos(np.clip(found @ true / np.linalg.norm(true), -1, 1)))


def test_the_relief_of_a_disc_is_half_a_sphere():
    y, x = np.mgrid[:80, :80] + 0.5
    mask = np.hypot(x - 40, y - 40) < 32
    height = inflate(mask)
    true = np.sqrt(np.maximum(32**2 - (x - 40) ** 2 - (y - 40) ** 2, 0))
    inner = np.hypot(x - 40, y - 40) < 29
    assert np.abs(height - true)[inner].mean() < 0.6
    normals = relief_normals(height, mask)
    sphere = np.stack([x - 40, 40 - y, true], -1) / 32
    cosine = (normals * sphere).sum(-1)[inner]
    assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).mean() < 2.5


def test_a_relief_goes_on_past_the_border():
    mask = np.zeros((60, 40), bool)
    mask[10:, 8:32] = True
    height = inflate(mask)
    # Far from its top a column is a cylinder, down to the last row.
    assert abs(float(height[-1, 20]) - float(height[45, 20])) < 0.3
    assert abs(relief_normals(height, mask)[-1, 20, 1]) < 0.02


@pytest.mark.parametrize(("azimuth", "elevation"), [(50, 30), (-70, 20), (15, 60), (-35, 5)])
def test_direction_on_an_ellipsoid(azimuth, elevation):
    light = direction(azimuth, elevation)
    linear, inside = ellipsoid(light)
    found = estimate_lighting(photo(linear), [Matte(inside.astype(np.float32))])
    assert angle_deg(found.direction, light) < 13
    assert found.kappa > 8


def test_a_mirrored_photograph_has_the_mirrored_light():
    linear, inside = ellipsoid(direction(48, 25), center=(0.47, 0.52))
    picture, matte = photo(linear), inside.astype(np.float32)
    here = estimate_lighting(picture, [Matte(matte)])
    there = estimate_lighting(Image(picture.samples[:, ::-1]), [Matte(matte[:, ::-1])])
    mirrored = there.direction * np.array([-1, 1, 1])
    assert angle_deg(here.direction, mirrored) < 1.5
    assert abs(here.kappa - there.kappa) < 0.2 * here.kappa


def test_encodings_and_coarse_mattes_agree():
    linear, inside = ellipsoid(direction(-60, 35))
    matte = Matte(inside.astype(np.float32))
    coarse = Matte(inside.reshape(SIDE // 2, 2, SIDE // 2, 2).mean(axis=(1, 3)).astype(np.float32))
    a = estimate_lighting(photo(linear), [matte]).direction
    b = estimate_lighting(Image(linear.astype(np.float32), "linear"), [matte]).direction
    c = estimate_lighting(photo(linear), [coarse]).direction
    assert angle_deg(a, b) < 1
    assert angle_deg(a, c) < 4


def test_a_warm_key_and_a_cool_sky_are_told_apart():
    linear, inside = ellipsoid(direction(60, 25), key=(0.8, 0.6, 0.4), ambient=(0.12, 0.16, 0.24))
    found = estimate_lighting(photo(linear), [Matte(inside.astype(np.float32))])
    key = math.log(found.key_color[0] / found.key_color[2])
    ambient = math.log(found.ambient_color[0] / found.ambient_color[2])
    assert key - ambient > 0.5
    total = found.key_color + found.ambient_color
    assert abs(float(total @ [0.2126, 0.7152, 0.0722]) - 1) < 0.05


def test_ambient_harmonics_carry_the_ambient_color():
    linear, inside = ellipsoid(direction(40, 30))
    found = estimate_lighting(photo(linear), [Matte(inside.astype(np.float32))])
    directions = np.array([[0, 1, 0], [0, -1, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1]], np.float32)
    mean = irradiance(found.ambient_sh, directions).mean(axis=0)
    assert np.allclose(mean, found.ambient_color, rtol=0.02)


@pytest.mark.parametrize("mattes", [[], [Matte(np.zeros((SIDE, SIDE), np.float32))]])
def test_without_a_subject_the_answer_is_a_doubtful_prior(mattes):
    linear, _ = ellipsoid(direction(60, 30))
    found = estimate_lighting(photo(linear), mattes)
    assert found.kappa <= 1
    assert found.direction[1] > 0 < found.direction[2]


def test_a_flat_subject_is_doubtful():
    shaded, inside = ellipsoid(direction(55, 25))
    matte = Matte(inside.astype(np.float32))
    flat = np.where(inside[..., None], [0.4, 0.3, 0.3], 0.2)
    doubtful = estimate_lighting(photo(flat), [matte]).kappa
    assert doubtful < 4
    assert doubtful < 0.3 * estimate_lighting(photo(shaded), [matte]).kappa


def test_two_subjects_are_estimated_apart_and_fused():
    wide = (SIDE, 2 * SIDE)
    pictures = [
        ellipsoid(direction(az, 25), center=(c, 0.5), canvas=wide) for az, c in ((65, 0.5), (-65, 1.5))
    ]
    agree = [ellipsoid(direction(65, 25), center=(c, 0.5), canvas=wide) for c in (0.5, 1.5)]

    def both(parts):
        linear = np.where(parts[0][1][..., None], parts[0][0], parts[1][0])
        mattes = [Matte(inside.astype(np.float32)) for _, inside in parts]
        return estimate_per_object(photo(linear), mattes)

    left, right = both(pictures)
    assert left.direction[0] > 0.5
    assert right.direction[0] < -0.5
    assert fuse([left, right]).kappa < 0.6 * left.kappa
    assert fuse(both(agree)).kappa > 0.9 * both(agree)[0].kappa


def test_it_can_be_cancelled():
    def stop(progress):
        raise Cancelled

    linear, inside = ellipsoid(direction(40, 30))
    with pytest.raises(Cancelled):
        estimate_lighting(photo(linear), [Matte(inside.astype(np.float32))], report=stop)
