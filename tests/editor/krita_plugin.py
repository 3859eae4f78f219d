"""The Krita plug-in in a real Krita: what its tests share."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from krita_session import HERE, KritaSession, enable, install_driver

import cyclorama.installation
from cyclorama.installation.editors import Editor
from cyclorama.protocol.endpoint import read_endpoint

ROOT = HERE.parent.parent
PHOTOS = ROOT / "docs" / "gallery" / "originals"
#: What a person gave Find Objects.
SHORTCUT = "Ctrl+Alt+Shift+Y"
CAT, ASTRONAUT = PHOTOS / "chelsea.jpg", PHOTOS / "astronaut.jpg"
#: Sample type, largest value, and the place of red, green and blue for each of Krita's depths.
DEPTHS: dict[str, tuple[Any, float, slice]] = {
    "U8": (np.uint8, 255, slice(2, None, -1)),
    "U16": (np.uint16, 65535, slice(2, None, -1)),
    "F16": (np.float16, 1, slice(0, 3)),
    "F32": (np.float32, 1, slice(0, 3)),
}


def install(home: Path) -> None:
    """Put plug-in and test driver into a home folder."""
    install_driver(home)
    resources = home / ".local" / "share" / "krita"
    cyclorama.installation.install(Editor("krita", "", "native", resources, home / ".config" / "kritarc"))
    enable(home, "cyclorama_driver")


def install_with_shortcut(home: Path) -> None:
    """Install, for somebody who gave a command a shortcut."""
    install(home)
    # As Settings ▸ Configure Krita ▸ Keyboard Shortcuts writes it.
    shortcuts = home / ".config" / "kritashortcutsrc"
    shortcuts.write_text(f"[Shortcuts]\ncyclorama_find={SHORTCUT}\n")


@contextlib.contextmanager
def running(folder: Path, prepare: Callable[[Path], None] = install_with_shortcut) -> Iterator[KritaSession]:
    """Run a Krita with the plug-in; its worker runs the package of this checkout."""
    runtime = folder / "worker"
    python = folder / "python"
    # A Krita in a root of its own tells where the system outside lies: the worker runs there.
    python.write_text(
        f'#!/bin/sh\nexport PYTHONPATH="{ROOT / "src"}"\n'
        f'exec ${{CYCLORAMA_OUTSIDE:+chroot "$CYCLORAMA_OUTSIDE"}} "{sys.executable}" "$@"\n'
    )
    python.chmod(0o755)
    session = KritaSession(folder, prepare, CYCLORAMA_PYTHON=str(python), CYCLORAMA_RUNTIME=str(runtime))
    try:
        with session.running():
            yield session
    finally:
        kill_worker(folder)


def kill_worker(folder: Path) -> bool:
    """End the worker of a session at once, as a crash would; say whether there was one."""
    endpoint = read_endpoint(folder / "worker" / "worker.json")
    if endpoint is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(endpoint.pid, signal.SIGKILL)
    return True


def open_photo(krita: KritaSession, photo: Path, depth: str = "", profile: str = "") -> None:
    """Open a photo, converted if a depth is given, and wait until actions are for it."""
    photo = own_copy(krita, photo)
    if depth:
        assert krita.call("open_as", str(photo), depth, profile) == [depth, profile]
    else:
        krita.call("open_photo", str(photo))
    krita.until("is_active", photo.name)


def own_copy(krita: KritaSession, photo: Path) -> Path:
    """Return a photo in the session's folder: Krita saves beside the file by itself, and more so when it is killed."""
    return photo if krita.folder in photo.parents else Path(shutil.copy(photo, krita.folder))


def run_action(krita: KritaSession, action: str) -> None:
    """Trigger an action of the menu and wait until its job has ended well."""
    krita.until("enabled", action)
    krita.call("trigger", action)
    krita.until("idle")
    error = krita.call("error")
    assert error is None, error


def shown(krita: KritaSession, depth: str = "U8") -> np.ndarray:
    """Return what Krita shows, as float RGBA in the document's own encoding, (H, W, 4)."""
    path = krita.folder / "projection"
    size = krita.call("projection", str(path))
    return _pixels(path, size, depth)


def layer_pixels(
    krita: KritaSession, names: list[str], depth: str = "U8", *, last: bool = False
) -> tuple[dict[str, Any], np.ndarray]:
    """Return facts and RGBA pixels of a layer, or of a mask the coverage, over the whole canvas.

    Of layers with the same name it is the lowest, or the topmost if ``last``.
    """
    size = krita.call("projection", str(krita.folder / "unused"))
    path = krita.folder / "layer"
    facts = krita.call("node_pixels", names, str(path), last)
    if path.stat().st_size == size[0] * size[1]:
        return facts, np.fromfile(path, np.uint8).reshape(size) / 255
    return facts, _pixels(path, size, depth)


def _pixels(path: Path, size: list[int], depth: str) -> np.ndarray:
    dtype, full, colors = DEPTHS[depth]
    stored = np.fromfile(path, dtype).reshape(*size, 4).astype(np.float64) / full
    return np.concatenate(
        [stored[..., :3] if colors == slice(0, 3) else stored[..., 2::-1], stored[..., 3:]], -1
    )


def split_of(krita: KritaSession) -> dict[str, Any]:
    """Return the group that a split made, from the tree of layers."""
    return next(node for node in krita.call("tree") if node["name"].startswith("Split of"))
