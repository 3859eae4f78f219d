"""``import gimp``: the classes and functions of classic Python-fu."""

import sys as _sys

from pythonfu import python2 as _python2
from pythonfu.backend import GimpError as error
from pythonfu.backend import backend as _backend
from pythonfu.context import (
    check_size,
    check_type,
    context_get_gradient,
    context_pop,
    context_push,
    context_set_gradient,
    data_directory,
    default_display,
    delete,
    directory,
    display_name,
    displays_flush,
    displays_reconnect,
    domain_register,
    exit,
    export_image,
    fonts_get_list,
    fonts_refresh,
    gamma,
    get_background,
    get_data,
    get_foreground,
    get_progname,
    gradient_get_custom_samples,
    gradient_get_uniform_samples,
    gradients_get_gradient,
    gradients_get_list,
    gradients_sample_custom,
    gradients_sample_uniform,
    gradients_set_gradient,
    gtkrc,
    locale_directory,
    main,
    message,
    monitor_number,
    personal_rc_file,
    plug_in_directory,
    progress_init,
    progress_install,
    progress_uninstall,
    progress_update,
    quit,
    set_background,
    set_data,
    set_foreground,
    show_help_button,
    show_tool_tips,
    sysconf_directory,
    tile_cache_ntiles,
    tile_cache_size,
    tile_height,
    tile_width,
    user_directory,
    vectors_import_from_file,
    vectors_import_from_string,
    wm_class,
)
from pythonfu.image import Display, Image, image_list
from pythonfu.item import Item, item_of
from pythonfu.layers import Channel, Drawable, GroupLayer, Layer
from pythonfu.parasite import (
    Parasite,
    attach_new_parasite,
    parasite_attach,
    parasite_detach,
    parasite_find,
    parasite_list,
)
from pythonfu.paths import Vectors, VectorsBezierStroke, VectorsStroke
from pythonfu.pixels import PixelFetcher, PixelRgn, Tile
from pythonfu.procedures import Procedure as PDBFunction
from pythonfu.procedures import pdb
from pythonfu.registry import (
    install_procedure,
    menu_register,
    register_load_handler,
    register_magic_load_handler,
    register_save_handler,
)
from pythonfu.toolkit import clear_the_way as _clear_the_way

_clear_the_way()
_python2.bring_back()
_id2image, _id2display, _id2drawable, _id2vectors = Image.from_id, Display.from_id, item_of, item_of


def __getattr__(name: str) -> object:
    if name == "version":
        return _backend().version
    raise AttributeError(f"module 'gimp' has no attribute {name!r}")


if "gimpfu" not in _sys.modules:
    # A plug-in of the kind that gimpplugin serves; gimpfu does this at its own end.
    _python2.rerun_main()
