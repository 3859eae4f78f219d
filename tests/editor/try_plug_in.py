"""Runs inside GIMP, in the corpus's driver: looks what each plug-in registered, and runs it with its defaults."""

import json
import os
import sys
import traceback

# ruff: noqa: F821 - the names of the driver: gimp, pdb and the constants
FOLDER = os.environ["CYCLORAMA_WORK"]

with open(os.path.join(FOLDER, "task.json")) as file:
    TASK = json.load(file)


def declared(place):
    """Return what a plug-in's calls of ``register`` said, by procedure."""
    import gimpfu
    from pythonfu import register as registering

    kept = gimpfu.main
    gimpfu.main = lambda: None
    sys.path.insert(0, os.path.dirname(place))
    before = dict(registering._registered)
    try:
        with open(place, "rb") as file:
            source = file.read()
        from pythonfu.old_meaning import with_old_meaning

        scope = {"__name__": "__main__", "__file__": place}
        with_old_meaning(source, place)(scope)
    finally:
        gimpfu.main = kept
    return {name: one for name, one in registering._registered.items() if name not in before}


def picture(types, layers):
    """Return an image of a kind that a procedure takes, with some layers; the lowest of several has a mask."""
    types = types or "RGB*"
    base = RGB if "RGB" in types or "*" == types else GRAY if "GRAY" in types else INDEXED
    image = gimp.Image(160, 120, GRAY if base == GRAY else RGB)
    for number, name in enumerate(("photo", "above", "more")[:layers]):
        layer = gimp.Layer(
            image, name, 160, 120, GRAYA_IMAGE if base == GRAY else RGBA_IMAGE, 100, NORMAL_MODE
        )
        image.add_layer(layer, 0)
        gimp.set_foreground(200, 90 + 60 * number, 40)
        if number == 0:
            layer.fill(FOREGROUND_FILL)
        else:
            layer.fill(TRANSPARENT_FILL)
        pdb.gimp_image_select_rectangle(image, CHANNEL_OP_REPLACE, 30, 20, 70, 60)
        gimp.set_foreground(60, 110, 190)
        pdb.gimp_edit_fill(layer, FOREGROUND_FILL)
        pdb.gimp_selection_none(image)
    if "A" not in types and "*" not in types:
        image.flatten()
    elif layers > 1:
        image.layers[-1].add_mask(image.layers[-1].create_mask(ADD_WHITE_MASK))
        image.active_layer = image.layers[-1]
    if base == INDEXED:
        pdb.gimp_image_convert_indexed(image, NO_DITHER, MAKE_PALETTE, 32, False, True, "")
    gimp.set_foreground(0, 0, 0)
    return image


def argument(field, image, path):
    """Return what a person who changes nothing would give."""
    kind = field.pf
    layer = image.active_layer
    if kind in (PF_IMAGE, PF_DRAWABLE, PF_LAYER, PF_ITEM):
        return image if kind == PF_IMAGE else layer
    if kind == PF_CHANNEL:
        return pdb.gimp_selection_save(image)
    if kind == PF_VECTORS:
        return drawn(image)
    if kind == PF_DISPLAY:
        return None
    given = field.default
    if kind in (PF_FILE, PF_FILENAME) or field.name in ("filename", "raw-filename"):
        return given or path
    if kind == PF_DIRNAME:
        return given if given and os.path.isdir(given) else FOLDER
    if kind in (PF_COLOR, PF_COLOUR):
        return given if given is not None else (0, 0, 0)
    if kind == PF_PALETTE:
        return given or "Default"
    if kind == PF_GRADIENT:
        return given or pdb.gimp_context_get_gradient()
    if kind in (PF_STRING, PF_VALUE, PF_TEXT):
        return "" if given is None else given
    return 0 if given is None else given


def drawn(image):
    """Return a path with one curve."""
    vectors = pdb.gimp_vectors_new(image, "path")
    pdb.gimp_image_insert_vectors(image, vectors, None, 0)
    points = [20, 20, 20, 20, 20, 20, 120, 90, 120, 90, 120, 90]
    pdb.gimp_vectors_stroke_new_from_points(vectors, 0, len(points), points, False)
    return vectors


def run(place, name, one):
    """Run a procedure on a picture of one layer, or else of two, or three; return what went wrong, or nothing.

    A person fits the picture to the plug-in, too: one wants a mask, the next one exactly two layers.
    """
    reasons = []
    for layers in (1, 2, 3):
        reasons.append(attempt(place, name, one, layers))
        if not reasons[-1]:
            return ""
    return reasons[0]


def attempt(place, name, one, layers):
    image = picture(one.installed.image_types, layers)
    path = os.path.join(FOLDER, "file.png")
    flat = pdb.gimp_image_duplicate(image)
    pdb.file_png_save(flat, flat.flatten(), path, path, 0, 9, 0, 0, 0, 0, 0)
    if "path" in os.path.basename(place):
        drawn(image)
    values = [argument(field, image, path) for field in one.installed.fields or ()]
    try:
        pdb[name](*values, run_mode=RUN_NONINTERACTIVE)
    except Exception:
        return traceback.format_exc()[-1500:]
    return ""


def by_itself(source):
    """Return what a plug-in offers that does without ``register``: named in its text, with its author."""
    found = []
    for name in pdb.query():
        if (name in source or name.replace("-", "_") in source) and not name.startswith("gimp-"):
            author = pdb[name].proc_author
            if author and author in source:
                found.append(name)
    return found


def look(place):
    """Return what became of one plug-in."""
    with open(place, encoding="utf-8") as file:
        source = file.read()
    if "gimpplugin" in source:
        return {"offered": by_itself(source), "ran": {}, "broken": "it does without register"}
    try:
        known = declared(place)
    except BaseException:
        return {"offered": [], "ran": {}, "broken": traceback.format_exc()[-1500:]}
    there = set(pdb.query())
    found = {"offered": sorted(name for name in known if name in there), "ran": {}, "broken": ""}
    for name in found["offered"]:
        # What opens files wants one of its own kind.
        if "-load" not in name:
            found["ran"][name] = run(place, name, known[name])
    return found


def main():
    found = {}
    for place in TASK["places"]:
        found[place] = None
        note(found)
        found[place] = look(place)
        note(found)


def note(found):
    """Write down what is known so far: a plug-in may take GIMP with it."""
    with open(os.path.join(FOLDER, "tried.json"), "w") as file:
        json.dump(found, file)


main()
