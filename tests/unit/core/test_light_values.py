import math

import numpy as np
import pytest

from cyclorama.core import spherical_harmonics as sh
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective, camera_rays, world_from_camera
from cyclorama.protocol.errors import InputError


def light(direction, kappa=10.0):
    return LightingEstimate(direction, kappa, 0.1, np.ones(3), np.ones(3), np.zeros((9, 3)))


def test_direction_is_normalized_and_named_in_angles():
    right_above = light([2, 2, 0])
    assert np.linalg.norm(right_above.direction) == pytest.approx(1)
    assert math.degrees(right_above.azimuth_rad) == pytest.approx(90)
    assert math.degrees(right_above.elevation_rad) == pytest.approx(45)
    assert light([0, 0, 1]).azimuth_rad == 0


def test_confidence_grows_with_kappa_from_nothing():
    values = [light([0, 1, 0], kappa).confidence for kappa in (0, 1e-4, 0.5, 2, 50)]
    assert values[0] == 0
    assert values == sorted(values)
    assert values[-1] == pytest.approx(0.98)


@pytest.mark.parametrize("direction", [(0, 0, 0), (np.nan, 0, 1), (1, 0)])
def test_bad_directions_are_refused(direction):
    with pytest.raises(InputError):
        light(direction)


def test_basis_is_orthonormal():
    directions = sh.fibonacci_sphere(4000)
    values = sh.basis(directions)
    gram = values.T @ values * (4 * math.pi / len(directions))
    np.testing.assert_allclose(gram, np.eye(9), atol=5e-3)


def test_irradiance_of_a_uniform_sky_is_pi():
    uniform = sh.project(np.ones((500, 1), np.float32), sh.fibonacci_sphere(500))
    np.testing.assert_allclose(sh.irradiance(uniform, sh.fibonacci_sphere(50)), math.pi, rtol=1e-3)


def test_rotation_moves_light_along(rng):
    coefficients = rng.standard_normal((9, 3)).astype(np.float32)
    rotation = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    rotation *= np.sign(np.linalg.det(rotation))
    directions = sh.fibonacci_sphere(80)
    turned = sh.basis(directions @ rotation.T.astype(np.float32)) @ sh.rotate(coefficients, rotation)
    np.testing.assert_allclose(turned, sh.basis(directions) @ coefficients, atol=1e-5)


@pytest.mark.parametrize("pitch", [-20, -5, 0, 8])
@pytest.mark.parametrize("roll", [-10, 0, 4])
def test_horizon_is_where_rays_are_level(pitch, roll):
    camera = Perspective((600, 800), 900.0, (390.0, 310.0), math.radians(pitch), math.radians(roll), 1.0)
    rays = camera_rays(camera, (6000, 1))[:, 0] @ camera.up
    row = np.interp(0, -rays, (np.arange(6000) + 0.5) / 10)
    if 0 < camera.horizon_px < 600:
        assert camera.horizon_px == pytest.approx(row, abs=0.05)
    if roll == 0:
        assert camera.horizon_px == pytest.approx(310 + 900 * math.tan(math.radians(pitch)), abs=1e-3)


def test_world_axes_are_a_rotation_with_up_on_y():
    camera = Perspective((10, 10), 10.0, (5.0, 5.0), 0.3, -0.2, 1.0)
    rotation = world_from_camera(camera)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-6)
    np.testing.assert_allclose(rotation @ camera.up, [0, 1, 0], atol=1e-6)


def test_scaling_keeps_the_angles():
    camera = Perspective((600, 800), 900.0, (400.0, 300.0), 0.1, 0.02, 1.0)
    small = camera.scaled((300, 400))
    assert small.horizon_px == pytest.approx(camera.horizon_px / 2)
