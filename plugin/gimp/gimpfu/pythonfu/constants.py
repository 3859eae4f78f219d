"""The constants of ``gimpenums``: names as classic plug-ins write them, numbers as GIMP 2.10 counts."""

from __future__ import annotations

from pathlib import Path

#: What is no enumeration in GIMP, and the names of GIMP 2.6 and before that were dropped since.
OTHERS = {
    "TRUE": 1, "FALSE": 0,
    "PARASITE_PERSISTENT": 1, "PARASITE_UNDOABLE": 2, "PARASITE_ATTACH_PARENT": 0x80 << 8,
    "PARASITE_PARENT_PERSISTENT": 1 << 8, "PARASITE_PARENT_UNDOABLE": 2 << 8,
    "PARASITE_ATTACH_GRANDPARENT": 0x80 << 16, "PARASITE_GRANDPARENT_PERSISTENT": 1 << 16,
    "PARASITE_GRANDPARENT_UNDOABLE": 2 << 16,
    "UNIT_PIXEL": 0, "UNIT_INCH": 1, "UNIT_MM": 2, "UNIT_POINT": 3, "UNIT_PICA": 4, "UNIT_PERCENT": 65536,
    "MIN_IMAGE_SIZE": 1, "MAX_IMAGE_SIZE": 524288, "MIN_RESOLUTION": 0.005, "MAX_RESOLUTION": 1048576.0,
    "PIXEL_FETCHER_EDGE_NONE": 0, "PIXEL_FETCHER_EDGE_WRAP": 1, "PIXEL_FETCHER_EDGE_SMEAR": 2,
    "PIXEL_FETCHER_EDGE_BLACK": 3, "PIXEL_FETCHER_EDGE_BACKGROUND": 4,
    "EXPORT_CAN_HANDLE_RGB": 1, "EXPORT_CAN_HANDLE_GRAY": 2, "EXPORT_CAN_HANDLE_INDEXED": 4,
    "EXPORT_CAN_HANDLE_BITMAP": 8, "EXPORT_CAN_HANDLE_ALPHA": 16, "EXPORT_CAN_HANDLE_LAYERS": 32,
    "EXPORT_CAN_HANDLE_LAYERS_AS_ANIMATION": 64, "EXPORT_CAN_HANDLE_LAYER_MASKS": 128, "EXPORT_NEEDS_ALPHA": 256,
    "EXPORT_CANCEL": 0, "EXPORT_IGNORE": 1, "EXPORT_EXPORT": 2,
    "NO_IMAGE_FILL": 4, "BG_IMAGE_FILL": 1, "FG_IMAGE_FILL": 0, "WHITE_IMAGE_FILL": 2, "TRANS_IMAGE_FILL": 3,
    "NO_FILL": 5, "ADD": 0, "SUB": 1, "REPLACE": 2, "INTERSECT": 3,
    "SELECTION_ADD": 0, "SELECTION_SUBTRACT": 1, "SELECTION_REPLACE": 2, "SELECTION_INTERSECT": 3,
    "LINEAR": 0, "BILINEAR": 1, "RADIAL": 2, "SQUARE": 3, "CONICAL_SYMMETRIC": 4, "CONICAL_ASYMMETRIC": 5,
    "SHAPEBURST_ANGULAR": 6, "SHAPEBURST_SPHERICAL": 7, "SHAPEBURST_DIMPLED": 8,
    "INTERPOLATION_LANCZOS": 3, "NORMAL": 0, "MULTIPLY": 3, "SCREEN": 4,
    "HISTOGRAM_RGB": 6,
}  # fmt: skip


def parse_constants(text: str) -> dict[str, dict[str, int]]:
    """Return numbers by name, by type: a line is ``Type: NAME=1 NAME=2``, an indented one goes on."""
    found: dict[str, dict[str, int]] = {}
    names: dict[str, int] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            kind, _, line = line.partition(":")
            names = found.setdefault(kind, {})
        for pair in line.split():
            name, _, number = pair.partition("=")
            names[name] = int(number)
    return found


def constants() -> dict[str, int | float]:
    """Return all names."""
    values: dict[str, int | float] = dict(OTHERS)
    for names in parse_constants((Path(__file__).parent / "constants.txt").read_text("utf-8")).values():
        values.update(names)
    return values
