"""The one door to libgimp 2: libraries, structures and functions, by ctypes."""

from __future__ import annotations

import ctypes as c
import sys
from typing import Any

c_int, c_int32, c_void_p, c_char_p, c_double = c.c_int, c.c_int32, c.c_void_p, c.c_char_p, c.c_double

#: File names of a library by platform; the first that opens is taken.
NAMES = {
    "linux": "lib{name}-{version}.so.0",
    "darwin": "lib{name}-{version}.0.dylib",
    "win32": "lib{name}-{version}-0.dll",
}


def library(name: str, version: str) -> Any:
    """Return a library of GIMP's.

    Raises
    ------
    OSError
        If it cannot be loaded; the text names it.
    """
    return c.CDLL(NAMES.get(sys.platform, NAMES["linux"]).format(name=name, version=version))


class Color(c.Structure):
    """GimpRGB."""

    _fields_ = [("r", c_double), ("g", c_double), ("b", c_double), ("a", c_double)]


class RawParasite(c.Structure):
    """GimpParasite."""

    _fields_ = [("name", c_char_p), ("flags", c.c_uint32), ("size", c.c_uint32), ("data", c_void_p)]


class Data(c.Union):
    """GimpParamData."""

    _fields_ = [
        ("i", c_int32), ("h", c.c_int16), ("b", c.c_uint8), ("f", c_double), ("s", c_char_p), ("pointer", c_void_p),
        ("color", Color), ("parasite", RawParasite),
    ]  # fmt: skip


class Param(c.Structure):
    """GimpParam."""

    _fields_ = [("type", c_int), ("data", Data)]


class ParamDef(c.Structure):
    """GimpParamDef."""

    _fields_ = [("type", c_int), ("name", c_char_p), ("description", c_char_p)]


class Rectangle(c.Structure):
    """GeglRectangle."""

    _fields_ = [("x", c_int), ("y", c_int), ("width", c_int), ("height", c_int)]


Simple = c.CFUNCTYPE(None)
Run = c.CFUNCTYPE(None, c_char_p, c_int, c.POINTER(Param), c.POINTER(c_int), c.POINTER(c.POINTER(Param)))


class PlugInInfo(c.Structure):
    """GimpPlugInInfo."""

    _fields_ = [("init", Simple), ("quit", Simple), ("query", Simple), ("run", Run)]


class Functions:
    """The functions in use, with their types."""

    def __init__(self) -> None:
        gimp, gegl, babl = library("gimp", "2.0"), library("gegl", "0.4"), library("babl", "0.1")
        base, glib, gobject = library("gimpbase", "2.0"), library("glib", "2.0"), library("gobject", "2.0")

        def take(owner: Any, name: str, result: Any, *arguments: Any) -> Any:
            function = getattr(owner, name)
            function.restype, function.argtypes = result, arguments
            return function

        self.main = take(gimp, "gimp_main", c_int, c.POINTER(PlugInInfo), c_int, c_void_p)
        self.install = take(
            gimp, "gimp_install_procedure", None, *[c_char_p] * 8, c_int, c_int, c_int, c_void_p, c_void_p
        )
        self.run = take(
            gimp, "gimp_run_procedure2", c.POINTER(Param), c_char_p, c.POINTER(c_int), c_int, c.POINTER(Param)
        )
        self.destroy = take(gimp, "gimp_destroy_params", None, c.POINTER(Param), c_int)
        self.pdb_error = take(gimp, "gimp_get_pdb_error", c_char_p)
        self.buffer = take(gimp, "gimp_drawable_get_buffer", c_void_p, c_int32)
        self.shadow_buffer = take(gimp, "gimp_drawable_get_shadow_buffer", c_void_p, c_int32)
        self.merge_shadow = take(gimp, "gimp_drawable_merge_shadow", c_int, c_int32, c_int)
        self.update = take(gimp, "gimp_drawable_update", c_int, c_int32, c_int, c_int, c_int, c_int)
        self.enable_precision = take(gimp, "gimp_plugin_enable_precision", c_int)
        self.gegl_init = take(gegl, "gegl_init", None, c_void_p, c_void_p)
        self.gegl_get = take(
            gegl,
            "gegl_buffer_get",
            None,
            c_void_p,
            c.POINTER(Rectangle),
            c_double,
            c_void_p,
            c_void_p,
            c_int,
            c_int,
        )
        self.gegl_set = take(
            gegl, "gegl_buffer_set", None, c_void_p, c.POINTER(Rectangle), c_int, c_void_p, c_void_p, c_int
        )
        self.gegl_flush = take(gegl, "gegl_buffer_flush", None, c_void_p)
        self.buffer_format = take(gegl, "gegl_buffer_get_format", c_void_p, c_void_p)
        self.format_with_space = take(babl, "babl_format_with_space", c_void_p, c_char_p, c_void_p)
        self.format_space = take(babl, "babl_format_get_space", c_void_p, c_void_p)
        self.pixel_bytes = take(babl, "babl_format_get_bytes_per_pixel", c_int, c_void_p)
        self.unref = take(gobject, "g_object_unref", None, c_void_p)
        self.malloc = take(glib, "g_malloc0", c_void_p, c.c_size_t)
        self.strdup = take(glib, "g_strdup", c_void_p, c_char_p)
        self.folders = {
            which: take(base, f"gimp_{name}", c_char_p)
            for which, name in (
                ("user", "directory"), ("data", "data_directory"), ("locale", "locale_directory"),
                ("sysconf", "sysconf_directory"), ("plug-in", "plug_in_directory"), ("cache", "cache_directory"),
            )
        }  # fmt: skip
        numbers = [
            int(c.c_uint.in_dll(base, f"gimp_{part}_version").value) for part in ("major", "minor", "micro")
        ]
        self.version = (numbers[0], numbers[1], numbers[2])
