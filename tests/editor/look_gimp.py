"""Runs inside GIMP 3: opens the files in CYCLORAMA_WORK, and writes down their layers and flat pixels."""

import json
import os

from gi.repository import Gegl, Gimp, Gio

FOLDER = os.environ["CYCLORAMA_WORK"]


def layers_of(items):
    for layer in items:
        _, left, top = layer.get_offsets()
        yield {
            "name": layer.get_name(),
            "group": layer.is_group(),
            "mode": layer.get_mode().value_nick,
            "opacity": layer.get_opacity() / 100,
            "visible": layer.get_visible(),
            "place": [left, top],
            "size": [layer.get_width(), layer.get_height()],
            "mask": bool(layer.get_mask()),
            "children": list(layers_of(layer.get_children())) if layer.is_group() else [],
        }


def look(name):
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(os.path.join(FOLDER, name)))
    flat = Gimp.Layer.new_from_visible(image, image, "flat")
    whole = Gegl.Rectangle.new(0, 0, image.get_width(), image.get_height())
    pixels = flat.get_buffer().get(whole, 1.0, "R'G'B' u16", Gegl.AbyssPolicy.NONE)
    with open(os.path.join(FOLDER, name + ".pixels"), "wb") as file:
        file.write(pixels)
    found = {
        "size": [image.get_width(), image.get_height()],
        "precision": image.get_precision().value_nick,
        "layers": list(layers_of(image.get_layers())),
    }
    image.delete()
    return found


Gegl.init(None)
with open(os.path.join(FOLDER, "files.json")) as file:
    NAMES = json.load(file)
FOUND = {name: look(name) for name in NAMES}
with open(os.path.join(FOLDER, "found.json"), "w") as file:
    json.dump(FOUND, file)
