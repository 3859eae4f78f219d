"""The main job on a real photograph with the real models: split, light, new background."""

import dataclasses

import numpy as np
import pytest

import cyclorama
from cyclorama.core.compositing import composite_background, coverage
from cyclorama.core.image import Image

STEPS = 4


@pytest.fixture(scope="module")
def photo(sample_photo):
    return cyclorama.read_image(sample_photo)


@pytest.fixture(scope="module")
def document(photo):
    return cyclorama.split(photo)


@pytest.fixture(scope="module")
def replaced(document):
    return cyclorama.replace_background(document, cyclorama.ReplaceOptions(steps=STEPS, candidates=2))


def test_the_obvious_subject_is_found_and_named(document):
    assert 1 <= len(document.layers) <= 8
    assert all(layer.name for layer in document.layers)
    assert len({layer.name for layer in document.layers}) == len(document.layers)
    assert 0.1 < coverage(document).mean() < 0.9


def test_recomposing_gives_the_photograph_back(document, photo):
    difference = np.abs(cyclorama.composite(document).pixels - photo.pixels)
    assert difference.max() <= 1 / 255 + 1e-6


def test_pixels_surely_inside_are_the_very_bits(document, photo):
    seen = np.zeros(photo.size, bool)
    for layer in reversed(document.layers):
        inside = (layer.matte.alpha == 1) & ~seen[layer.box.slices]
        np.testing.assert_array_equal(layer.color.samples[inside], photo.samples[layer.box.slices][inside])
        seen[layer.box.slices] |= layer.matte.alpha > 0
        assert inside.any()


def test_the_plate_is_the_photograph_where_nothing_covers(document, photo):
    free = coverage(document) == 0
    np.testing.assert_array_equal(document.plate.samples[free], photo.samples[free])


@pytest.mark.parametrize("kind", ["uint16", "float32", "linear"])
def test_recomposition_in_other_precisions_and_in_linear_light(photo, kind):
    image = photo.stored_as("uint16") if kind == "uint16" else Image(photo.pixels)
    options = cyclorama.SplitOptions(blend_space="linear" if kind == "linear" else "srgb")
    document = cyclorama.split(image, options)
    assert document.sample_format == ("uint16" if kind == "uint16" else "float32")
    assert document.blend_space == options.blend_space
    difference = np.abs(cyclorama.composite(document).pixels - photo.pixels)
    assert difference.max() <= (1 / 65535 if kind == "uint16" else 1e-4)


def test_light_and_perspective_are_read(document):
    assert np.linalg.norm(document.lighting.direction) == pytest.approx(1, abs=1e-5)
    assert document.lighting.kappa > 0
    assert document.perspective.size == document.size
    assert np.isfinite(document.perspective.horizon_px)


def test_a_new_background_leaves_the_subject_alone(document, replaced, photo):
    assert replaced.layers == document.layers
    opaque = coverage(replaced) == 1
    np.testing.assert_array_equal(cyclorama.composite(replaced).samples[opaque], photo.samples[opaque])
    free = coverage(replaced) == 0
    changed = np.abs(cyclorama.composite(replaced).pixels - photo.pixels).mean(axis=2)[free]
    assert changed.mean() > 0.02


def test_candidates_are_ranked_and_differ(replaced):
    scores = [candidate.fit["score"] for candidate in replaced.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    first, second = (candidate.color.pixels for candidate in replaced.candidates)
    assert np.abs(first - second).mean() > 0.005
    assert replaced.chosen == 0


def test_the_same_seed_gives_the_same_picture(document):
    options = cyclorama.ReplaceOptions(steps=STEPS, seed=5)
    once, again = (cyclorama.replace_background(document, options) for _ in range(2))
    np.testing.assert_array_equal(once.background.samples, again.background.samples)


def test_shadows_are_layers_of_their_own_that_only_darken(replaced):
    for shadow in replaced.shadows:
        assert shadow.kind in ("cast", "contact")
        assert shadow.color.pixels.max() <= 1
    bare = replaced.replace(shadows=())
    shaded, plain = composite_background(replaced).pixels, composite_background(bare).pixels
    assert (shaded <= plain + 1 / 255).all()


def test_switching_shadows_off(document):
    options = cyclorama.ReplaceOptions(steps=2, shadows=False)
    assert cyclorama.replace_background(document, options).shadows == ()


def test_the_light_steers_the_background(document):
    """The side that a person asks the light from is the brighter one, with the same noise."""
    right = 0
    for seed in range(4):
        options = cyclorama.ReplaceOptions(scene="studio", seed=seed, steps=8, shadows=False)
        slopes = []
        for x in (-0.9, 0.9):
            lighting = dataclasses.replace(
                document.lighting, direction=np.float32([x, 0.4, 0.2]), kappa=100.0
            )
            made = cyclorama.replace_background(document.replace(lighting=lighting), options)
            luminance = made.background.as_linear().pixels.mean(axis=2)
            half = luminance.shape[1] // 2
            slopes.append(np.log(luminance[:, half:].mean() / luminance[:, :half].mean()))
        right += slopes[1] > slopes[0]
    assert right == 4


def test_progress_never_falls_and_cancel_is_obeyed_everywhere(photo, document):
    fractions = []
    cyclorama.split(photo, report=lambda progress: fractions.append(progress.fraction))
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0]
    assert fractions[-1] <= 1
    stages = []

    def note(progress):
        if progress.stage not in stages:
            stages.append(progress.stage)

    cyclorama.split(photo, report=note)
    assert len(stages) >= 5
    for wanted in stages:

        def stop(progress, wanted=wanted):
            if progress.stage == wanted:
                raise cyclorama.Cancelled

        with pytest.raises(cyclorama.Cancelled):
            cyclorama.split(photo, report=stop)


def test_a_document_without_light_cannot_get_a_background(document):
    with pytest.raises(cyclorama.CycloramaError, match="light or perspective"):
        cyclorama.replace_background(document.replace(lighting=None))


def test_what_ran_is_in_the_provenance(replaced):
    provenance = replaced.provenance
    assert provenance["segmenter"]["sha256"]
    assert provenance["inpainter"]["denoiser_sha256"]
    assert provenance["replace"]["steps"] == STEPS
    assert provenance["backdrop"]["scene"]
