"""The plug-in as a ZIP for Krita's own importer: Tools > Scripts > Import Python Plugin from File."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

from cyclorama.installation.changes import Change, apply
from cyclorama.installation.editors import Editor
from cyclorama.installation.layout import KRITA_MODULE, plan

__all__ = ["write_krita_zip"]

# Fixed, so that the same plug-in gives the same file.
_TIME = (2020, 1, 1, 0, 0, 0)


def write_krita_zip(path: Path, python: str = sys.executable) -> int:
    """Write the file that the importer takes, and return how many files are in it.

    The importer looks for ``<module>.desktop`` beside the folder ``<module>``, and for actions in ``actions/``.

    Parameters
    ----------
    path : Path
        What to write.
    python : str
        The engine's Python, recorded in the plug-in: the ZIP is for this machine.

    Raises
    ------
    DocumentError
        If it cannot be written.
    """
    files = plan(Editor("krita", "", "native", Path()), python)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # The importer finds the module by the entry of its folder.
        archive.writestr(zipfile.ZipInfo(f"{KRITA_MODULE}/", _TIME), b"")
        for file in files:
            name = file.target.removeprefix("pykrita/")
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, file.data)
    assert f"{KRITA_MODULE}.desktop" in zipfile.ZipFile(out).namelist()
    apply([Change(path.expanduser().absolute(), out.getvalue())])
    return len(files)
