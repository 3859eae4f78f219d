"""Where a file may come from: a folder, a mirror, the Hugging Face cache on this machine, or its own address.

``CYCLORAMA_MODELS_URL`` names a mirror: an ``http(s)`` address or a folder that holds ``<model>/<file>``, or just the
files. With a mirror, nothing else is asked: a network that must be left alone is left alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import url2pathname

from cyclorama.catalog.entries import ModelEntry, ModelFile
from cyclorama.protocol.errors import DownloadError
from cyclorama.runtime.hashing import file_sha256

__all__ = ["folder_candidates", "huggingface_cached", "mirror", "remote_address"]

_HUGGINGFACE = re.compile(r"https://huggingface\.co/([\w.-]+)/([\w.-]+)/resolve/([\w.-]+)/(.+)")


def mirror() -> str:
    """Return the mirror that the person set, or nothing."""
    return os.environ.get("CYCLORAMA_MODELS_URL", "").strip().rstrip("/")


def mirror_folder() -> Path | None:
    """Return the mirror as a folder, if it is one."""
    address = mirror()
    parts = urlsplit(address)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    # One letter before a colon is a Windows drive.
    if address and len(parts.scheme) < 2:
        return Path(address).expanduser()
    return None


def folder_candidates(entry: ModelEntry, file: ModelFile, given: Path | None) -> list[Path]:
    """Return the paths at which the file may lie in the folder that the person gave, or in the mirror's.

    Raises
    ------
    DownloadError
        If that folder does not exist.
    """
    folder = given or mirror_folder()
    if folder is None:
        return []
    if not folder.is_dir():
        raise DownloadError(f"{folder} is not a folder; a folder of model files was wanted.")
    beside = [folder / file.name] + ([folder / Path(file.name).name] if len(entry.files) == 1 else [])
    published = Path(urlsplit(file.url).path).name
    by_address = [folder / published] if published and len(entry.files) == 1 else []
    return [path for path in (folder / entry.id / file.name, *beside, *by_address) if path.is_file()]


def huggingface_cached(file: ModelFile) -> Path | None:
    """Return the file in the cache of other programs on this machine, if the same bytes are there.

    Only a file whose hash is known is looked for: the cache may hold any version.
    """
    found = _HUGGINGFACE.fullmatch(file.url)
    if found is None or not file.sha256:
        return None
    for hub in _hubs():
        snapshots = hub / f"models--{found[1]}--{found[2]}" / "snapshots"
        for path in sorted(snapshots.glob("*/" + _literal(found[4]))) if snapshots.is_dir() else ():
            if file.bytes and path.stat().st_size != file.bytes:
                continue
            if file_sha256(path) == file.sha256:
                return path.resolve()
    return None


def remote_address(entry: ModelEntry, file: ModelFile) -> tuple[str, str]:
    """Return the address to fetch a file from, and the host of the mirror that the person named, if it is one.

    Raises
    ------
    DownloadError
        If there is none, or the mirror's address is of no kind that can be asked.
    """
    address = mirror()
    if entry.make and not file.url and not address:
        raise DownloadError(f"Nobody publishes {entry.id} in a form that is loaded.", entry.make)
    if address:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https"):
            raise DownloadError(
                f"The mirror {address} has no {entry.id}/{file.name}.", "Check CYCLORAMA_MODELS_URL."
            )
        return f"{address}/{quote(entry.id)}/{quote(file.name)}", parts.hostname or ""
    if not file.url:
        raise DownloadError(f"{entry.id}/{file.name} has no address to be fetched from.")
    return file.url, ""


def _hubs() -> Iterator[Path]:
    """Yield the folders in which the Hugging Face library keeps what it fetched, by its own settings."""
    if os.environ.get("HF_HUB_CACHE"):
        yield Path(os.environ["HF_HUB_CACHE"])
    elif os.environ.get("HF_HOME"):
        yield Path(os.environ["HF_HOME"]) / "hub"
    else:
        cache = os.environ.get("XDG_CACHE_HOME")
        yield (Path(cache) if cache else Path.home() / ".cache") / "huggingface" / "hub"


def _literal(name: str) -> str:
    return re.sub(r"([\[\]*?])", r"[\1]", name)
