"""`cyclorama shadows`: a document's light is moved, and its shadows follow."""

import json
import math

import numpy as np
import pytest

from cyclorama.cli.main import main
from cyclorama.core.compositing import composite
from cyclorama.documents.openraster_reading import read_document
from cyclorama.documents.write import write_document
from sample_documents import scene_document


@pytest.fixture
def layers(tmp_path):
    path = tmp_path / "layers.ora"
    write_document(scene_document(), path)
    return path


def middle_of(document, kind):
    """Column in which the shadows of a kind lie, on average."""
    weights = np.zeros(document.size[1])
    for layer in document.shadows:
        if layer.kind == kind:
            weights[layer.box.left : layer.box.right] += (1 - layer.color.pixels.mean(2)).sum(0)
    return float(np.average(np.arange(len(weights)), weights=weights))


def test_shadows_fall_away_from_the_light(layers, tmp_path, capsys):
    columns = {}
    for azimuth in (-110, 110):
        out = tmp_path / f"{azimuth}.ora"
        light = ["--azimuth", str(azimuth), "--elevation", "35", "--horizon", "20"]
        assert main(["shadows", str(layers), "-o", str(out), "--json", *light]) == 0
        told = json.loads(capsys.readouterr().out)
        made = read_document(out)
        assert [entry["name"] for entry in told["shadows"]] == [layer.name for layer in made.shadows]
        assert math.degrees(made.lighting.azimuth_rad) == pytest.approx(azimuth, abs=0.1)
        assert made.perspective.horizon_px == pytest.approx(20, abs=0.1)
        assert made.perspective.roll_rad == pytest.approx(-0.03)
        columns[azimuth] = middle_of(made, "cast")
    assert columns[110] < columns[-110] - 5


def test_reflections_and_light_wraps_on_request_and_subjects_as_they_were(layers, tmp_path):
    before, out = read_document(layers), tmp_path / "new.ora"
    assert main(["shadows", str(layers), "-o", str(out), "--reflection", "0.8", "--light-wrap", "1"]) == 0
    made = read_document(out)
    assert {"reflection", "wrap"} <= {layer.kind for layer in made.shadows}
    for old, new in zip(before.layers, made.layers, strict=True):
        np.testing.assert_array_equal(old.color.samples, new.color.samples)
        np.testing.assert_array_equal(old.matte.samples, new.matte.samples)
    assert np.abs(composite(made).pixels - composite(before).pixels).max() > 0.05


@pytest.mark.parametrize("wrong", [["--reflection", "2"], ["--elevation", "100"], ["--softness", "200"]])
def test_what_cannot_be_is_said(layers, tmp_path, wrong, capsys):
    assert main(["shadows", str(layers), "-o", str(tmp_path / "no.ora"), *wrong]) == 3
    assert "wanted" in capsys.readouterr().err
    assert not (tmp_path / "no.ora").exists()


def test_a_document_without_a_new_background_is_refused(tmp_path, capsys):
    path = tmp_path / "plate.ora"
    write_document(scene_document(chosen=None), path)
    assert main(["shadows", str(path), "-o", str(tmp_path / "no.ora")]) == 3
    assert "cyclorama replace" in capsys.readouterr().err
