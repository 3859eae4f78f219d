"""Adapters of whole-picture networks: inputs as each family's own code makes them, outputs as it reads them.

The networks below have the published contracts and an alpha that can be foretold; ``test_published_architectures`` has
the architectures. IS-Net is also run on real weights, where a fetched copy of them lies on this machine.
"""

import os
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image as Pillow

import tiny_networks
from adapter_pictures import BLUE, RED, bundle, discs, overlap, spread
from cyclorama.core.image import Image
from cyclorama.documents.read import read_image
from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.protocol.options import SplitOptions
from cyclorama.segmentation.birefnet import BiRefNetSegmenter
from cyclorama.segmentation.isnet import IsNetSegmenter
from cyclorama.segmentation.modnet import ModNetSegmenter
from cyclorama.segmentation.placing import subjects
from cyclorama.segmentation.segment import segment
from cyclorama.segmentation.u2net import U2NetSegmenter

HALF, ONE = (0.5, 0.5, 0.5), (1.0, 1.0, 1.0)
IMAGENET = (tiny_networks.IMAGENET_MEAN, tiny_networks.IMAGENET_STD)
FAMILIES = {
    "isnet": (IsNetSegmenter, HALF, ONE, {"side": 1024, "outputs": 12}),
    "u2net": (U2NetSegmenter, *IMAGENET, {"side": 320, "outputs": 7}),
    "birefnet": (BiRefNetSegmenter, *IMAGENET, {"side": 1024, "logits": True}),
    "birefnet fp16": (BiRefNetSegmenter, *IMAGENET, {"side": 1024, "logits": True, "half": True}),
    "modnet": (ModNetSegmenter, HALF, HALF, {"side": None}),
}


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture
def adapter(family, tmp_path):
    kind, mean, std, shape = FAMILIES[family]
    tiny_networks.red_salience(tmp_path / "model.onnx", mean, std, **shape)
    return kind.from_bundle(bundle(tmp_path, "model.onnx"))


def resized(image, size, kernel=Pillow.BILINEAR):
    return np.asarray(Pillow.fromarray(image.samples).resize(size[::-1], kernel), np.float32) / 255


def normalized(pixels, mean, std):
    return ((pixels - np.float32(mean)) / np.float32(std)).transpose(2, 0, 1)[None]


def reference_input(family, image):
    """Make the input as the family's published inference code does."""
    if family == "isnet":
        return normalized(resized(image, (1024, 1024)), HALF, ONE)
    if family.startswith("birefnet"):
        return normalized(resized(image, (1024, 1024)), *IMAGENET)
    if family == "u2net":
        pixels = resized(image, (320, 320))
        return normalized(pixels / pixels.max(), *IMAGENET)
    height, width = image.size
    if max(height, width) < 512 or min(height, width) > 512:
        wide = width >= height
        height, width = (512, int(width / height * 512)) if wide else (int(height / width * 512), 512)
    size = height - height % 32, width - width % 32
    kernel = Pillow.BOX if size[0] < image.size[0] else Pillow.BILINEAR
    return normalized(resized(image, size, kernel), HALF, HALF)


@pytest.mark.parametrize("scale", [1, 3])
def test_the_input_is_the_familys_own(family, adapter, sample_photo, scale):
    image = read_image(sample_photo)
    image = Image(np.repeat(np.repeat(image.samples, scale, 0), scale, 1))
    made, wanted = adapter.prepared(image).astype(np.float32), reference_input(family, image)
    assert made.shape == wanted.shape
    error = np.abs(made - wanted)
    # Pillow rounds to 8 bit between its two passes: one level is 0.017 where the deviation is 0.229.
    assert error.mean() < 0.01
    # Pillow's averaging takes whole pixels, as no other does.
    assert np.quantile(error, 0.999) < (0.1 if family == "modnet" else 0.05)


@pytest.mark.parametrize("size", [(300, 400), (700, 200), (53, 61)])
def test_the_subject_is_found_where_it_is(family, adapter, size):
    image, (disc,) = discs(size, (size[0] * 0.5, size[1] * 0.4, min(size) * 0.3, RED))
    dark = Image(np.where(disc[..., None], image.samples, np.uint8([40, 128, 128])))
    (found,) = adapter(dark)
    assert overlap(spread(found, size) > 0.5, disc) > 0.93
    assert found.score > 0.9
    assert found.label == ("person" if family == "modnet" else None)


def test_an_empty_picture_has_no_subject(adapter):
    """Stretching whatever comes out to 0..1, as is often done, would make a subject of the noise."""
    assert adapter(Image(np.full((90, 120, 3), (60, 128, 128), np.uint8))) == ()


def test_things_that_do_not_touch_are_several_layers(adapter):
    size = (200, 400)
    image, inside = discs(size, (100, 90, 60, RED), (100, 310, 50, RED), (20, 200, 2, RED))
    dark = Image(np.where(np.any(inside, axis=0)[..., None], image.samples, np.uint8([40, 128, 128])))
    found = segment(dark, adapter, SplitOptions())
    assert len(found) == 2
    left, right = sorted(found, key=lambda s: s.box.left)
    assert overlap(spread(left, size) > 0.5, inside[0]) > 0.9
    assert overlap(spread(right, size) > 0.5, inside[1]) > 0.9


def test_soft_parts_go_with_the_nearest_subject():
    alpha = np.zeros((60, 120), np.float32)
    alpha[20:40, 10:40] = 1
    alpha[20:40, 80:110] = 1
    alpha[28:32, 45:50] = 0.3
    left, right = sorted(subjects(alpha, (60, 120)), key=lambda s: s.box.left)
    assert (left.box.right, right.box.left) == (50, 80)


def test_a_panorama_stays_bounded(tmp_path):
    tiny_networks.red_salience(tmp_path / "model.onnx", HALF, HALF, side=None)
    modnet = ModNetSegmenter.from_bundle(bundle(tmp_path, "model.onnx"))
    assert max(modnet.prepared(Image(np.zeros((40, 4000, 3), np.uint8))).shape) <= 2048


def test_blue_is_not_taken_for_red(family, adapter):
    """Channels are in the right order."""
    image, _ = discs((100, 100), (50, 50, 40, BLUE))
    dark = Image(np.where(image.samples == 128, np.uint8(20), image.samples))
    assert adapter(dark) == ()


def test_another_kind_of_network_is_refused(tmp_path):
    tiny_networks.mean_lama(tmp_path / "m.onnx")
    with pytest.raises(ModelIncompatible, match="one picture was wanted"):
        IsNetSegmenter.from_bundle(bundle(tmp_path, "m.onnx"))


def test_isnet_on_real_weights_is_what_the_reference_gives(sample_photo):
    """The published network itself, run once by hand as its authors do and once through the adapter."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "isnet-peer"
    path = cache / "isnet_fp16.onnx"
    if not path.is_file():
        pytest.skip(f"the weights of IS-Net are not here ({path})")
    image = read_image(sample_photo)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    pixels = (resized(image, (1024, 1024)) * 255 - 128) / 256
    expected = session.run(["output"], {"input": pixels.transpose(2, 0, 1)[None]})[0][0, 0]
    levels = {"mean": [128 / 255] * 3, "std": [256 / 255] * 3}
    adapter = IsNetSegmenter.from_bundle(bundle(cache, path.name, **levels))
    alpha = adapter.run(adapter.prepared(image))
    assert np.abs(alpha - np.clip(expected, 0, 1)).mean() < 0.003
    assert 0.1 < expected.mean() < 0.9
    (found,) = adapter(image)
    assert overlap(spread(found, image.size) > 0.5, _seen(expected, image.size)) > 0.97


def _seen(alpha, size):
    return np.asarray(Pillow.fromarray(np.float32(alpha)).resize(size[::-1], Pillow.BILINEAR)) > 0.5
