"""Mirrors, folders of files, and the cache of other programs."""

import os

import pytest

from cyclorama.catalog.install import expected_bytes, pull
from cyclorama.protocol.errors import DownloadError, ModelCorrupt


def test_a_mirror_is_asked_by_model_and_file_and_nothing_else_is(server, make_entry, monkeypatch):
    entry = make_entry(url="https://origin.example/model.onnx")
    monkeypatch.setenv("CYCLORAMA_MODELS_URL", server.address + "/mirror/")
    pull(entry)
    assert entry.path().read_bytes() == server.content
    assert {path for _, path, _ in server.asked} == {"/mirror/served/model.onnx"}


@pytest.mark.parametrize("place", ["served/model.onnx", "model.onnx", "published-name.onnx"])
@pytest.mark.parametrize("as_address", [True, False])
def test_a_folder_can_be_the_mirror(server, make_entry, tmp_path, monkeypatch, place, as_address):
    entry = make_entry(url=f"{server.address}/published-name.onnx")
    path = tmp_path / "files" / place
    path.parent.mkdir(parents=True)
    path.write_bytes(server.content)
    folder = tmp_path / "files"
    monkeypatch.setenv("CYCLORAMA_MODELS_URL", folder.as_uri() if as_address else str(folder))
    monkeypatch.setenv("CYCLORAMA_OFFLINE", "1")
    assert expected_bytes(entry) == len(server.content)
    pull(entry)
    assert entry.path().read_bytes() == server.content
    assert server.asked == []
    assert path.exists()


def test_a_folder_with_another_file_is_refused(server, entry, tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"something else")
    with pytest.raises(ModelCorrupt, match="was wanted; it is not used"):
        pull(entry, folder=tmp_path)
    assert not entry.path().exists()


def test_a_folder_that_lacks_the_file_is_said(server, entry, tmp_path, monkeypatch):
    with pytest.raises(DownloadError, match=r"has no model\.onnx"):
        pull(entry, folder=tmp_path)
    with pytest.raises(DownloadError, match="is not a folder"):
        pull(entry, folder=tmp_path / "nowhere")
    monkeypatch.setenv("CYCLORAMA_MODELS_URL", str(tmp_path))
    with pytest.raises(DownloadError, match=r"has no served/model\.onnx"):
        pull(entry)
    assert server.asked == []


def test_what_the_hugging_face_library_fetched_is_used(server, make_entry, tmp_path, monkeypatch):
    entry = make_entry(url="https://huggingface.co/some/repo/resolve/main/onnx/model.onnx")
    blob = tmp_path / "hub" / "models--some--repo" / "blobs" / server.sha256
    link = tmp_path / "hub" / "models--some--repo" / "snapshots" / "abc" / "onnx" / "model.onnx"
    for path in (blob, link):
        path.parent.mkdir(parents=True)
    blob.write_bytes(server.content)
    link.symlink_to(blob)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("CYCLORAMA_OFFLINE", "1")
    pull(entry)
    assert entry.path().read_bytes() == server.content
    if os.name == "posix":
        assert entry.path().stat().st_ino == blob.stat().st_ino


def test_another_version_in_that_cache_is_not(server, make_entry, tmp_path, monkeypatch):
    entry = make_entry(url="https://huggingface.co/some/repo/resolve/main/onnx/model.onnx")
    path = tmp_path / "hub" / "models--some--repo" / "snapshots" / "abc" / "onnx" / "model.onnx"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(len(server.content)))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("CYCLORAMA_OFFLINE", "1")
    with pytest.raises(DownloadError, match="forbids the network"):
        pull(entry)
