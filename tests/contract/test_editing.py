"""A document changed by hand still is the photograph: real photo, real models, 8 and 16 bit."""

import json

import numpy as np
import pytest

import cyclorama
from cyclorama.cli.main import main
from cyclorama.core.geometry import Box
from cyclorama.documents.masks import read_mask, write_matte
from cyclorama.protocol.errors import InputError


@pytest.fixture(scope="module", params=["uint8", "uint16"])
def photo(request, sample_photo):
    return cyclorama.read_image(sample_photo).stored_as(request.param)


@pytest.fixture(scope="module")
def document(photo):
    return cyclorama.split(
        photo, segments=[cyclorama.select(cyclorama.embed(photo), [cyclorama.Click(200, 200)])]
    )


def ring(size):
    """Return a segment of the picture's upper right, away from most of the cat."""
    y, x = np.mgrid[:32, :32]
    disc = (np.hypot(y - 16, x - 16) < 12).astype(np.float32)
    return cyclorama.Segment(disc, 0.9, "ball", Box(size[1] - 90, 10, size[1] - 10, 90))


def recomposes(document, photo):
    return np.abs(cyclorama.composite(document).pixels - photo.pixels).max() <= 1 / 255 + 1e-6


def test_an_object_is_added_and_removed(document, photo):
    more = cyclorama.add_object(document, ring(photo.size))
    assert "ball 1" in [layer.name for layer in more.layers]
    assert len(more.layers) == len(document.layers) + 1
    assert recomposes(more, photo)
    again = cyclorama.remove_layer(more, "ball 1")
    assert [layer.name for layer in again.layers] == [layer.name for layer in document.layers]
    assert recomposes(again, photo)


def test_layers_are_merged_and_divided(document, photo):
    name = document.layers[0].name
    more = cyclorama.add_object(document, ring(photo.size))
    merged = cyclorama.merge_layers(more, [name, "ball 1"])
    assert len(merged.layers) == 1
    assert recomposes(merged, photo)
    middle = photo.size[1] // 2
    halves = [
        cyclorama.Segment(np.ones((2, 2), np.float32), 0.9, None, Box(left, 0, right, photo.size[0]))
        for left, right in ((0, middle), (middle, photo.size[1]))
    ]
    divided = cyclorama.split_layer(document, name, halves)
    assert len(divided.layers) == 2
    assert recomposes(divided, photo)


def test_a_scribble_changes_only_its_surroundings(document, photo):
    marks = np.zeros(photo.size, np.uint8)
    marks[20:30, photo.size[1] - 60 : photo.size[1] - 30] = 2
    name = document.layers[0].name
    touched = cyclorama.refine_layer(document, name, cyclorama.Scribbles(marks))
    assert recomposes(touched, photo)
    layer = touched.layers[0]
    alpha = np.zeros(photo.size, np.float32)
    alpha[layer.box.slices] = layer.matte.alpha
    assert alpha[marks == 2].min() == 1
    before = np.zeros(photo.size, np.float32)
    before[document.layers[0].box.slices] = document.layers[0].matte.alpha
    # Firming may raise soft alpha anywhere; below it, far away, nothing moved.
    far = np.ones(photo.size, bool)
    far[:120, photo.size[1] - 160 :] = False
    assert np.abs(alpha - before)[far].mean() < 1e-3


def test_unknown_layers_are_clear_errors(document):
    with pytest.raises(InputError, match="no layer 'tree'"):
        cyclorama.merge_layers(document, ["tree", "bush"])
    with pytest.raises(InputError, match="Fewer than two"):
        cyclorama.merge_layers(document, [document.layers[0].name])


def test_the_command_line_selects_refines_and_splits(sample_photo, tmp_path, capsys):
    mask = tmp_path / "mask.png"
    assert main(["select", str(sample_photo), "--point", "200,200", "--json", "-o", str(mask)]) == 0
    told = json.loads(capsys.readouterr().out)
    size = cyclorama.read_image(sample_photo).size
    alpha = read_mask(mask, size)
    assert alpha[200, 200] == 1
    assert Box.of_mask(alpha > 0) == Box(*told["box"])
    stroke = np.zeros((10, 10), np.float32) + 1
    write_matte(cyclorama.Matte(stroke), Box(430, 20, 440, 30), size, tmp_path / "keep.png")
    new = tmp_path / "new.png"
    arguments = ["refine", str(sample_photo), "--matte", str(mask), "--keep", str(tmp_path / "keep.png")]
    assert main([*arguments, "-o", str(new), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"][0] > 300
    assert read_mask(new, size)[25, 435] == 1
    out = tmp_path / "layers.ora"
    arguments = ["split", str(sample_photo), "--box", "0,0,404,300", "--only", "-o", str(out), "--json"]
    assert main(arguments) == 0
    assert len(json.loads(capsys.readouterr().out)["layers"]) == 1
    assert main(["split", str(sample_photo), "--merge", "tree, bush", "-o", str(out)]) == 3
    assert main(["split", str(sample_photo), "--only", "-o", str(out)]) == 3
    assert "Nothing was pointed at" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["select", str(sample_photo), "--box", "9,9,3,3"])
    assert caught.value.code == 2
    assert "is not a box" in capsys.readouterr().err
