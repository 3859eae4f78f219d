"""Writing: by suffix, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cyclorama.core.compositing import composite
from cyclorama.core.document import LayeredDocument
from cyclorama.documents.read import read_photo
from cyclorama.documents.write import SUFFIXES, require_writable, write_document
from cyclorama.protocol.errors import Cancelled, DocumentError, InputError
from cyclorama.protocol.progress import Progress
from sample_documents import scene_document


@pytest.fixture(scope="module")
def document() -> LayeredDocument:
    return scene_document()


@pytest.mark.parametrize("sample_format", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_flat_pictures_keep_the_precision(tmp_path: Path, sample_format: str, suffix: str) -> None:
    given = scene_document(sample_format=sample_format)
    path = tmp_path / f"a.{suffix}"
    write_document(given, path)
    photo = read_photo(path)
    stored = "uint16" if (sample_format, suffix) == ("float32", "png") else sample_format
    assert photo.sample_format == stored
    levels = 255 if stored == "uint8" else 65535
    difference = np.abs(photo.image.pixels - composite(given).pixels).max() * levels
    assert difference <= (0.05 if stored == "float32" else 0.51)


@pytest.mark.parametrize("suffix", ["png", "tif", "ora", "psd"])
def test_profiles_are_written_back(tmp_path: Path, suffix: str) -> None:
    profile = (b"\0" * 16 + b"RGB " + b"\0" * 16 + b"acsp").ljust(200, b"x")
    path = tmp_path / f"a.{suffix}"
    write_document(scene_document(icc_profile=profile), path)
    if suffix in ("png", "tif"):
        assert read_photo(path).icc_profile == profile
    elif suffix == "psd":
        assert profile in path.read_bytes()


def test_unknown_suffixes_are_refused(tmp_path: Path, document: LayeredDocument) -> None:
    with pytest.raises(InputError) as caught:
        write_document(document, tmp_path / "a.xcf")
    assert str(caught.value) == (
        f"{tmp_path / 'a.xcf'} ends in '.xcf'; one of .ora, .psd, .psb, .png, .tif, .tiff was wanted. "
        "Layers need .ora or .psd."
    )
    with pytest.raises(InputError, match="has no suffix"):
        write_document(document, tmp_path / "a")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_document_gives_the_same_bytes(
    tmp_path: Path, suffix: str, document: LayeredDocument
) -> None:
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        write_document(document, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_missing_folder(tmp_path: Path, document: LayeredDocument) -> None:
    path = tmp_path / "none" / "a.ora"
    for act in (lambda: write_document(document, path), lambda: require_writable(path)):
        with pytest.raises(DocumentError) as caught:
            act()
        assert str(caught.value) == (
            f"{path} cannot be written: its folder does not exist; nothing was changed. Make the folder first."
        )


def test_a_folder_in_the_way(tmp_path: Path, document: LayeredDocument) -> None:
    (tmp_path / "a.ora").mkdir()
    with pytest.raises(DocumentError, match="is a folder"):
        write_document(document, tmp_path / "a.ora")


def test_a_folder_that_may_not_be_written(unprivileged: Path, document: LayeredDocument) -> None:
    unprivileged.chmod(0o555)
    path = unprivileged / "a.ora"
    for act in (lambda: write_document(document, path), lambda: require_writable(path)):
        with pytest.raises(DocumentError, match="the folder may not be written; nothing was changed"):
            act()
    assert list(unprivileged.iterdir()) == []


def test_room_is_checked_without_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "a.ora"
    require_writable(path)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"old")
    require_writable(path)
    assert path.read_bytes() == b"old"
    with pytest.raises(InputError):
        require_writable(tmp_path / "a.doc")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("error", [Cancelled, KeyboardInterrupt, ValueError])
def test_stopping_leaves_nothing_and_touches_nothing(
    tmp_path: Path, suffix: str, error: type[BaseException], document: LayeredDocument
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"an older file")

    def stop(progress: Progress) -> None:
        raise error("stop")

    with pytest.raises(error):
        write_document(document, path, report=stop)
    assert path.read_bytes() == b"an older file"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_progress_rises_to_the_end(tmp_path: Path, suffix: str, document: LayeredDocument) -> None:
    told: list[Progress] = []
    write_document(document, tmp_path / f"a{suffix}", report=told.append)
    shares = [progress.fraction for progress in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert {progress.stage for progress in told} == {"write"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"an older file")
    script = f"""
import resource, signal, sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
from sample_documents import scene_document
from cyclorama.documents.write import write_document
from cyclorama.protocol.errors import DocumentError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
document = scene_document()
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    write_document(document, {str(path)!r})
except DocumentError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == (
        f"{path} cannot be written: the file would be larger than is allowed there; nothing was changed. "
        "Save on another disk.\n"
    )
    assert path.read_bytes() == b"an older file"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix permissions")
def test_permissions_and_links_are_kept(tmp_path: Path, document: LayeredDocument) -> None:
    kept, link = tmp_path / "kept.png", tmp_path / "link.png"
    kept.write_bytes(b"old")
    kept.chmod(0o640)
    link.symlink_to(kept)
    write_document(document, link)
    assert link.is_symlink()
    assert kept.stat().st_mode & 0o777 == 0o640
    assert read_photo(kept).image.size == document.size
    mask = os.umask(0)
    os.umask(mask)
    write_document(document, tmp_path / "new.png")
    assert (tmp_path / "new.png").stat().st_mode & 0o777 == 0o666 & ~mask
