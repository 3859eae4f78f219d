"""Writing Photoshop documents, through the records of psd-tools.

psd-tools' own way to add layers rounds colours through float and leaves out 16-bit masks, so its records are filled
here; they know the file format.

References
----------
.. [1] Adobe, "Photoshop File Formats Specification", November 2019: layer records, section divider setting,
   image resources 1039 (ICC profile).
"""

from __future__ import annotations

from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from psd_tools.constants import BlendMode, ChannelID, ColorMode, Compression, Resource, SectionDivider, Tag
from psd_tools.psd import PSD
from psd_tools.psd.header import FileHeader
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.image_resources import ImageResource, ImageResources
from psd_tools.psd.layer_and_mask import (
    ChannelData,
    ChannelDataList,
    ChannelImageData,
    ChannelInfo,
    GlobalLayerMaskInfo,
    LayerAndMaskInformation,
    LayerFlags,
    LayerInfo,
    LayerRecord,
    LayerRecords,
    MaskData,
)
from psd_tools.psd.tagged_blocks import TaggedBlocks

from cyclorama.core.compositing import composite
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.documents.ink import file_bits, image_rows
from cyclorama.documents.profiles import profile_to_write
from cyclorama.documents.stack import Folder, Sheet, sheets, stack_of
from cyclorama.protocol.errors import DocumentError
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["write_psd"]

_MAX_SIDE = {1: 30_000, 2: 300_000}
_Layer = tuple[LayerRecord, ChannelDataList]


def write_psd(
    document: LayeredDocument, file: BinaryIO, report: Report = silent, *, large: bool = False
) -> None:
    """Write a document for Photoshop.

    Objects have opaque colour and their matte as a layer mask, so that the edge can be painted on; shadows and
    reflections have transparency. The depth is 16 where the photograph has more than 8 bits. Photoshop blends the
    encoded values; of a document un-mixed in linear light, the stored flat picture is the exact one.

    Parameters
    ----------
    document : LayeredDocument
        What to write.
    file : binary file
        Open for writing; must seek.
    report : callable
        Takes the progress, and may raise ``Cancelled``.
    large : bool
        Write the large variant, PSB.

    Raises
    ------
    DocumentError
        If a side is over 30 000 pixels (300 000 in PSB).
    """
    version = 2 if large else 1
    height, width = document.size
    if max(height, width) > _MAX_SIDE[version]:
        raise DocumentError(
            f"The document has {width} x {height} pixels; "
            f"{'PSB' if large else 'PSD'} holds at most {_MAX_SIDE[version]} on a side.",
            "Save as .ora." if large else "Save as .psb or .ora.",
        )
    depth = file_bits(document.sample_format)
    stack = stack_of(document, depth)
    header = FileHeader(
        version=version, channels=3, height=height, width=width, depth=depth, color_mode=ColorMode.RGB
    )
    writer = _Writer(depth, version, report, sum(sheet.box.area for sheet in sheets(stack)) + height * width)
    layers = [layer for entry in stack for layer in writer.layers_of(entry)]
    merged = composite(document)
    writer.tell("merged image")
    planes = _planes(image_rows(merged, depth)(0, height), depth)
    image_data = ImageData(compression=Compression.RLE)
    image_data.set_data(planes, header)
    psd = PSD(
        header=header,
        image_resources=_resources(profile_to_write(document.icc_profile, depth)),
        layer_and_mask_information=_layer_section(layers, depth),
        image_data=image_data,
    )
    writer.tell("file")
    psd.write(file)
    report(Progress("write", 1.0, "Written"))


class _Writer:
    """Makes layer records, and counts the pixels done."""

    def __init__(self, depth: int, version: int, report: Report, area: int) -> None:
        self._depth, self._version = depth, version
        self._report, self._area, self._done = report, area, 0

    def tell(self, name: str) -> None:
        self._report(Progress("write", self._done / self._area, f"Writing {name}"))

    def layers_of(self, entry: Sheet | Folder) -> list[_Layer]:
        """Return the records of an entry of the stack, bottom to top."""
        if isinstance(entry, Sheet):
            return [self._layer(entry)]
        mode = BlendMode.MULTIPLY if entry.multiplies else BlendMode.PASS_THROUGH
        inside = [self._layer(sheet) for sheet in entry.sheets]
        return [_divider(), *inside, _folder(entry, mode)]

    def _layer(self, sheet: Sheet) -> _Layer:
        box = sheet.box
        self.tell(sheet.name)
        samples = sheet.rows(0, box.height)
        record = _record(sheet.name, box)
        record.blend_mode = BlendMode.MULTIPLY if sheet.multiplies else BlendMode.NORMAL
        record.opacity = round(sheet.opacity * 255)
        record.flags = LayerFlags(visible=sheet.visible)
        planes = dict(zip((0, 1, 2, -1), _planes(samples, self._depth), strict=False))
        if sheet.cut_out:
            planes[-2] = planes.pop(-1)
            record.mask_data = MaskData(
                top=box.top, left=box.left, bottom=box.bottom, right=box.right, background_color=0
            )
        if -1 not in planes:
            planes[-1] = b"\xff" * len(planes[0])
        channels = ChannelDataList()
        # Transparency comes first and the mask last, as Photoshop has them.
        for number in sorted(planes, key=lambda channel: (channel == -2, channel)):
            # Not ZIP with prediction, though smaller: Krita 5.1 garbles it for 16 bits.
            data = ChannelData(compression=Compression.RLE if self._depth == 8 else Compression.ZIP)
            data.set_data(planes[number], box.width, box.height, self._depth, self._version)
            channels.append(data)
            record.channel_info.append(ChannelInfo(id=ChannelID(number), length=len(data.data) + 2))
            self.tell(sheet.name)
        self._done += box.area
        return record, channels


def _planes(samples: NDArray[Any], depth: int) -> list[bytes]:
    wire = ">u2" if depth == 16 else "u1"
    return [np.ascontiguousarray(samples[..., index], wire).tobytes() for index in range(samples.shape[2])]


def _record(name: str, box: Box) -> LayerRecord:
    record = LayerRecord(top=box.top, left=box.left, bottom=box.bottom, right=box.right)
    record.name = name.encode("mac_roman", "replace").decode("mac_roman")[:255]
    record.tagged_blocks = TaggedBlocks()
    record.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, name[:255])
    return record


def _divider() -> _Layer:
    record = _record("</Layer group>", Box(0, 0, 0, 0))
    record.tagged_blocks.set_data(Tag.SECTION_DIVIDER_SETTING, kind=SectionDivider.BOUNDING_SECTION_DIVIDER)
    return record, _no_pixels(record)


def _folder(folder: Folder, mode: BlendMode) -> _Layer:
    record = _record(folder.name, Box(0, 0, 0, 0))
    record.flags = LayerFlags(visible=folder.visible)
    # A record knows no pass-through: the folder's own mode stands in the divider [1]_.
    record.blend_mode = mode
    record.tagged_blocks.set_data(
        Tag.SECTION_DIVIDER_SETTING, kind=SectionDivider.OPEN_FOLDER, signature=b"8BIM", blend_mode=mode
    )
    return record, _no_pixels(record)


def _no_pixels(record: LayerRecord) -> ChannelDataList:
    channels = ChannelDataList()
    for number in (-1, 0, 1, 2):
        channels.append(ChannelData(compression=Compression.RAW))
        record.channel_info.append(ChannelInfo(id=ChannelID(number), length=2))
    return channels


def _layer_section(layers: list[_Layer], depth: int) -> LayerAndMaskInformation:
    info: dict[str, Any] = {
        "layer_count": len(layers),
        "layer_records": LayerRecords(cast(Any, [record for record, _ in layers])),
        "channel_image_data": ChannelImageData(cast(Any, [channels for _, channels in layers])),
    }
    # GIMP misses what follows unless the (empty) global mask is there.
    blocks = TaggedBlocks()
    section = LayerAndMaskInformation(LayerInfo(), GlobalLayerMaskInfo(), blocks)
    if depth == 8:
        section.layer_info = LayerInfo(**info)
    else:
        # Photoshop keeps layers of 16 bits in a block of their own.
        blocks.set_data(Tag.LAYER_16, **info)
    return section


def _resources(icc_profile: bytes | None) -> ImageResources:
    resources: ImageResources = ImageResources.new()
    if icc_profile is not None:
        resources[Resource.ICC_PROFILE] = ImageResource(key=Resource.ICC_PROFILE, data=icc_profile)
    return resources
