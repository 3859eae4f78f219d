"""Runs inside GIMP, in the corpus's driver: calls the other plug-ins, and writes down what they did."""

import ast
import json
import os
import traceback

# ruff: noqa: F821 - the names of the driver: gimp, pdb and the constants
FOLDER = os.environ["CYCLORAMA_WORK"]


def picture(alpha=True):
    """Return an image of 96 x 64: red, with a grey box from 20, 10 to 60, 50."""
    image = gimp.Image(96, 64, RGB)
    layer = gimp.Layer(image, "photo", 96, 64, RGBA_IMAGE if alpha else RGB_IMAGE, 100, NORMAL_MODE)
    image.add_layer(layer, 0)
    gimp.set_foreground(255, 0, 0)
    layer.fill(FOREGROUND_FILL)
    pdb.gimp_image_select_rectangle(image, CHANNEL_OP_REPLACE, 20, 10, 40, 40)
    gimp.set_foreground(100, 110, 120)
    pdb.gimp_edit_fill(layer, FOREGROUND_FILL)
    pdb.gimp_selection_none(image)
    return image, layer


def noted(image, name):
    return ast.literal_eval(str(image.parasite_find(name).data))


def pixel(layer, x, y):
    return list(layer.get_pixel(x, y)[:3])


def names(image):
    return [layer.name for layer in image.layers]


def fog():
    image, layer = picture()
    cloud = pdb.python_fu_corpus_fog(image, layer, "Mist", (240, 180, 70), 1.5, 60.0)
    mask = cloud.mask
    levels = list(mask.get_pixel_rgn(0, 0, mask.width, mask.height)[:, :])
    return [names(image), cloud.opacity, pixel(cloud, 3, 3), min(levels) < max(levels), 0 < sum(levels)]


def kinds():
    image, layer = picture()
    path = os.path.join(FOLDER, "driver.txt")
    pdb.python_fu_corpus_kinds(
        image, layer, 5, 6, 7, 1.5, "text", "1", (1, 2, 3), True, False, 3, 4, 0.5, "Sans", "", "", "", "", "b", 20, 1,
        "many\nlines", path, os.path.join(FOLDER, "new.txt"), FOLDER, image, layer, None, layer, None,
    )  # fmt: skip
    found = noted(image, "kinds")
    found[16:19] = [os.path.basename(found[16]), os.path.basename(found[17]), found[18] == FOLDER]
    found[6] = list(found[6][:3])
    return found


def card():
    image = pdb.python_fu_corpus_card("Hello", 40, 31, (10, 20, 30))
    return [image.width, image.height, names(image), pixel(image.layers[0], 1, 1)]


def fails():
    try:
        pdb.python_fu_corpus_fails("rain")
    except RuntimeError as error:
        return "not today: rain" in str(error) or "execution error" in str(error).lower()
    return False


def mirror():
    image, layer = picture()
    pdb.python_fu_corpus_mirror(image, layer)
    return [pixel(layer, 35, 20), pixel(layer, 36, 20), pixel(layer, 75, 20), pixel(layer, 76, 20)]


def swap():
    image, layer = picture()
    first = pdb.python_fu_corpus_swap(image, layer, 20)
    return [first, pixel(layer, 0, 0), pixel(layer, 30, 30), pixel(layer, 50, 30)]


def tiles():
    image, layer = picture()
    return [list(pdb.python_fu_corpus_tiles(image, layer)), pixel(layer, 0, 0)[:2], pixel(layer, 64, 0)[:2]]


def frame():
    image, layer = picture()
    number, length, points, name = pdb.python_fu_corpus_frame(image, layer, 8)
    return [number, round(length), points, name, pixel(layer, 40, 30), pixel(layer, 2, 2)]


def note():
    image, layer = picture()
    first = pdb.python_fu_corpus_note(image, layer, "hello")
    second = pdb.python_fu_corpus_note(image, layer, "again")
    return [list(first), second[1] - first[1], str(layer.parasite_find("corpus-note").data)]


def soften():
    image, layer = picture()
    pdb.python_fu_corpus_soften(image, layer, 6.0)
    soft, bump = image.layers[2], image.layers[1]
    blocks = pixel(image.layers[0], 1, 1) == pixel(image.layers[0], 6, 6)
    return [
        len(image.layers),
        pixel(soft, 20, 30),
        list(bump.get_pixel(40, 30)),
        blocks,
        image.active_layer.name,
    ]


def bite():
    image, layer = picture()
    found = list(pdb.python_fu_corpus_bite(image, layer, 20))
    return [found, layer.get_pixel(4, 4)[3], layer.get_pixel(14, 14)[3]]


def stamp():
    image, layer = picture()
    return [
        list(pdb.python_fu_corpus_stamp(image, layer, "Ag", 24, "Sans")),
        "stamp" in names(image),
        len(image.layers),
    ]


def dots():
    path = os.path.join(FOLDER, "drawn.dots")
    image, layer = picture()
    pdb.file_dots_save(image, layer, path, path, 150)
    with open(path) as file:
        lines = file.read().splitlines()
    back = pdb.gimp_file_load(path, path)
    return [lines[0], lines[1][:3], lines[31][18:22], back.width, back.base_type, list(back.layers[0].get_pixel(0, 0)),
            list(back.layers[0].get_pixel(30, 30))]  # fmt: skip


def border():
    image, layer = picture(alpha=False)
    found = list(pdb.python_fu_corpus_border(image, layer, 5, (0, 255, 0)))
    return [found, image.width, image.height, names(image), pixel(image.layers[-1], 0, 0)]


def adjust():
    image, layer = picture()
    pdb.python_fu_corpus_adjust(image, layer)
    samples, mean, count = noted(image, "adjust")
    return [[list(one) for one in samples], mean, count]


def mask():
    image, layer = picture()
    pdb.python_fu_corpus_mask(image, layer)
    facts, left, right, layers, channels = noted(image, "mask")
    return [[round(float(one), 3) for one in facts], list(left), list(right), layers, channels]


def export():
    folder = os.path.join(FOLDER, "exported")
    os.makedirs(folder, exist_ok=True)
    image, layer = picture()
    small = gimp.Layer(image, "Small One", 20, 10, RGBA_IMAGE, 100, NORMAL_MODE)
    small.fill(WHITE_FILL)
    image.add_layer(small, 0)
    return [list(pdb.python_fu_corpus_export(image, layer, folder, kind)) for kind in ("png", "jpg", "bmp")]


def ramp():
    image, layer = picture()
    pdb.python_fu_corpus_ramp(image, layer)
    return [list(one) if isinstance(one, tuple) else one for one in noted(image, "ramp")]


def classy():
    image, layer = picture()
    last = pdb.corpus_classy(image, layer, 3)
    return [names(image), last.name]


def stack():
    image, layer = picture()
    pdb.python_fu_corpus_stack(image, layer)
    return json.loads(json.dumps(noted(image, "stack")))


def window():
    image, layer = picture()
    return pdb.python_fu_corpus_window(image, layer, False)


def indexed():
    image, layer = picture()
    pdb.python_fu_corpus_indexed(image, layer, 16)
    return json.loads(json.dumps(noted(image, "indexed")))


def turn():
    image, layer = picture()
    pdb.python_fu_corpus_turn(image, layer)
    return json.loads(json.dumps(noted(image, "turn")))


def ruler():
    image, layer = picture()
    found = list(pdb.python_fu_corpus_ruler(image, layer, "little length", "Sans 18"))
    return [*found, pixel(layer, 16, 5), pixel(layer, 5, 5)]


CASES = (fog, kinds, card, fails, mirror, swap, tiles, frame, note, soften, bite, stamp, dots, border, adjust, mask,
         export, ramp, classy, stack, window, indexed, turn, ruler)  # fmt: skip


def attempt(case):
    try:
        return {"result": case()}
    except BaseException as error:
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}


registered = sorted(name for name in pdb.query(".*corpus.*|file-dots.*"))
found = {case.__name__: attempt(case) for case in CASES}
with open(os.path.join(FOLDER, "found.json"), "w") as file:
    json.dump({"registered": registered, "found": found}, file)
