"""Progress, the database itself, units, old paths by name: what left GIMP 3's database."""

from __future__ import annotations

import re
from typing import Any

from pythonfu import registry
from pythonfu.gimp3 import values
from pythonfu.gimp3.adapt_edit import _to_selection
from pythonfu.gimp3.adapt_images import Adapter, first
from pythonfu.gimp3.binding import Gimp
from pythonfu.gimp3.native import Native
from pythonfu.kinds import NUMBERS


def _info(n: Native, name: str) -> list[Any]:
    found = n.find(name)
    if found is None:
        return ["", "", "", "", "", 0, 0, 0]
    texts = (
        found.get_blurb(),
        found.get_help(),
        found.get_authors(),
        found.get_copyright(),
        found.get_date(),
    )
    counts = (int(found.get_proc_type()), len(found.get_arguments()), len(found.get_return_values()))
    return [*(text or "" for text in texts), *counts]


def _parameter(specs: Any, k: int) -> list[Any]:
    spec = list(specs)[k]
    return [NUMBERS.get(values.letter(spec).replace("W", "I"), 0), spec.name, spec.blurb or spec.nick]


def _query(n: Native, *patterns: str) -> list[Any]:
    from pythonfu.gimp3.translation import ADAPTERS as ANSWERED

    found = set(Gimp.get_pdb().query_procedures(*((*patterns, ".*", ".*"))[:8]))
    if all(pattern in ("", ".*") for pattern in patterns[1:]):
        found.update(name for name in ANSWERED if re.search(patterns[0], name))
    return [len(found), sorted(found)]


def _unit(method: str, *, flag: bool = False) -> Adapter:
    def get(n: Native, number: int) -> list[Any]:
        value = getattr(Gimp.Unit.get_by_id(number), method)()
        return [int(value) if flag else value]

    return get


def _path(n: Native, image: int, name: str) -> int:
    return int(n("gimp-image-get-path-by-name", image, name)[0])


def _path_points(n: Native, image: int, name: str) -> list[Any]:
    """Return the points as 2.2 did: x, y, and 1 for an anchor or 2 for a handle."""
    path = _path(n, image, name)
    strokes = n("gimp-path-get-strokes", path)[0]
    if not strokes:
        return [1, 0, 0, []]
    _, points, closed = n("gimp-path-stroke-get-points", path, strokes[0])
    pairs = [(*points[k : k + 2], 1.0 if k % 6 == 2 else 2.0) for k in range(0, len(points), 2)]
    # The list begins with an anchor: the handle before it is the last of a closed path, and no part of an open one.
    pairs = pairs[1:] + pairs[:1] if closed else pairs[1:]
    flat = [value for pair in pairs for value in pair]
    return [1, closed, len(flat), flat]


def _set_path_points(n: Native, image: int, name: str, kind: int, count: int, points: list[float]) -> None:
    pairs = [points[k : k + 2] for k in range(0, count - 2, 3)]
    closed = len(pairs) % 3 == 0
    # An open one may end with its last anchor, or with the handle after it.
    end = [] if len(pairs) % 3 == 2 else pairs[-1:]
    ordered = pairs[-1:] + pairs[:-1] if closed else pairs[:1] + pairs + end
    path = n("gimp-path-new", image, name)[0]
    n("gimp-path-stroke-new-from-points", path, 0, [value for pair in ordered for value in pair], int(closed))
    n("gimp-image-insert-path", image, path, -1, 0)


def _point_at(n: Native, image: int, distance: float) -> list[Any]:
    path = first(n("gimp-image-get-selected-paths", image)[0])[0]
    stroke = n("gimp-path-get-strokes", path)[0][0]
    x, y, slope, _ = n("gimp-path-stroke-get-point-at-dist", path, stroke, distance, 0.5)
    return [int(x), int(y), slope]


def _names(n: Native, items: list[int]) -> list[str]:
    return [n("gimp-item-get-name", item)[0] for item in items]


def _current(n: Native, image: int) -> list[Any]:
    return _names(n, n("gimp-image-get-selected-paths", image)[0])[:1] or [""]


def _path_to_selection(
    n: Native, image: int, name: str, op: int, antialias: int, feather: int, rx: float, ry: float
) -> Any:
    return _to_selection(n, _path(n, image, name), op, antialias, feather, rx, ry)


def _stroke_current(n: Native, image: int) -> Any:
    drawable = first(n("gimp-image-get-selected-drawables", image)[0])[0]
    return n(
        "gimp-drawable-edit-stroke-item", drawable, first(n("gimp-image-get-selected-paths", image)[0])[0]
    )


def _done(_: Any) -> list[Any]:
    """Return no results, whatever GIMP's function gave."""
    return []


def _nothing(n: Native, *_: Any) -> list[Any]:
    return []


ADAPTERS: dict[str, Adapter] = {
    "gimp-progress-init": lambda n, text, display: _done(Gimp.progress_init(text or "")),
    "gimp-progress-update": lambda n, part: _done(Gimp.progress_update(min(max(part, 0.0), 1.0))),
    "gimp-procedural-db-proc-exists": lambda n, name: [int(_exists(n, name))],
    "gimp-procedural-db-proc-info": _info,
    "gimp-procedural-db-proc-arg": lambda n, name, k: _parameter(n.find(name).get_arguments(), k),
    "gimp-procedural-db-proc-val": lambda n, name, k: _parameter(n.find(name).get_return_values(), k),
    "gimp-procedural-db-query": _query,
    "gimp-procedural-db-dump": lambda n, path: _done(Gimp.get_pdb().dump_to_file(values.file_of(path))),
    "gimp-procedural-db-temp-name": lambda n: [Gimp.PDB.temp_procedure_name(Gimp.get_pdb())],
    "gimp-plugin-set-pdb-error-handler": _nothing,
    "gimp-plugin-get-pdb-error-handler": lambda n: [0],
    "gimp-plugin-domain-register": _nothing,
    "gimp-plugin-help-register": _nothing,
    "gimp-plugin-icon-register": _nothing,
    "gimp-plugin-menu-branch-register": _nothing,
    "gimp-plugin-enable-precision": _nothing,
    "gimp-plugin-precision-enabled": lambda n: [0],
    "gimp-unit-get-abbreviation": _unit("get_abbreviation"),
    "gimp-unit-get-deletion-flag": _unit("get_deletion_flag", flag=True),
    "gimp-unit-get-digits": _unit("get_digits"),
    "gimp-unit-get-factor": _unit("get_factor"),
    "gimp-unit-get-identifier": _unit("get_name"),
    "gimp-unit-get-plural": _unit("get_name"),
    "gimp-unit-get-singular": _unit("get_name"),
    "gimp-unit-get-symbol": _unit("get_symbol"),
    "gimp-unit-get-number-of-built-in-units": lambda n: [5],
    "gimp-unit-get-number-of-units": lambda n: [5],
    "gimp-path-list": lambda n, image: [len(found := _names(n, n("gimp-image-get-paths", image)[0])), found],
    "gimp-path-get-current": _current,
    "gimp-path-set-current": lambda n, image, name: n(
        "gimp-image-set-selected-paths", image, [_path(n, image, name)]
    ),
    "gimp-path-delete": lambda n, image, name: n("gimp-image-remove-path", image, _path(n, image, name)),
    "gimp-path-get-points": _path_points,
    "gimp-path-set-points": _set_path_points,
    "gimp-path-get-point-at-dist": _point_at,
    "gimp-path-get-tattoo": lambda n, image, name: n("gimp-item-get-tattoo", _path(n, image, name)),
    "gimp-path-set-tattoo": lambda n, image, name, tattoo: n(
        "gimp-item-set-tattoo", _path(n, image, name), tattoo
    ),
    "gimp-path-get-locked": lambda n, image, name: [0],
    "gimp-path-set-locked": _nothing,
    "gimp-path-import": lambda n, *arguments: _done(n("gimp-image-import-paths-from-file", *arguments)),
    "gimp-path-to-selection": _path_to_selection,
    "gimp-path-stroke-current": _stroke_current,
}
for _name, _tell in registry.TOLD.items():
    ADAPTERS[_name] = lambda n, *facts, tell=_tell: tell(*facts)


def _exists(n: Native, name: str) -> bool:
    from pythonfu.gimp3.translation import known

    return known(n, name.replace("_", "-"))
