"""Runs inside GIMP 3: does what a test asks for, and writes down what GIMP then holds."""

import json
import os
import signal
import threading
import time
import traceback

from gi.repository import Babl, Gegl, Gimp, Gio

RUN = ""
PICTURES = {}
QUIET = Gimp.RunMode.NONINTERACTIVE


def run(folder):
    """Run the scenario that ``scenario.json`` in a folder names, and write ``found.json``."""
    global RUN
    RUN = folder
    Gegl.init(None)
    try:
        with open(os.path.join(folder, "scenario.json")) as file:
            wanted = json.load(file)
        found = SCENARIOS[wanted["name"]](**wanted["values"])
        found["pictures"] = PICTURES
    except BaseException:
        found = {"failure": traceback.format_exc()}
    partial = os.path.join(folder, "found.part")
    with open(partial, "w") as file:
        json.dump(found, file)
    os.replace(partial, os.path.join(folder, "found.json"))


# Tools


def load(path):
    image = Gimp.file_load(QUIET, Gio.File.new_for_path(path))
    image.undo_enable()
    return image


def save(image, name):
    path = os.path.join(RUN, name)
    assert Gimp.file_save(QUIET, image, Gio.File.new_for_path(path), None)
    return path


def call(name, image, drawables=None, mode=QUIET, **arguments):
    """Call a procedure and return its status, what it said, and its values."""
    procedure = Gimp.get_pdb().lookup_procedure(name)
    config = procedure.create_config()
    config.set_property("run-mode", mode)
    config.set_property("image", image)
    drawables = image.get_selected_drawables() if drawables is None else drawables
    config.set_core_object_array("drawables", drawables)
    for argument, value in arguments.items():
        config.set_property(argument.replace("_", "-"), value)
    answer = procedure.run(config)
    values = [answer.index(place) for place in range(1, answer.length())]
    status = answer.index(0).value_nick
    told = values[0] if status != "success" and values else ""
    plain = [value if isinstance(value, (int, float)) else None for value in values]
    return {"status": status, "message": told or "", "values": plain if status == "success" else []}


def must(answer):
    assert answer["status"] == "success", answer
    return answer


def tree(image):
    return [_layer(layer) for layer in image.get_layers()]


def _layer(layer):
    _, left, top = layer.get_offsets()
    mask = layer.get_mask()
    return {
        "name": layer.get_name(),
        "group": layer.is_group(),
        "visible": layer.get_visible(),
        "box": [left, top, left + layer.get_width(), top + layer.get_height()],
        "mode": layer.get_mode().value_nick,
        "composite_space": layer.get_composite_space().value_nick,
        "opacity": layer.get_opacity() / 100,
        "alpha": layer.has_alpha(),
        "format": Babl.get_name(layer.get_format()),
        "mask": mask is not None,
        "notes": {name: note(layer, name) for name in layer.get_parasite_list()},
        "children": [_layer(inner) for inner in layer.get_children()] if layer.is_group() else [],
    }


def note(item, name):
    return json.loads(bytes(item.get_parasite(name).get_data()).decode("utf-8"))


def layer_named(image, name):
    waiting = list(image.get_layers())
    while waiting:
        layer = waiting.pop(0)
        if layer.get_name() == name:
            return layer
        if layer.is_group():
            waiting[:0] = layer.get_children()
    raise AssertionError(f"no layer {name!r}")


def dump(name, drawable, kind="u8", model="R'G'B'"):
    """Write a drawable's pixels down, in its own space."""
    width, height = drawable.get_width(), drawable.get_height()
    wanted = f"{model} {kind}"
    space = Babl.format_get_space(drawable.get_format())
    if model.startswith("R") and Babl.space_is_rgb(space):
        wanted = Babl.get_name(Babl.format_with_space(wanted, space))
    whole = Gegl.Rectangle.new(0, 0, width, height)
    data = drawable.get_buffer().get(whole, 1.0, wanted, Gegl.AbyssPolicy.NONE)
    with open(os.path.join(RUN, name + ".raw"), "wb") as file:
        file.write(data)
    channels = {"R'G'B'": 3, "R'G'B'A": 4, "Y": 1, "A": 1}[model]
    PICTURES[name] = {"file": name + ".raw", "type": kind, "shape": [height, width, channels]}


def dump_projection(name, image, kind="u8"):
    """Write down what GIMP shows, with its alpha."""
    flat = Gimp.Layer.new_from_visible(image, image, "projection")
    dump(name, flat, kind, "R'G'B'A")


def dump_selection(name, image):
    dump(name, image.get_selection(), "u8", "Y")


# Scenarios


def split(
    photo, precision="", kind="u8", adobe=False, grey=False, select=(), place=(), holes=False, **arguments
):
    """Split a photograph, in many kinds of image."""
    image = load(photo)
    if precision:
        image.convert_precision(getattr(Gimp.Precision, precision))
    if adobe:
        image.convert_color_profile(
            Gimp.ColorProfile.new_rgb_adobe(), Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC, True
        )
    if grey:
        image.convert_grayscale()
    layer = image.get_layers()[0]
    if holes:
        _make_transparent(image, layer)
    if place:
        image.resize(*place)
    if select:
        image.select_ellipse(Gimp.ChannelOps.REPLACE, *select)
        Gimp.Selection.feather(image, 6)
    dump_projection("before", image, kind)
    dump_selection("selection before", image)
    answer = call("cyclorama-split", image, **arguments)
    if answer["status"] != "success":
        return {"answer": answer, "layers": tree(image)}
    dump_projection("after", image, kind)
    dump_selection("selection after", image)
    found = {"answer": answer, "layers": tree(image), "precision": image.get_precision().value_nick}
    dump("photo", layer, kind)
    dump("plate", layer_named(image, "Background (clean)"), kind)
    for child in image.get_layers()[0].get_children():
        if child.get_mask():
            dump(f"mask of {child.get_name()}", child.get_mask(), "u8", "Y")
    for format in ("xcf", "psd", "ora"):
        again = load(save(image, f"split.{format}"))
        dump_projection(format, again, kind)
        found[format] = tree(again)
        again.delete()
    return found


def _make_transparent(image, layer):
    """Fade the right of a layer out by alpha, and its lower half by a mask."""
    layer.add_alpha()
    width, height = layer.get_width(), layer.get_height()
    buffer = layer.get_buffer()
    whole = Gegl.Rectangle.new(0, 0, width, height)
    data = bytearray(buffer.get(whole, 1.0, "R'G'B'A u8", Gegl.AbyssPolicy.NONE))
    ramp = bytes(min(255, 2 * (width - 1 - x) * 255 // width) for x in range(width))
    data[3::4] = ramp * height
    buffer.set(whole, "R'G'B'A u8", bytes(data))
    buffer.flush()
    layer.update(0, 0, width, height)
    layer.add_mask(layer.create_mask(Gimp.AddMaskType.WHITE))
    mask = layer.get_mask()
    rows = b"".join(bytes([255 if y < height // 2 else 180]) * width for y in range(height))
    mask.get_buffer().set(whole, "Y u8", rows)
    mask.update(0, 0, width, height)


def life(photo):
    """New background, save, load, other shadows, another background: the whole life of a document."""
    image = load(photo)
    dump("photo", image.get_layers()[0])
    must(call("cyclorama-background", image, scene="table", candidates=2, seed=3))
    found = {"first": tree(image)}
    dump_projection("first", image)
    image = load(save(image, "life.xcf"))
    found["loaded"] = tree(image)
    dump_projection("loaded", image)
    left = must(
        call("cyclorama-shadows", image, read_light=False, azimuth=-60.0, elevation=25.0, softness=5.0)
    )
    found["left"], found["left answer"] = tree(image), left
    dump_shadows("left", image)
    must(call("cyclorama-shadows", image, read_light=False, azimuth=60.0, elevation=25.0, softness=5.0))
    found["right"] = tree(image)
    dump_shadows("right", image)
    found["light"] = must(call("cyclorama-light", image))["values"]
    moved = layer_named(image, found["first"][0]["children"][0]["name"])
    _, x, y = moved.get_offsets()
    moved.set_offsets(x + 40, y)
    moved.set_name("renamed by a person")
    must(
        call(
            "cyclorama-background",
            image,
            scene="studio",
            seed=1,
            edges="alpha",
            reflection=0.5,
            light_wrap=0.5,
        )
    )
    found["again"] = tree(image)
    dump_projection("again", image)
    return found


def dump_shadows(name, image):
    for layer in image.get_layers()[0].get_children():
        if layer.get_parasite("cyclorama-layer") and note(layer, "cyclorama-layer")["role"] == "shadow":
            dump(f"{name} shadow", layer)
            return


def last_values(photo):
    """Do it again as a person did it last time."""
    image = load(photo)
    answer = must(call("cyclorama-split", image, mode=Gimp.RunMode.WITH_LAST_VALS))
    return {"answer": answer, "layers": tree(image)}


def light(photo):
    """Read the light of a layer, set it, and see that a new background obeys what was set."""
    image = load(photo)
    read = must(call("cyclorama-light", image))
    must(call("cyclorama-light", image, read_light=False, azimuth=75.0, elevation=10.0, pitch=3.0))
    layer = image.get_layers()[0]
    noted = note(layer, "cyclorama-light")
    must(call("cyclorama-background", image, scene="wall", seed=2))
    return {"read": read["values"], "noted": noted, "layers": tree(image)}


def refine(photo):
    """Scribble on the lowest object: drop a spot of it, and see that nothing else changes."""
    image = load(photo)
    must(call("cyclorama-split", image))
    first = tree(image)
    dump_projection("before", image)
    name = first[0]["children"][-2]["name"]
    layer = layer_named(image, name)
    unmarked = call("cyclorama-refine", image, drawables=[layer])
    dump("mask before", layer.get_mask(), "u8", "Y")
    x, y = _sure_place(layer)
    strokes = Gimp.Layer.new(
        image,
        "Scribbles",
        image.get_width(),
        image.get_height(),
        Gimp.ImageType.RGBA_IMAGE,
        100.0,
        Gimp.LayerMode.NORMAL,
    )
    image.insert_layer(strokes, None, 0)
    _paint(strokes, (x - 8, y - 8, 16, 16), (220, 20, 20, 255))
    unsplit = call("cyclorama-refine", image, drawables=[strokes])
    answer = must(call("cyclorama-refine", image, drawables=[layer]))
    dump_projection("after", image)
    dump("mask after", layer_named(image, name).get_mask(), "u8", "Y")
    return {
        "first": first,
        "layers": tree(image),
        "answer": answer,
        "unmarked": unmarked,
        "unsplit": unsplit,
        "place": [x, y],
        "name": name,
    }


def _sure_place(layer):
    """Return a place of the canvas where an object surely is, 24 pixels from any other coverage of its mask."""
    width, height = layer.get_width(), layer.get_height()
    whole = Gegl.Rectangle.new(0, 0, width, height)
    mask = layer.get_mask().get_buffer().get(whole, 1.0, "Y u8", Gegl.AbyssPolicy.NONE)
    _, left, top = layer.get_offsets()
    reach = 12
    for y in range(reach, height - reach, 4):
        for x in range(reach, width - reach, 4):
            rows = (
                mask[(y + dy) * width + x - reach : (y + dy) * width + x + reach] for dy in (-reach, 0, reach)
            )
            if all(set(row) == {255} for row in rows):
                return left + x, top + y
    raise AssertionError("the object has no sure place")


def _paint(layer, box, color):
    left, top, width, height = box
    buffer = layer.get_buffer()
    buffer.set(Gegl.Rectangle.new(left, top, width, height), "R'G'B'A u8", bytes(color) * (width * height))
    buffer.flush()
    layer.update(left, top, width, height)


def objects(photo):
    """Select objects in every way."""
    image = load(photo)
    found = {}
    for number in (0, 1, 2):
        found[f"object {number}"] = must(call("cyclorama-select-objects", image, which=number))
        dump_selection(f"object {number}", image)
    Gimp.Selection.none(image)
    must(call("cyclorama-select-objects", image, which=1))
    must(call("cyclorama-select-objects", image, which=2, operation="add"))
    dump_selection("added", image)
    must(call("cyclorama-select-objects", image, which=2, operation="subtract"))
    dump_selection("subtracted", image)
    found["channels"] = [channel.get_name() for channel in image.get_channels()]
    found["missing"] = call("cyclorama-select-objects", image, which=60)
    return found


def bad_values(photo):
    """Everything that cannot be used gets a sentence, and leaves the image alone."""
    image = load(photo)
    layer = image.get_layers()[0]
    found = {
        "scene": call("cyclorama-background", image, scene="nowhere"),
        "absent": call("cyclorama-split", image, segmenter="rf-detr-seg-nano"),
        "unknown": call("cyclorama-background", image, inpainter="stable-difusion"),
        "other task": call("cyclorama-select-objects", image, segmenter="lama"),
        "unsplit": call("cyclorama-shadows", image),
        "none": call("cyclorama-split", image, drawables=[]),
    }
    other = layer.copy()
    image.insert_layer(other, None, 0)
    found["two"] = call("cyclorama-split", image, drawables=[layer, other])
    image.remove_layer(other)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 30, 30)
    channel = Gimp.Selection.save(image)
    Gimp.Selection.none(image)
    found["channel"] = call("cyclorama-split", image, drawables=[channel])
    image.remove_channel(channel)
    found["layers"] = tree(image)
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 64, False, True, "")
    found["palette"] = call("cyclorama-split", image, drawables=[layer])
    flat = Gimp.Image.new(200, 150, Gimp.ImageBaseType.RGB)
    grey = Gimp.Layer.new(flat, "flat", 200, 150, Gimp.ImageType.RGB_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    flat.insert_layer(grey, None, 0)
    found["flat"] = call("cyclorama-split", flat, drawables=[grey])
    found["flat layers"] = tree(flat)
    return found


def killed(photo, what, pid=0):
    """Call for a background, and kill the plug-in (as GIMP's Cancel does) or the worker in the middle."""
    image = load(photo)
    dump_projection("before", image)

    def strike():
        # Not from the main thread, which waits in GIMP; nothing of GIMP is touched here.
        victims = [pid] if what == "worker" else _wait_for_plug_in()
        time.sleep(2.5)
        for victim in victims:
            os.kill(victim, signal.SIGKILL)

    threading.Thread(target=strike, daemon=True).start()
    started = time.monotonic()
    answer = call("cyclorama-background", image, candidates=16, steps=100)
    dump_projection("after", image)
    return {
        "answer": answer,
        "layers": tree(image),
        "seconds": time.monotonic() - started,
        "undo": image.undo_is_enabled(),
    }


def _wait_for_plug_in():
    """Return the processes of our plug-in that answer a call, in this run's home."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = []
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    command = file.read()
                if entry.isdigit() and os.environ["HOME"].encode() in command and b"cyclorama.py" in command:
                    found.append(int(entry))
            except OSError:
                continue
        if found:
            return found
        time.sleep(0.02)
    return []


def dialog(photo, procedure, layers_first=False, on_object=False):
    """Call a procedure with its dialog; somebody outside clicks."""
    image = load(photo)
    if layers_first or on_object:
        must(call("cyclorama-split", image))
    if on_object:
        image.set_selected_layers([image.get_layers()[0].get_children()[0]])
    dump_projection("before", image)
    answer = call(procedure, image, mode=Gimp.RunMode.INTERACTIVE)
    dump_projection("after", image)
    dump_selection("selection", image)
    return {"answer": answer, "layers": tree(image)}


SCENARIOS = {
    function.__name__: function
    for function in (split, life, last_values, light, refine, objects, bad_values, killed, dialog)
}
