"""The RF-DETR-Seg adapter against a network that can be foretold, and against the real architecture."""

import numpy as np
import pytest

import tiny_networks
from adapter_pictures import BLUE, GREEN, RED, bundle, discs, overlap, spread
from cyclorama.documents.read import read_image
from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.protocol.options import SplitOptions
from cyclorama.segmentation.rf_detr import RfDetrSegmenter
from cyclorama.segmentation.segment import segment


@pytest.fixture(scope="module")
def prototypes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prototypes")
    tiny_networks.prototype_rf_detr(folder / "model.onnx", [RED, GREEN, BLUE], side=192)
    return RfDetrSegmenter.from_bundle(bundle(folder, "model.onnx"))


@pytest.mark.parametrize("size", [(300, 400), (61, 47), (1200, 500)])
def test_objects_are_found_named_and_placed(prototypes, size):
    high, wide = size
    image, inside = discs(
        size,
        (high * 0.3, wide * 0.3, min(size) * 0.2, RED),
        (high * 0.7, wide * 0.7, min(size) * 0.18, BLUE),
    )
    found = {s.label: s for s in prototypes(image)}
    assert set(found) == {"person", "dog"}
    for label, disc in zip(("person", "dog"), inside, strict=True):
        assert overlap(spread(found[label], size) > 0.5, disc) > (0.85 if min(size) > 100 else 0.7)
        assert found[label].score > 0.9
    named = segment(image, prototypes, SplitOptions())
    assert {s.label for s in named} == {"person 1", "dog 1"}


@pytest.mark.parametrize("side", [312, 384, 432, 504, 624, 768])
def test_every_published_size_is_read_off_the_network(tmp_path, side):
    """N, S, M, L, XL and 2XL differ in nothing that the adapter has to be told."""
    tiny_networks.prototype_rf_detr(tmp_path / "model.onnx", [RED, GREEN, BLUE], side=side)
    adapter = RfDetrSegmenter.from_bundle(bundle(tmp_path, "model.onnx"))
    image, (disc,) = discs((300, 400), (150, 180, 70, GREEN))
    assert adapter.prepared(image).shape == (1, 3, side, side)
    (found,) = adapter(image)
    assert found.label == "cat"
    assert overlap(spread(found, (300, 400)) > 0.5, disc) > 0.93


def test_what_ran_is_remembered(prototypes):
    assert prototypes.provenance["id"] == "tiny"
    assert prototypes.provenance["device"] == "cpu"
    assert prototypes.provenance["providers"] == ["CPUExecutionProvider"]


def test_nothing_there_finds_nothing(prototypes):
    assert prototypes(discs((100, 100))[0]) == ()


def test_a_query_that_wins_twice_is_one_object(prototypes):
    labels = np.full((3, 91), -9, np.float32)
    labels[0, [17, 18]] = 3, 4
    masks = np.full((3, 8, 8), 5, np.float32)
    dets = np.full((3, 4), 0.5, np.float32)
    (found,) = prototypes.decoded(dets, labels, masks, (80, 80))
    assert found.label == "dog"
    # The box is 40 pixels wide and may be left by a tenth on each side.
    assert (found.box.left, found.box.right) == (16, 65)


def test_masks_that_are_probabilities_already(tmp_path):
    tiny_networks.prototype_rf_detr(tmp_path / "m.onnx", [RED])
    adapter = RfDetrSegmenter.from_bundle(bundle(tmp_path, "m.onnx", masks_are="probabilities"))
    labels = np.full((1, 91), -9, np.float32)
    labels[0, 1] = 4
    mask = np.full((1, 8, 8), 0.75, np.float32)
    (found,) = adapter.decoded(np.float32([[0.5, 0.5, 1, 1]]), labels, mask, (80, 80))
    assert found.probability.max() == pytest.approx(0.75)


def test_the_real_architecture_sees_and_says_the_same(tmp_path, sample_photo):
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    reference = tiny_networks.rf_detr(tmp_path / "model.onnx")
    adapter = RfDetrSegmenter.from_bundle(bundle(tmp_path, "model.onnx"))
    image = read_image(sample_photo)
    pixels = torch.from_numpy(image.pixels.copy()).permute(2, 0, 1)[None]
    pixels = torch.nn.functional.interpolate(
        pixels, (96, 96), mode="bilinear", align_corners=False, antialias=False
    )
    mean, std = (
        torch.tensor(v).view(1, 3, 1, 1) for v in (tiny_networks.IMAGENET_MEAN, tiny_networks.IMAGENET_STD)
    )
    pixels = (pixels - mean) / std
    np.testing.assert_allclose(adapter.prepared(image), pixels.numpy(), atol=2e-4)

    with torch.no_grad():
        boxes, logits, masks = reference(pixels)
    scores, index = logits.sigmoid()[0].flatten().topk(20)
    query, kind = index // 91, index % 91
    assert len(set(query.tolist())) < 20  # random weights do let a query win twice
    found = {round(one.score, 5): one for one in adapter(image)}
    compared = 0
    for place, number in enumerate(query.tolist()):
        if number in query[:place].tolist():
            continue  # the same mask under a second name
        mask = reference_mask(torch, masks, boxes, number, image.size)
        if mask.sum() < 300:
            continue  # untrained masks are partly specks, smaller than a cell of the mask
        one = found[round(float(scores[place]), 5)]
        assert one.label == adapter._names.get(int(kind[place]))
        assert overlap(spread(one, image.size) > 0.5, mask) > 0.85
        compared += 1
    assert compared >= 3


def reference_mask(torch, masks, boxes, query, size):
    """Draw as the published decoding does: enlarged logits above 0; outside the grown box there is nothing."""
    grown = torch.nn.functional.interpolate(
        masks[:, query : query + 1], size, mode="bilinear", align_corners=False
    )
    out = (grown[0, 0] > 0).numpy()
    x, y, w, h = (float(v) for v in boxes[0, query])
    rows, columns = (np.arange(side) for side in size)
    out &= (abs((rows + 0.5) / size[0] - y) < 0.6 * h + 1 / size[0])[:, None]
    out &= (abs((columns + 0.5) / size[1] - x) < 0.6 * w + 1 / size[1])[None]
    return out


def test_another_kind_of_network_is_refused(tmp_path):
    tiny_networks.mean_lama(tmp_path / "m.onnx")
    with pytest.raises(ModelIncompatible, match="dets, labels and masks were wanted"):
        RfDetrSegmenter.from_bundle(bundle(tmp_path, "m.onnx"))
