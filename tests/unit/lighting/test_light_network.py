"""The network's adapter: mirrored and turned views agree, answers fuse by confidence, doubts are told."""

import dataclasses
import math

import numpy as np
import pytest
from test_light_estimate import SIDE, angle_deg, direction, ellipsoid, photo

from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.spherical_harmonics import irradiance
from cyclorama.lighting.direction import find_direction
from cyclorama.lighting.estimate import estimate_lighting, read_light
from cyclorama.lighting.fusion import fuse_readings
from cyclorama.lighting.network import Reading, builtin_light_network, centered, features
from cyclorama.lighting.normals import read_subject


def subject_under(light, **changes):
    linear, inside = ellipsoid(light, **changes)
    subject = read_subject(photo(linear), Matte(inside.astype(np.float32)))
    assert subject is not None
    return subject


def test_the_network_reads_an_ellipsoid():
    light = direction(50, 30)
    reading = builtin_light_network()([subject_under(light)])[0]
    assert angle_deg(reading.direction, light) < 15
    assert reading.kappa > 8
    assert 0 < reading.softness_rad < math.pi / 2


def test_subjects_are_read_one_by_one_or_together():
    subjects = [subject_under(direction(azimuth, 20)) for azimuth in (60, -60)]
    network = builtin_light_network()
    together = network(subjects)
    for subject, reading in zip(subjects, together, strict=True):
        assert np.allclose(network([subject])[0].direction, reading.direction, atol=1e-4)
    assert network([]) == []


def test_a_mirrored_subject_has_the_mirrored_reading():
    subject = subject_under(direction(48, 25), center=(0.47, 0.52))
    mirrored = dataclasses.replace(
        subject,
        rgb=subject.rgb[:, ::-1],
        inside=subject.inside[:, ::-1],
        normals=subject.normals[:, ::-1] * np.array([-1, 1, 1], np.float32),
    )
    here, there = builtin_light_network()([subject, mirrored])
    assert np.allclose(here.direction, there.direction * [-1, 1, 1], atol=0.02)
    sign = np.array([1, 1, 1, -1, -1, 1, 1, -1, 1])
    assert np.allclose(here.sh, there.sh * sign, atol=0.05)


def test_brightness_does_not_matter():
    subject = subject_under(direction(30, 30))
    dim = dataclasses.replace(subject, rgb=subject.rgb * np.float32(0.2))
    assert np.allclose(features(*centered(subject)), features(*centered(dim)), atol=0.02)


def reading(vector, kappa) -> Reading:
    return Reading(np.asarray(vector, np.float32), kappa, np.eye(1, 9)[0].astype(np.float32), 0.5, 0.3)


def test_the_surer_reading_decides():
    subject = subject_under(direction(50, 30))
    fit = find_direction(subject)
    assert fit is not None
    aside = np.array([-0.8, 0.0, 0.6])
    sure, doubtful = (fuse_readings(subject, fit, reading(aside, kappa)) for kappa in (100.0, 0.5))
    assert angle_deg(sure.vector, aside) < 15
    assert angle_deg(doubtful.vector, fit.direction) < 15
    assert sure.apart_deg == pytest.approx(angle_deg(fit.direction, aside), abs=1)
    assert sure.kappa > doubtful.kappa


def test_subjects_lit_from_opposite_sides_are_told_of():
    wide = (SIDE, 2 * SIDE)
    one = ellipsoid(direction(65, 25), center=(0.5, 0.5), canvas=wide)
    two = ellipsoid(direction(-65, 25), center=(1.5, 0.5), canvas=wide)
    linear = np.where(one[1][..., None], one[0], two[0])
    found = read_light(photo(linear), [Matte(inside.astype(np.float32)) for _, inside in (one, two)])
    (note,) = found.notes(["cup", "jug"])
    assert "cup" in note
    assert "jug" in note
    assert "degrees apart" in note
    same = ellipsoid(direction(65, 25), center=(1.5, 0.5), canvas=wide)
    linear = np.where(one[1][..., None], one[0], same[0])
    agree = read_light(photo(linear), [Matte(inside.astype(np.float32)) for _, inside in (one, same)])
    assert agree.notes() == ()


def test_flat_tiny_and_mirror_like_subjects_are_told_of():
    shaded, inside = ellipsoid(direction(55, 25))
    matte = Matte(inside.astype(np.float32))
    sure = estimate_lighting(photo(shaded), [matte]).kappa

    flat = read_light(photo(np.where(inside[..., None], [0.4, 0.3, 0.3], 0.2)), [matte])
    assert "evenly bright" in flat.notes()[0]
    assert flat.lighting.kappa < 0.4 * sure

    small = Image(photo(shaded).samples[::8, ::8])
    tiny = read_light(small, [Matte(matte.alpha[::8, ::8])])
    assert "px long" in tiny.notes()[0]
    assert tiny.lighting.kappa < sure

    rng = np.random.default_rng(3)
    sparkle = np.where(rng.random((SIDE, SIDE)) > 0.96, 0.9, 0.03)
    blotches = np.repeat(np.repeat(sparkle[::6, ::6], 6, 0), 6, 1)[..., None] * np.ones(3)
    mirror = read_light(photo(np.where(inside[..., None], blotches, 0.2)), [matte])
    assert "does not follow" in mirror.notes()[0] or "do not follow" in mirror.notes()[0]
    assert mirror.lighting.kappa < 0.4 * sure

    empty = read_light(photo(shaded), [Matte(np.zeros((SIDE, SIDE), np.float32))])
    assert "nothing can be read" in empty.notes()[0]


def test_ambient_light_is_never_negative_and_keeps_its_color():
    for azimuth in (-120, -40, 10, 80):
        linear, inside = ellipsoid(direction(azimuth, 30), ambient=(0.1, 0.12, 0.2))
        found = estimate_lighting(photo(linear), [Matte(inside.astype(np.float32))])
        axes = np.concatenate([np.eye(3), -np.eye(3)]).astype(np.float32)
        received = irradiance(found.ambient_sh, axes)
        assert received.min() > 0
        assert np.allclose(received.mean(axis=0), found.ambient_color, rtol=0.02)
