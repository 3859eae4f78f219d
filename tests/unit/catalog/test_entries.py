import pytest

import cyclorama.catalog.entries as entries
import cyclorama.catalog.registry as registry
from cyclorama.catalog import builtin_model_path, builtin_models, models_folder
from cyclorama.protocol.errors import ModelCorrupt, ModelMissing


def test_every_built_in_model_is_what_the_catalogue_says():
    models = builtin_models()
    assert {entry.id for entry in models} == {"segmenter", "backdrop", "judge", "light", "solid"}
    for entry in models:
        assert entry.files
        entry.verify()
        assert entry.license == "Apache-2.0"
        assert all(file.name.endswith((".onnx", ".safetensors")) for file in entry.files)


def test_nothing_lies_in_a_models_folder_that_the_catalogue_does_not_know():
    for entry in builtin_models():
        folder = models_folder() / "builtin" / entry.id
        known = {file.name for file in entry.files} | {"card.md"}
        assert {path.name for path in folder.iterdir()} == known


def test_all_built_in_models_together_stay_small():
    assert sum(entry.bytes for entry in builtin_models()) < 60e6
    assert next(entry.bytes for entry in builtin_models() if entry.id == "segmenter") < 15e6


@pytest.fixture
def copy(tmp_path, monkeypatch):
    (tmp_path / "builtin" / "tiny").mkdir(parents=True)
    (tmp_path / "builtin" / "tiny" / "model.onnx").write_bytes(b"abc")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
    (tmp_path / "catalog.toml").write_text(
        '[[model]]\nid = "tiny"\ntask = "plate"\nadapter = "cyclorama.a:b"\nlicense = "MIT"\nsource = "s"\n'
        f'files = [{{ name = "model.onnx", bytes = 3, sha256 = "{digest}" }}]\n'
    )
    monkeypatch.setattr(entries, "models_folder", lambda: tmp_path)
    monkeypatch.setattr(registry, "models_folder", lambda: tmp_path)
    return tmp_path


def test_a_changed_file_is_named(copy):
    (entry,) = builtin_models()
    entry.verify()
    (copy / "builtin" / "tiny" / "model.onnx").write_bytes(b"abd")
    with pytest.raises(ModelCorrupt, match="SHA-256"):
        entry.verify()
    (copy / "builtin" / "tiny" / "model.onnx").unlink()
    with pytest.raises(ModelMissing, match="not there"):
        entry.verify()


@pytest.mark.parametrize("text", ["[[model]\n", '[[model]]\nid = "x"\n'])
def test_a_broken_catalogue_is_named(copy, text):
    (copy / "catalog.toml").write_text(text)
    with pytest.raises(ModelCorrupt, match="cannot be read"):
        builtin_models()


def test_an_unknown_model_is_named():
    with pytest.raises(ModelMissing, match="nonsense"):
        builtin_model_path("nonsense")
