"""A server with one model on it, and an empty folder of models."""

from __future__ import annotations

import numpy as np
import pytest
from model_server import ModelServer, serving

from cyclorama.catalog import registry
from cyclorama.catalog.entries import ModelEntry, ModelFile


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    for name in ("CYCLORAMA_MODELS_URL", "CYCLORAMA_OFFLINE", "HF_HOME", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CYCLORAMA_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def server():
    content = np.random.default_rng(5).integers(0, 256, 300_000, np.uint8).tobytes()
    with serving(ModelServer(content)) as model:
        yield model


@pytest.fixture
def make_entry(server, monkeypatch):
    """Make an entry of the served file and put it into the catalogue."""

    def make(**changes):
        fields = {
            "name": "model.onnx",
            "bytes": len(server.content),
            "sha256": server.sha256,
            "url": server.url,
        }
        entry = ModelEntry(
            id="served",
            task="plate",
            adapter="cyclorama.plate.lama:LamaFiller",
            license="MIT",
            source="a test",
            files=(ModelFile(**{**fields, **changes}),),
        )
        monkeypatch.setattr(registry, "shipped_models", lambda: (entry,))
        return registry.find_model("served")

    return make


@pytest.fixture
def entry(make_entry):
    return make_entry()
