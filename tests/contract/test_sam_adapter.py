"""The adapter of the SAM family against small networks of the real classes, in both contracts."""

import json

import numpy as np
import pytest
from PIL import Image as Pillow

import tiny_networks
import tiny_sam
from adapter_pictures import bundle, overlap, spread
from cyclorama.cli.main import main
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.protocol.errors import InputError, ModelIncompatible
from cyclorama.segmentation.sam import SamSegmenter


@pytest.fixture(scope="module")
def photo(sample_photo):
    with Pillow.open(sample_photo) as photo:
        return Image(np.asarray(photo.convert("RGB").resize((512, 341), Pillow.BICUBIC)))


@pytest.fixture(scope="module")
def sam(tmp_path_factory):
    pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("sam")
    model = tiny_sam.sam(folder, (682, 1024))
    return model, SamSegmenter.from_bundle(bundle(folder, "encoder.onnx", "decoder.onnx", contract="sam"))


@pytest.fixture(scope="module")
def sam2(tmp_path_factory):
    pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("sam2")
    model = tiny_sam.sam2(folder)
    names = ("vision_encoder.onnx", "prompt_encoder_mask_decoder.onnx")
    return model, SamSegmenter.from_bundle(bundle(folder, *names, contract="sam2"))


def test_sam_sees_and_answers_as_the_reference(sam, photo):
    import torch
    from transformers import SamImageProcessorPil

    model, adapter = sam
    inputs = SamImageProcessorPil()(Pillow.fromarray(photo.samples), return_tensors="pt")
    seen = adapter.embed(photo)
    with torch.no_grad():
        features = model.get_image_embeddings(inputs["pixel_values"])
    np.testing.assert_allclose(seen._features["image_embeddings"], features.numpy(), atol=0.02)

    points = [(100.0, 50.0), (300.0, 200.0)]
    with torch.no_grad():
        expected = model(
            image_embeddings=features,
            input_points=torch.tensor([[[[x * 2, y * 2] for x, y in points]]]),
            input_labels=torch.tensor([[[1, 0]]]),
        )
    compare(adapter, seen.answers(points, [1, 0]), expected, inputs, torch)
    with torch.no_grad():
        boxed = model(image_embeddings=features, input_boxes=torch.tensor([[[40.0, 60.0, 600.0, 500.0]]]))
    compare(adapter, seen.answers([(20, 30), (300, 250)], [2, 3]), boxed, inputs, torch)


def compare(adapter, answers, expected, inputs, torch):
    masks = torch.nn.functional.interpolate(
        expected.pred_masks[0], (1024, 1024), mode="bilinear", align_corners=False
    )
    high, wide = (int(v) for v in inputs["reshaped_input_sizes"][0])
    assert len(answers) == 3
    for (logits, quality), mask, iou in zip(answers, masks[0], expected.iou_scores[0, 0], strict=True):
        np.testing.assert_allclose(logits, mask[:high, :wide].numpy(), atol=0.05)
        assert quality == pytest.approx(float(iou.clamp(0, 1)), abs=1e-2)


def test_sam2_sees_and_answers_as_the_reference(sam2, photo):
    import torch

    model, adapter = sam2
    pixels = Pillow.fromarray(photo.samples).resize((1024, 1024), Pillow.BILINEAR)
    pixels = (np.asarray(pixels, np.float32) / 255 - tiny_networks.IMAGENET_MEAN) / tiny_networks.IMAGENET_STD
    pixels = torch.from_numpy(pixels.astype(np.float32)).permute(2, 0, 1)[None]
    np.testing.assert_allclose(adapter.prepared(photo), pixels.numpy(), atol=0.02)
    seen = adapter.embed(photo)
    scale = torch.tensor([1024 / 512, 1024 / 341])
    points = torch.tensor([[[[100.0, 50.0], [300.0, 200.0]]]])
    with torch.no_grad():
        expected = model(
            pixel_values=torch.from_numpy(adapter.prepared(photo)),
            input_points=points * scale,
            input_labels=torch.tensor([[[1, 0]]]),
        )
    for number, (logits, quality) in enumerate(seen.answers(points[0, 0].tolist(), [1, 0])):
        np.testing.assert_allclose(logits, expected.pred_masks[0, 0, number].numpy(), atol=1e-3)
        assert quality == pytest.approx(float(expected.iou_scores[0, 0, number].clamp(0, 1)), abs=1e-4)
    box = torch.tensor([[[20.0, 30.0, 300.0, 250.0]]])
    with torch.no_grad():
        boxed = model(
            pixel_values=torch.from_numpy(adapter.prepared(photo)),
            input_boxes=box * torch.cat([scale, scale]),
        )
    for number, (logits, _) in enumerate(seen.answers([(20, 30), (300, 250)], [2, 3])):
        np.testing.assert_allclose(logits, boxed.pred_masks[0, 0, number].numpy(), atol=1e-3)


def test_points_and_boxes_become_segments_on_the_photo(sam2, photo):
    _, adapter = sam2
    seen = adapter.embed(photo)
    answers = seen.at(256, 170)
    assert all(Box.of_size(photo.size).intersect(s.box) == s.box for s in answers)
    scores = [s.score for s in answers]
    assert scores == sorted(scores, reverse=True)
    assert seen.within(Box(10, 10, 400, 300)) is None or seen.within(Box(10, 10, 400, 300)).score <= 1
    for wrong in (lambda: seen.at(600, 10), lambda: seen.within(Box(600, 10, 700, 20))):
        with pytest.raises(InputError, match="outside"):
            wrong()


def test_asking_everywhere_gives_distinct_segments(sam, photo):
    _, adapter = sam
    for found in (adapter(photo),):
        inside = [spread(s, photo.size) > 0.5 for s in found]
        for number, one in enumerate(inside):
            assert all(overlap(one, other) < 0.75 for other in inside[:number])


def test_the_other_contract_is_refused(sam, tmp_path):
    _, adapter = sam
    with pytest.raises(ModelIncompatible, match="not the contract 'sam2'"):
        SamSegmenter(adapter._encoder, adapter._decoder, {}, "sam2")


def test_a_person_points_and_the_chosen_network_answers(sam2, photo, tmp_path, monkeypatch, capsys):
    _, adapter = sam2
    monkeypatch.setenv("CYCLORAMA_MODELS", str(tmp_path / "models"))
    files = [str(network.path) for network in (adapter._encoder, adapter._decoder)]
    assert main(["models", "add", "mine", *files, "--like", "sam2.1-tiny"]) == 0
    Pillow.fromarray(photo.samples).save(tmp_path / "photo.png")
    capsys.readouterr()
    pointed = ["--box", "20,30,300,250", "--segmenter", "mine", "--json"]
    code = main(["select", str(tmp_path / "photo.png"), "-o", str(tmp_path / "m.png"), *pointed])
    told = json.loads(capsys.readouterr().out)
    # Untrained weights may well see nothing; then the sentence says so.
    expected = adapter.embed(photo).within(Box(20, 30, 300, 250))
    if expected is None:
        assert (code, told["error"]["code"]) == (8, "no_object")
    else:
        assert code == 0
        assert told["score"] == pytest.approx(expected.score, abs=1e-3)
        assert (tmp_path / "m.png").exists()


def test_a_network_that_cannot_be_asked_says_so(photo, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CYCLORAMA_MODELS", str(tmp_path / "models"))
    tiny_networks.red_salience(tmp_path / "s.onnx", (0.5,) * 3, (1.0,) * 3, side=64)
    assert main(["models", "add", "mine", str(tmp_path / "s.onnx"), "--like", "isnet-general"]) == 0
    Pillow.fromarray(photo.samples).save(tmp_path / "photo.png")
    asked = ["select", str(tmp_path / "photo.png"), "--point", "9,9", "--segmenter", "mine"]
    assert main(asked) == 5
    assert "cannot be asked about a place" in capsys.readouterr().err
