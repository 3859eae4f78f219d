"""Opening and exporting files: paths instead of two names, and options by name."""

from __future__ import annotations

import os
from typing import Any, Callable

from pythonfu.backend import GimpError
from pythonfu.gimp3 import values
from pythonfu.gimp3.adapt_images import Adapter
from pythonfu.gimp3.binding import Gimp
from pythonfu.gimp3.native import NONINTERACTIVE, SUCCESS, Native

#: Formats of which 2.10 wrote the one drawable that it was given, not the image.
ONE_DRAWABLE = frozenset(
    "png jpeg bmp tga pcx pnm ppm pgm pbm pfm tiff bigtiff sgi sunras jpegxl exr fits pix xbm xpm xwd dds".split()
)
#: Endings to formats, where they differ.
ENDINGS = {
    "jpg": "jpeg",
    "jpe": "jpeg",
    "tif": "tiff",
    "targa": "tga",
    "rgb": "sgi",
    "ras": "sunras",
    "jxl": "jpegxl",
}
Options = Callable[..., "dict[str, Any]"]


def _png(
    interlace: int, compression: int, bkgd: int, _: int, offs: int, phys: int, time: int, *rest: int
) -> Any:
    found = {"interlaced": interlace, "compression": compression, "bkgd": bkgd, "offs": offs, "phys": phys,
             "time": time}  # fmt: skip
    if rest:
        found.update({"include-comment": rest[0], "save-transparent": rest[1]})
    return found


def _jpeg(quality: float, smoothing: float, optimize: int, progressive: int, comment: str, subsampling: int,
          baseline: int, restart: int, dct: int) -> Any:  # fmt: skip
    return {
        "quality": min(max(quality, 0.01), 1.0) if quality <= 1 else min(quality / 100, 1.0),
        "smoothing": smoothing,
        "optimize": optimize,
        "progressive": progressive,
        "sub-sampling": ("sub-sampling-2x2", "sub-sampling-2x1", "sub-sampling-1x1", "sub-sampling-1x2")[
            min(max(subsampling, 0), 3)
        ],
        "baseline": baseline,
        "restart": restart,
        "dct": ("fixed", "integer", "float")[min(max(dct, 0), 2)],
    }


def _gif(interlace: int, loop: int, delay: int, dispose: int, *rest: int) -> dict[str, Any]:
    found = {"interlace": interlace, "loop": loop, "default-delay": delay, "default-dispose": dispose}
    found.update(zip(("as-animation", "force-delay", "force-dispose"), rest))
    return found


def _webp(preset: int, lossless: int, quality: float, alpha_quality: float, animation: int, loop: int, minimize: int,
          distance: int, *_: int) -> dict[str, Any]:  # fmt: skip
    return {"preset": preset, "lossless": lossless, "quality": quality, "alpha-quality": alpha_quality,
            "animation": animation, "animation-loop": loop, "minimize-size": minimize,
            "keyframe-distance": distance}  # fmt: skip


def _nothing(*_: Any) -> dict[str, Any]:
    return {}


#: Options of a 2.10 save procedure, after the two names, as GIMP 3's export options.
OPTIONS: dict[str, Options] = {
    "file-png-save": _png,
    "file-png-save2": _png,
    "file-jpeg-save": _jpeg,
    "file-gif-save": _gif,
    "file-gif-save2": _gif,
    "file-webp-save": _webp,
    "file-webp-save2": _webp,
    "file-tga-save": lambda rle, origin: {"rle": rle, "origin": origin},
    "file-tiff-save": lambda compression: {"compression": compression},
    "file-tiff-save2": lambda compression, keep: {"compression": compression, "save-transparent-pixels": keep},
    "file-bmp-save2": lambda rle, space, kind: {"use-rle": rle, "write-color-space": space, "rgb-format": kind},
    "file-pbm-save": lambda raw: {"raw": 1 - raw},
    "file-pgm-save": lambda raw: {"raw": 1 - raw},
    "file-ppm-save": lambda raw: {"raw": 1 - raw},
    "file-pnm-save": lambda raw: {"raw": 1 - raw},
    "file-gbr-save": lambda spacing, description: {"spacing": spacing, "description": description},
    "file-pat-save": lambda description: {"description": description},
    "file-pdf-save": lambda vectors, hidden, masks: {
        "vectorize": vectors, "ignore-hidden": hidden, "apply-masks": masks,
    },
}  # fmt: skip
EXPORTS = (
    "aa bigtiff bmp bmp:2 bz2 cel csource dds dds:2 dicom eps exr fits fli gbr gif gif:2 gih gz header heif heif-av1 "
    "ico jpeg jpegxl pat pbm pcx pdf pdf:2 pfm pgm pix png png:2 png:-defaults pnm ppm ps psd raw raw:2 sgi sunras "
    "tga tiff tiff:2 webp webp:2 xbm xmc xpm xwd xz"
).split()


def alone(image: int, drawable: int) -> Any:
    """Return an image that holds a copy of one drawable and nothing else."""
    source, item = values.image_of(image), values.item_of(drawable)
    made = Gimp.Image.new_with_precision(
        item.get_width(), item.get_height(), source.get_base_type(), source.get_precision()
    )
    made.undo_disable()
    if source.get_base_type() == Gimp.ImageBaseType.INDEXED:
        made.set_palette(source.get_palette())
    _, across, down = source.get_resolution()
    made.set_resolution(across, down)
    if source.get_color_profile() is not None:
        made.set_color_profile(source.get_color_profile())
    layer = Gimp.Layer.new_from_drawable(item, made)
    made.insert_layer(layer, None, 0)
    layer.set_offsets(0, 0)
    layer.set_visible(True)
    layer.set_opacity(100.0)
    return made


def _export(procedure: str, image: Any, path: str, options: dict[str, Any]) -> None:
    found = Gimp.get_pdb().lookup_procedure(procedure)
    if found is None:
        raise GimpError(f"GIMP has no procedure {procedure}")
    config = found.create_config()
    config.set_property("run-mode", Gimp.RunMode(NONINTERACTIVE))
    config.set_property("image", image)
    config.set_property("file", values.file_of(os.path.abspath(path) if "://" not in path else path))
    for name, value in options.items():
        spec = found.find_argument(name)
        if spec is not None:
            values.put(config, spec, value)
    results = found.run(config)
    if int(results.index(0)) != SUCCESS:
        text = results.index(1) if results.length() > 1 else Gimp.get_pdb().get_last_error()
        raise GimpError(str(text or f"{path} could not be written"))


def _save(
    procedure: str, format_name: str, image: int, drawable: int, path: str, options: dict[str, Any]
) -> None:
    single = alone(image, drawable) if format_name in ONE_DRAWABLE and drawable >= 0 else None
    try:
        _export(procedure, single or values.image_of(image), path, options)
    finally:
        if single is not None:
            single.delete()


def _saver(old: str, format_name: str) -> Adapter:
    procedure = f"file-{'tiff' if format_name == 'bigtiff' else format_name}-export"

    def run(n: Native, image: int, drawable: int, path: str, raw: str = "", *rest: Any) -> None:
        _save(procedure, format_name, image, drawable, path or raw, OPTIONS.get(old, _nothing)(*rest))

    return run


def _file_save(n: Native, image: int, drawable: int, path: str, raw: str = "") -> None:
    ending = os.path.splitext(path or raw)[1].lower().lstrip(".")
    _save("gimp-file-save", ENDINGS.get(ending, ending), image, drawable, path or raw, {})


def load(name: str) -> Adapter:
    """Return what opens a file: the first name counts, options take GIMP 3's defaults."""

    def run(n: Native, path: str, *_: Any) -> Any:
        full = path if "://" in path else os.path.abspath(path)
        if "://" not in full and not os.path.exists(full):
            raise GimpError(f"there is no file {full}")
        return n(name, full)[:1]

    return run


def _thumb(name: str) -> Adapter:
    return lambda n, path, size: n(name, path, size)[:3]


ADAPTERS: dict[str, Adapter] = {
    "gimp-file-save": _file_save,
    "gimp-xcf-save": lambda n, image, drawable, path, raw: _export(
        "gimp-xcf-save", values.image_of(image), path or raw, {}
    ),
    "file-png-get-defaults": lambda n: [0, 9, 1, 0, 0, 1, 1, 1, 1],
    "file-png-set-defaults": lambda n, *_: [],
    "file-ps-load-setargs": lambda n, *_: [],
    "file-print-gtk": lambda n, image: n("file-print-gtk", image, []),
    "file-save-rgbe": lambda n, image, drawable, path, raw: _save(
        "file-rgbe-export", "rgbe", image, drawable, path, {}
    ),
}
for _format in EXPORTS:
    _base, _, _more = _format.partition(":")
    ADAPTERS[f"file-{_base}-save{_more}"] = _saver(f"file-{_base}-save{_more}", _base)
for _kind in ("gif", "ico", "jpeg", "psd", "wmf"):
    ADAPTERS[f"file-{_kind}-load-thumb"] = _thumb(f"file-{_kind}-load-thumb")
