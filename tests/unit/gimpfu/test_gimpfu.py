"""The pure parts of the bindings for classic Python-fu: no editor, no GIMP."""

from __future__ import annotations

import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BINDINGS = Path(__file__).resolve().parents[3] / "plugin" / "gimp" / "gimpfu"


@pytest.fixture(scope="module", autouse=True)
def bindings() -> Iterator[None]:
    sys.path.insert(0, str(BINDINGS))
    yield
    sys.path.remove(str(BINDINGS))
    for name in [one for one in sys.modules if one.split(".")[0] in ("pythonfu", "gimpcolor")]:
        del sys.modules[name]


def signatures() -> dict[str, Any]:
    from pythonfu.kinds import parse_signatures

    return parse_signatures((BINDINGS / "pythonfu" / "signatures.txt").read_text())


def test_signatures_name_what_plug_ins_call() -> None:
    found = signatures()
    assert len(found) > 1200
    assert found["gimp-layer-new"].takes == "miiisfi"
    assert found["plug-in-gauss"].has_run_mode
    assert found["plug-in-gauss"].given == "mwffi"


def test_counts_of_arrays_go_and_come_back() -> None:
    from pythonfu.kinds import with_counts, without_counts

    assert without_counts("wiF", [7, 4, [1.0, 2.0, 3.0, 4.0]]) == ("wF", [7, [1.0, 2.0, 3.0, 4.0]])
    assert with_counts("iI", [[5, 6]]) == [2, [5, 6]]
    assert with_counts("iiFi", [0, [1.0, 2.0], 1]) == [0, 2, [1.0, 2.0], 1]


@pytest.mark.parametrize(
    ("letter", "given", "wanted"),
    [
        ("i", 3.9, 3),
        ("i", True, 1),
        ("f", 2, 2.0),
        ("s", b"caf\xe9", "café"),
        ("B", "\x00\xff", b"\x00\xff"),
        ("B", [1, 256], b"\x01\x00"),
        ("w", None, -1),
        ("c", (255, 0, 0), (1.0, 0.0, 0.0, 1.0)),
        ("c", "#0000ff", (0.0, 0.0, 1.0, 1.0)),
        ("c", (0.5, 0.25, 0.0, 1.0), (0.5, 0.25, 0.0, 1.0)),
    ],
)
def test_values_of_python_2_pass(letter: str, given: Any, wanted: Any) -> None:
    from pythonfu.conversion import to_plain

    assert to_plain(letter, given) == wanted


def test_a_colour_reads_as_bytes_and_as_fractions() -> None:
    import gimpcolor

    color = gimpcolor.RGB(240, 180, 70)
    assert tuple(color) == (240, 180, 70, 255)
    assert color[0:3] == (240, 180, 70)
    assert color.r == pytest.approx(240 / 255)
    assert tuple(color.to_hsv().to_rgb()) == tuple(color)
    assert gimpcolor.rgb_parse_css("rgba(100%, 0%, 0%, 0.5)").floats() == (1.0, 0.0, 0.0, 0.5)


def test_constants_keep_their_old_numbers() -> None:
    from pythonfu.constants import constants

    found = constants()
    wanted = {"RGB": 0, "GRAY": 1, "RGBA_IMAGE": 1, "NORMAL_MODE": 0, "LAYER_MODE_NORMAL": 28, "FOREGROUND_FILL": 0,
              "WHITE_FILL": 2, "TRANSPARENT_FILL": 3, "CHANNEL_OP_REPLACE": 2, "CLIP_TO_IMAGE": 1, "PIXELS": 0,
              "ROTATE_270": 2, "PDB_VECTORS": 19, "TRUE": 1, "ADD_ALPHA_MASK": 2, "RUN_INTERACTIVE": 0}  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_renames_keep_the_shape_of_the_call() -> None:
    from pythonfu.gimp3.renames import NAMES, renamed

    assert renamed("gimp-vectors-stroke-get-length") == "gimp-path-stroke-get-length"
    assert renamed("gimp-image-raise-layer-to-top") == "gimp-image-raise-item-to-top"
    assert renamed("gimp-drawable-set-visible") == "gimp-item-set-visible"
    assert renamed("gimp-image-scale") == "gimp-image-scale"
    assert set(NAMES) <= set(signatures())


def test_what_is_gone_says_so() -> None:
    from pythonfu.gimp3.gone import GONE, sentence

    assert "gimp_brush_get_pixels" in sentence("gimp-brushes-get-brush-data", "3.0.4", True)
    assert "comes from another plug-in" in sentence("plug-in-resynthesizer", "3.0.4", False)
    assert all(text for text in GONE.values())


def test_register_in_both_forms() -> None:
    from pythonfu import register as r

    label, menu, old = r.split_menu("<Image>/Filters/Decor/_Fog...", None)
    assert (label, menu, old) == ("_Fog...", "<Image>/Filters/Decor", True)
    assert [field.name for field in r.implied_fields(menu)] == ["image", "drawable"]
    assert [field.name for field in r.implied_fields("<Save>")] == [
        "image",
        "drawable",
        "filename",
        "raw-filename",
    ]
    assert r.implied_fields("<Toolbox>/Xtns") == []
    assert r.split_menu("Fog", "<Image>/Filters") == ("Fog", "<Image>/Filters", False)


def test_types_of_parameters_in_the_database() -> None:
    from pythonfu import register as r

    fields = r.parse_fields(
        [(r.PF_SPINNER, "a", "A", 1, (0, 9, 1)), (r.PF_SPINNER, "b", "B", 1, (0, 9, 0.5)),
         (r.PF_RADIO, "c", "C", "x", (("X", "x"), ("Y", "y"))), (r.PF_RADIO, "d", "D", 1, (("X", 1), ("Y", 2))),
         (r.PF_OPTION, "e", "E", 1, ("One", "Two")), (r.PF_FONT, "f", "F", "Sans")]
    )  # fmt: skip
    assert [r.stored_kind(field) for field in fields] == [0, 3, 4, 0, 0, 4]
    assert r.choices(fields[4]) == [("One", 0), ("Two", 1)]


@pytest.mark.parametrize(
    "row",
    [
        (0, "name", "Label"),
        ("no type", "name", "Label", 1),
        (0, "na me", "Label", 1),
        (1013, "o", "O", 0, ()),
    ],
)
def test_a_wrong_parameter_is_refused(row: Any) -> None:
    from pythonfu import register as r

    with pytest.raises(r.RegisterError):
        r.parse_fields([row])


def test_bytes_behave_as_python_2_text() -> None:
    from pythonfu.parasite import PixelBytes
    from pythonfu.python2 import Array, tolerant_ord

    pixel = PixelBytes(b"\x01\x02")
    assert pixel + "\xff" == b"\x01\x02\xff"
    assert "\x00" + pixel == b"\x00\x01\x02"
    assert pixel == "\x01\x02"
    assert list(map(tolerant_ord, pixel)) == [1, 2]
    assert tolerant_ord("a") == 97
    assert Array("B", "ab").tostring() == b"ab"
    assert Array("B", array("B", [1])).tobytes() == b"\x01"


def run_old(source: str) -> dict[str, Any]:
    from pythonfu.old_meaning import with_old_meaning

    scope: dict[str, Any] = {}
    run = with_old_meaning(source.encode(), "plug-in.py")
    if run is None:
        exec(source, scope)
    else:
        run(scope)
    return scope


def test_division_is_what_it_was() -> None:
    assert run_old("a = 7 / 2\nb = 7 / 2.0\nc = 9\nc /= 2\n")["a"] == 3
    scope = run_old("b = 7 / 2.0\nc = 9\nc /= 2\n")
    assert (scope["b"], scope["c"]) == (3.5, 4)
    assert run_old("from __future__ import division\na = 7 / 2\n")["a"] == 3.5
    assert run_old("name = 'x'\ntext = f'{name}'\na = 7 / 2\n")["a"] == 3.5


def test_text_joins_bytes_where_pixels_are_packed() -> None:
    source = (
        "import struct\nline = ''\nline += struct.pack('B', 7) + chr(200)\nwhole = ''.join([b'a', 'b'])\n"
    )
    scope = run_old(source)
    assert (scope["line"], scope["whole"]) == (b"\x07\xc8", b"ab")


def test_sorting_with_a_comparison() -> None:
    assert run_old("a = [3, 1, 2]\na.sort(lambda x, y: y - x)\n")["a"] == [3, 2, 1]


def test_text_is_translated_with_letters_left_out() -> None:
    from pythonfu import python2

    source = "import string\na = 'banana'.translate(string.maketrans('b', 'B'), 'n')\n"
    python2.bring_back()
    assert run_old(source)["a"] == "Baaa"
    # A layer's own method of that name stays what it is.
    moved = "class Layer:\n    def translate(self, x, y):\n        return x, y\nb = Layer().translate(3, 4)\n"
    assert run_old(moved)["b"] == (3, 4)


def test_names_of_files_stay_text() -> None:
    source = (
        "import sys\ncodec = sys.getfilesystemencoding() or 'utf-8'\na = 'name.ora'.encode(codec) + '.part'\n"
    )
    assert run_old(source)["a"] == "name.ora.part"
    assert run_old("a = 'name'.encode('utf-8')\n")["a"] == b"name"


def test_a_font_keeps_the_size_that_the_plug_in_expects() -> None:
    from pythonfu import register as r
    from pythonfu.registry import Field

    sized = Field(r.PF_FONT, "font", "Font", "Sans 32")
    assert r._sized_font(sized, "Serif") == "Serif 32"
    assert r._sized_font(sized, "Serif 12") == "Serif 12"
    assert r._sized_font(Field(r.PF_FONT, "font", "Font", "Sans"), "Serif") == "Serif"
    assert r._sized_font(Field(r.PF_TEXT, "text", "Text", "Room 32"), "Hall") == "Hall"


def test_convert_prints_python_3(tmp_path: Path) -> None:
    if sys.version_info >= (3, 13):
        pytest.skip("lib2to3 is part of Python up to 3.12")
    plug_in = tmp_path / "old.py"
    plug_in.write_text("#!/usr/bin/env python\nprint 'a'\nx = {}\nif x.has_key(1):\n\tpass\n")
    command = [sys.executable, "-W", "ignore", str(BINDINGS / "convert.py"), str(plug_in)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "#!/usr/bin/env python3\nprint('a')\nx = {}\nif 1 in x:\n        pass\n"
    settings = tmp_path / "GIMP" / "3.0"
    subprocess.run([*command, "--into", str(settings)], check=True, capture_output=True)
    place = settings / "plug-ins" / "old" / "old.py"
    assert place.stat().st_mode & 0o100
    assert "PYTHONPATH=" in (settings / "environ" / "gimpfu.env").read_text()


def test_files_take_text_and_bytes(tmp_path: Path) -> None:
    source = f"""
name = {str(tmp_path / "x")!r}
out = open(name, "wb")
out.write("BM" + chr(200))
out.close()
back = open(name, "rb")
raw = back.read()
back.close()
out = file(name, "w")
out.write("caf\\u00e9 ".encode("utf-8"))
out.write("more")
out.close()
back = open(name)
lines = back.read()
back.close()
try:
    raise ValueError("why")
except ValueError as problem:
    said = problem.message
"""
    scope = run_old(source)
    assert (scope["raw"], scope["lines"], scope["said"]) == (b"BM\xc8", "café more", "why")
