"""The Mask R-CNN adapter on torchvision's own network, exported once (``tests/published/make_mask_rcnn.py``).

What torchvision itself finds in the same photograph, prepared by the zoo's recipe, is kept beside the network.
"""

import numpy as np
import pytest
from PIL import Image as Pillow

from adapter_pictures import bundle
from cyclorama.documents.read import read_image
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation.coco import COCO_IN_ORDER
from cyclorama.segmentation.mask_rcnn import MaskRcnnSegmenter


@pytest.fixture(scope="module")
def kept(pytestconfig):
    return pytestconfig.rootpath / "tests" / "data" / "mask_rcnn"


@pytest.fixture(scope="module")
def truth(kept):
    with np.load(kept / "found.npz") as table:
        return dict(table)


@pytest.fixture(scope="module")
def found(kept):
    """What the adapter reads from the network's answer to the zoo's own input: untrained, it forgives no other."""
    adapter = MaskRcnnSegmenter.from_bundle(bundle(kept, "model.onnx"))
    image = read_image(kept / "photo.png")
    ratio = 800 / min(image.size)
    size = [int(ratio * side) for side in image.size]
    photo = Pillow.fromarray(image.samples).resize(size[::-1], Pillow.BILINEAR)
    pixels = np.asarray(photo, np.float32)[..., ::-1] - np.float32([102.9801, 115.9465, 122.7717])
    own, scale = adapter.prepared(image)
    given = np.zeros_like(own)
    given[:, : size[0], : size[1]] = pixels.transpose(2, 0, 1)
    assert np.abs(given - own).max() < 1.6
    session = OnnxSession(kept / "model.onnx", threads=1)
    boxes, labels, scores, masks = (session.run({"image": given})[name] for name in session.output_names)
    return adapter.decoded(
        (boxes / np.array(scale * 2)).astype(np.float32), labels, scores, masks, image.size
    )


def test_the_same_objects_are_found_in_the_same_places(found, truth):
    assert len(found) == len(truth["scores"]) >= 4
    for own, box, kind, score in zip(found, truth["boxes"], truth["labels"], truth["scores"], strict=True):
        assert own.score == pytest.approx(float(score), abs=1e-3)
        assert own.label == COCO_IN_ORDER[int(kind) - 1]
        sides = (own.box.left, own.box.top, own.box.right, own.box.bottom)
        height, width = 150, 200
        # Sides are whole pixels, on the photograph.
        inside = np.clip(box, 0, (width, height, width, height))
        assert np.abs(np.array(sides) - inside).max() <= 0.51


def test_masks_are_probabilities_on_a_grid_that_fills_the_box(found, truth, kept):
    height, width = read_image(kept / "photo.png").size
    whole = 0
    for own, box, mask in zip(found, truth["boxes"], truth["masks"][:, 0], strict=True):
        assert mask.std() > 0.1
        # Where the photograph cuts the box, the rest of the grid is read anew.
        if box[0] >= 0 and box[1] >= 0 and box[2] < width - 1 and box[3] < height - 1 and own.box.top:
            np.testing.assert_allclose(own.probability, mask, atol=5e-3)
            whole += 1
    assert whole >= 3
