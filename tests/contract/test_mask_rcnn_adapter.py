"""The Mask R-CNN adapter against a network that can be foretold, and the zoo's recipe."""

import numpy as np
import pytest
from PIL import Image as Pillow

import tiny_networks
from adapter_pictures import RED, bundle, discs, overlap, spread
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.documents.read import read_image
from cyclorama.segmentation.mask_rcnn import MaskRcnnSegmenter


@pytest.fixture(scope="module")
def adapter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rcnn")
    tiny_networks.red_mask_rcnn(folder / "model.onnx")
    return MaskRcnnSegmenter.from_bundle(bundle(folder, "model.onnx"))


@pytest.mark.parametrize("size", [(300, 400), (900, 200), (40, 50)])
def test_boxes_and_masks_land_on_the_object(adapter, size):
    image, (disc,) = discs(size, (size[0] * 0.4, size[1] * 0.55, min(size) * 0.3, RED))
    (found,) = adapter(image)
    assert found.label == "dog"
    assert found.score == pytest.approx(0.875)
    assert overlap(spread(found, size) > 0.5, disc) > 0.9
    tight = Box.of_mask(disc)
    edge = max(2, 3 * max(size) / 800)
    for side in ("left", "top", "right", "bottom"):
        assert abs(getattr(found.box, side) - getattr(tight, side)) <= edge


def test_the_input_is_the_zoos(adapter, sample_photo):
    """The zoo's own recipe: shorter side 800, BGR less its mean, zeros to multiples of 32."""
    image = read_image(sample_photo)
    pixels, scale = adapter.prepared(image)
    ratio = 800 / min(image.size)
    size = [int(ratio * side) for side in image.size]
    photo = Pillow.fromarray(image.samples).resize(size[::-1], Pillow.BILINEAR)
    expected = np.asarray(photo, np.float32)[..., ::-1].transpose(2, 0, 1)
    expected = expected - np.float32([102.9801, 115.9465, 122.7717]).reshape(3, 1, 1)
    assert pixels.shape[1] % 32 == pixels.shape[2] % 32 == 0
    assert np.abs(pixels[:, : size[0], : size[1]] - expected).max() < 1.6
    assert not pixels[:, size[0] :].any()
    assert scale == pytest.approx((size[1] / image.size[1], size[0] / image.size[0]))


def test_a_panorama_stays_bounded(adapter):
    pixels, _ = adapter.prepared(Image(np.zeros((100, 4000, 3), np.uint8)))
    assert pixels.shape[2] <= 1344


def test_a_box_beyond_the_border_keeps_its_mask_in_place(adapter):
    mask = np.zeros((1, 1, 4, 4), np.float32)
    mask[0, 0, :, 2:] = 1
    (found,) = adapter.decoded(
        np.float32([[-40, 0, 40, 40]]), np.array([1]), np.float32([0.9]), mask, (40, 40)
    )
    assert found.box == Box(0, 0, 40, 40)
    assert found.probability.min() > 0.7
    assert found.label == "person"
