"""The catalogue's promises: its table, its adapters, and the script that tries published weights."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tiny_networks
from cyclorama.catalog.registry import shipped_models
from cyclorama.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_in_the_docs_is_the_catalogue():
    subprocess.run([sys.executable, ROOT / "scripts" / "models-table", "--check"], check=True)


CHOSEN = [
    entry
    for entry in shipped_models()
    # Built-in networks besides these two are loaded by their stages, and cannot be chosen by name.
    if "diffusers" not in entry.adapter and (not entry.is_builtin or entry.id in ("segmenter", "backdrop"))
]


@pytest.mark.parametrize("entry", CHOSEN, ids=lambda e: e.id)
def test_every_adapter_can_be_imported_and_loaded_from_a_bundle(entry):
    module, _, kind = entry.adapter.partition(":")
    assert callable(getattr(importlib.import_module(module), kind).from_bundle)


def test_adapters_of_diffusers_can_be_imported_where_it_is():
    pytest.importorskip("diffusers")
    for entry in shipped_models():
        if "diffusers" in entry.adapter:
            module, _, kind = entry.adapter.partition(":")
            assert callable(getattr(importlib.import_module(module), kind).from_bundle)


def test_what_can_be_fetched_is_described():
    for entry in shipped_models():
        if entry.is_builtin:
            continue
        assert entry.input
        assert entry.summary
        assert entry.memory_mb > 0
        assert entry.source.startswith("https://")
        # Either it is published, or a person is told how to make it.
        assert all(file.url.startswith("https://") for file in entry.files) != bool(entry.make)
        assert all(file.bytes or file.about_bytes or not file.is_weights for file in entry.files)
        assert entry.commercial == "yes" or entry.terms


def test_verdicts_on_published_models_are_given(tmp_path, monkeypatch):
    """One that works, one that finds nothing, one that cannot be had."""
    monkeypatch.setenv("CYCLORAMA_MODELS", str(tmp_path / "models"))
    statistics = (tiny_networks.IMAGENET_MEAN, tiny_networks.IMAGENET_STD)
    tiny_networks.red_salience(tmp_path / "good.onnx", *statistics, side=256, logits=True)
    assert main(["models", "add", "good", str(tmp_path / "good.onnx"), "--like", "birefnet-lite"]) == 0
    tiny_networks.prototype_rf_detr(tmp_path / "blind.onnx", [(-3, -3, -3)])
    assert main(["models", "add", "blind", str(tmp_path / "blind.onnx"), "--like", "rf-detr-seg-nano"]) == 0
    command = [
        sys.executable,
        ROOT / "scripts" / "verify_published",
        "good",
        "blind",
        "lama",
        "--out",
        tmp_path / "seen",
    ]
    environment = {**os.environ, "CYCLORAMA_OFFLINE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "works" in lines["good"]
    assert "DOUBTFUL" in lines["blind"]
    assert "not run" in lines["lama"]
    assert "1 of 3 work, 1 do not, 1 could not be run" in done.stdout
    assert done.returncode == 1
    assert (tmp_path / "seen" / "good.png").exists()
