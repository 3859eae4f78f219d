"""Transparency masks made off the document, on every Krita.

From Krita 5.2 on ``Document.createTransparencyMask`` makes one. In 5.1 ``createNode`` gives a mask without a selection
inside, which crashes Krita when it is saved; but the copy of a mask that was loaded from a file is sound. So there a
picture of 8 x 8 pixels with one mask is written, opened without a window, and its mask is copied.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

from krita import Document, Krita, Node

__all__ = ["new_mask"]

_DTD = "<!DOCTYPE DOC PUBLIC '-//KDE//DTD krita 2.0//EN' 'http://www.calligra.org/DTD/krita-2.0.dtd'>"
_MAIN = f"""<?xml version="1.0" encoding="UTF-8"?>
{_DTD}
<DOC xmlns="http://www.calligra.org/DTD/krita" editor="Krita" syntaxVersion="2.0" kritaVersion="5.1.0">
 <IMAGE name="pattern" mime="application/x-kra" width="8" height="8" colorspacename="RGBA"
  profile="sRGB-elle-V2-srgbtrc.icc" x-res="100" y-res="100" description="">
  <layers>
   <layer name="layer" nodetype="paintlayer" filename="layer1" uuid="{{6cf1f7b2-2f0d-4c9a-9b0e-5f4a3c1d0e01}}"
    visible="1" locked="0" opacity="255" compositeop="normal" colorspacename="RGBA" channelflags="" x="0" y="0">
    <masks>
     <mask name="mask" nodetype="transparencymask" filename="mask2" uuid="{{6cf1f7b2-2f0d-4c9a-9b0e-5f4a3c1d0e02}}"
      visible="1" locked="0" x="0" y="0"/>
    </masks>
   </layer>
  </layers>
 </IMAGE>
</DOC>"""
_INFO = '<?xml version="1.0"?><document-info xmlns="http://www.calligra.org/DTD/document-info"/>'


def new_mask(document: Document, name: str) -> Node:
    """Make an empty transparency mask for a layer that is not yet in the document.

    Parameters
    ----------
    document : Document
        Where the layer will go.
    name : str
        For people.
    """
    if hasattr(document, "createTransparencyMask"):
        return document.createTransparencyMask(name)
    mask = _copied_mask()
    mask.setName(name)
    return mask


def _copied_mask() -> Node:
    descriptor, path = tempfile.mkstemp(suffix=".kra", prefix="cyclorama-")
    os.close(descriptor)
    try:
        _write_pattern(Path(path))
        pattern = Krita.instance().openDocument(path)
        mask = pattern.topLevelNodes()[0].childNodes()[0].duplicate()
        pattern.close()
    finally:
        os.unlink(path)
    return mask


def _write_pattern(path: Path) -> None:
    def tiles(pixel_bytes: int) -> bytes:
        return b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE %d\nDATA 0\n" % pixel_bytes

    with zipfile.ZipFile(str(path), "w") as file:
        file.writestr("mimetype", "application/x-krita")
        file.writestr("maindoc.xml", _MAIN)
        file.writestr("documentinfo.xml", _INFO)
        for name, pixel_bytes in (("layer1", 4), ("mask2.pixelselection", 1)):
            file.writestr(f"pattern/layers/{name}", tiles(pixel_bytes))
            file.writestr(f"pattern/layers/{name}.defaultpixel", bytes(pixel_bytes))
