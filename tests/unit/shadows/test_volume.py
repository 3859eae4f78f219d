"""Shadows of a volume: they lie where its cells are, and the built-in network's guess has the size of the cut-out."""

import math

import numpy as np
import pytest

from cyclorama.catalog import builtin_model_path
from cyclorama.core.perspective import Perspective
from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.shadows.ground import ground_of
from cyclorama.shadows.march import march
from cyclorama.shadows.volume import (
    FIRST,
    INPUT_PX,
    PLANES,
    STEP,
    Volume,
    VolumeNetwork,
    builtin_volume_network,
    frame_of,
    look,
)

SIZE = (150, 200)
CAMERA = Perspective(SIZE, 210.0, (100.0, 75.0), math.radians(-12), 0.0, 1.0)
GROUND = ground_of(CAMERA, SIZE, max(SIZE))


def cut_out(left=90, top=50, right=110, bottom=110):
    alpha = np.zeros(SIZE, np.float32)
    alpha[top:bottom, left:right] = 1
    return alpha


def toward(azimuth_deg, elevation_deg):
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    return np.float32([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])


def slab(alpha, first=0.0, last=0.3):
    """A volume that is filled from one depth to another behind its foot, in sides of the frame."""
    at = FIRST + STEP * np.arange(PLANES)
    filled = np.zeros((PLANES, 32, 32), np.float32)
    filled[(at >= first) & (at <= last)] = 1
    return Volume(filled, frame_of(alpha, GROUND))


def weight_center(shadow):
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    return float((shadow * x).sum() / shadow.sum()), float((shadow * y).sum() / shadow.sum())


def test_the_shadow_lies_on_the_far_side_and_mirrors_with_the_light():
    alpha = cut_out()
    right, _ = march(slab(alpha), alpha, GROUND, toward(70, 40))
    left, _ = march(slab(alpha), alpha, GROUND, toward(-70, 40))
    assert weight_center(right)[0] < 85
    assert np.abs(right - left[:, ::-1]).mean() < 0.01


def test_its_length_is_the_height_over_the_tangent_of_the_elevation():
    alpha = cut_out()
    for elevation in (30, 50):
        shadow, _ = march(slab(alpha, 0.0, 0.1), alpha, GROUND, toward(90, elevation))
        columns = np.flatnonzero(shadow.max(0) > 0.5)
        assert 90 - columns.min() == pytest.approx(60 / math.tan(math.radians(elevation)), rel=0.15)


def test_a_deeper_thing_throws_a_deeper_shadow():
    alpha = cut_out()
    thin, _ = march(slab(alpha, 0.0, 0.1), alpha, GROUND, toward(90, 40))
    deep, _ = march(slab(alpha, 0.0, 0.8), alpha, GROUND, toward(90, 40))
    rows = [np.flatnonzero(shadow[:, 60] > 0.5) for shadow in (thin, deep)]
    assert len(rows[1]) > 1.5 * len(rows[0])
    assert rows[1].min() < rows[0].min()


def test_the_height_of_what_casts_it_grows_away_from_the_foot():
    alpha = cut_out()
    shadow, height = march(slab(alpha), alpha, GROUND, toward(90, 40))
    row = int(weight_center(shadow)[1])
    dark = np.flatnonzero(shadow[row] > 0.5)
    assert height[row, dark.min() + 2] > 2 * height[row, min(dark.max(), 85)]


def test_an_empty_volume_throws_none():
    alpha = cut_out()
    nothing = Volume(np.zeros((PLANES, 32, 32), np.float32), frame_of(alpha, GROUND))
    assert not march(nothing, alpha, GROUND, toward(40, 40))[0].any()


def test_above_the_horizon_there_is_no_frame():
    assert frame_of(cut_out(top=5, bottom=28), GROUND) is None
    assert frame_of(np.zeros(SIZE, np.float32), GROUND) is None


def test_the_network_sees_the_cut_out_and_where_the_ground_is():
    alpha = cut_out()
    seen = look(alpha, GROUND, frame_of(alpha, GROUND))
    assert seen.shape == (3, INPUT_PX, INPUT_PX)
    assert seen[0].max() == pytest.approx(1)
    # The ray to the foot meets the ground right there, rays above it farther away.
    assert abs(seen[1, -4, INPUT_PX // 2]) < 0.15
    assert (np.diff(seen[1, :, INPUT_PX // 2]) <= 1e-5).all()


def test_the_built_in_network_fills_what_is_covered_and_little_else():
    alpha = cut_out(80, 50, 120, 110)
    volume = builtin_volume_network()(alpha, GROUND)
    assert volume.filled.shape[0] == PLANES
    assert 0 <= volume.filled.min() <= volume.filled.max() <= 1
    thickness = (volume.filled > 0.5).sum(0)
    assert thickness[12:20, 12:20].min() >= 2
    shadow, _ = march(volume, alpha, GROUND, toward(80, 40))
    assert weight_center(shadow)[0] < 85


def test_another_network_is_refused():
    with pytest.raises(ModelIncompatible, match="filled"):
        VolumeNetwork(OnnxSession(builtin_model_path("segmenter"), threads=1))
