"""The procedures that GIMP gets: names, menus, arguments, and what runs them."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Callable, List, Optional, Sequence, Tuple, Type

from gi.repository import Gegl, Gimp, GLib, GObject
from shared.light import VALUES

from cyclorama.protocol.errors import Cancelled, CycloramaError, InputError
from cyclorama.protocol.options import RefineOptions, ReplaceOptions, SplitOptions
from gimp3.arguments import add_arguments, add_choice
from gimp3.call import Call
from gimp3.models import model_arguments
from gimp3.objects import OPERATIONS

__all__ = ["PROCEDURES", "create", "run"]

_FLAGS = GObject.ParamFlags.READWRITE
_STATUS = Gimp.PDBStatusType


@dataclass(frozen=True)
class Command:
    """One entry of the menus.

    Parameters
    ----------
    label : str
        In the menu.
    blurb : str
        One sentence.
    menus : sequence of str
        Where it stands.
    runs : (str, str)
        Module and function that do it; the function gets a :class:`Call` and returns the layers it made.
    options : options class or None
        Whose fields become arguments.
    declares : sequence of callable
        Each adds further arguments to the procedure.
    returns : str
        "group", "values" or "".
    """

    label: str
    blurb: str
    menus: Sequence[str]
    runs: Tuple[str, str]
    options: Sequence[Type[Any]] = ()
    declares: Sequence[Callable[[Any], None]] = ()
    returns: str = ""


def _declare_edges(procedure: Any) -> None:
    choices = {"mask": "Layer masks", "alpha": "Transparency"}
    add_choice(
        procedure,
        "edges",
        "Edges as",
        "Layer masks can be repaired with a brush; transparency is what other programs read best.",
        choices,
        "mask",
    )


def _declare_scribbles(procedure: Any) -> None:
    procedure.add_layer_argument(
        "scribbles",
        "Scribbles",
        "The layer with your strokes; none takes the one that is named Scribbles.",
        True,
        _FLAGS,
    )


def _declare_selection(procedure: Any) -> None:
    procedure.add_int_argument(
        "which", "Object", "0 selects all that are found, 1 the surest, 2 the next...", 0, 64, 0, _FLAGS
    )
    add_choice(
        procedure,
        "operation",
        "Selection",
        "What happens to what is selected already.",
        OPERATIONS,
        "replace",
    )


def _declare_light(procedure: Any) -> None:
    procedure.add_boolean_argument(
        "read-light",
        "Read the light from the picture",
        "Use the light that was found in the picture; if off, the five values below.",
        True,
        _FLAGS,
    )
    for name, (label, help) in _LIGHT_LABELS.items():
        low, high, default = VALUES[name]
        procedure.add_double_argument(name, label, help, low, high, default, _FLAGS)


_LIGHT_LABELS = {
    "azimuth": ("Light from the side (°)", "0 is the camera's side, 90 the right, -90 the left, 180 behind."),
    "elevation": ("Light from above (°)", "0 is level with the subject, 90 straight above."),
    "softness": ("Softness of the light (°)", "Angular radius: 0 is a bare lamp, 90 a whole sky."),
    "pitch": ("Camera looks up (°)", "Positive looks up, and lowers the horizon."),
    "roll": ("Horizon turned (°)", "Positive turns it clockwise."),
}

_LAYER_MENUS = ("<Image>/Layer/Cyclorama", "<Layers>/Layers Menu/Cyclorama")

PROCEDURES = {
    "cyclorama-split": Command(
        "Split into Object Layers…",
        "Turns a photograph into one layer per object, with soft edges, and a filled background.",
        _LAYER_MENUS,
        ("gimp3.split", "run_split"),
        (SplitOptions,),
        (_declare_edges, model_arguments("segmenter", "matter", "plate")),
        "group",
    ),
    "cyclorama-background": Command(
        "New Background…",
        "Paints backgrounds that fit the light and the perspective of the objects, with shadows.",
        _LAYER_MENUS,
        ("gimp3.background", "run_background"),
        (ReplaceOptions, SplitOptions),
        (_declare_light, _declare_edges, model_arguments("segmenter", "matter", "plate", "inpainter")),
        "group",
    ),
    "cyclorama-light": Command(
        "Light and Perspective…",
        "Reads where the light comes from and where the horizon is, lets you correct both, and keeps them.",
        _LAYER_MENUS,
        ("gimp3.light_command", "run_light"),
        (SplitOptions,),
        (_declare_light, model_arguments("segmenter")),
        "light",
    ),
    "cyclorama-shadows": Command(
        "Shadows from Light…",
        "Casts the shadows of split objects again, under another light.",
        _LAYER_MENUS,
        ("gimp3.shadows", "run_shadows"),
        (),
        (_declare_light, _declare_edges),
        "group",
    ),
    "cyclorama-refine": Command(
        "Refine Matte…",
        "Solves the edge of an object again where you scribbled: green keeps, red drops, blue is unsure.",
        _LAYER_MENUS,
        ("gimp3.refine", "run_refine"),
        (RefineOptions,),
        (_declare_scribbles, _declare_edges),
        "group",
    ),
    "cyclorama-select-objects": Command(
        "Objects…",
        "Selects objects that stand out in the picture.",
        ("<Image>/Select",),
        ("gimp3.objects", "run_objects"),
        (SplitOptions,),
        (_declare_selection, model_arguments("segmenter")),
    ),
}


def create(plug_in: Any, name: str) -> Any:
    """Make one procedure for GIMP."""
    command = PROCEDURES[name]
    procedure = Gimp.ImageProcedure.new(plug_in, name, Gimp.PDBProcType.PLUGIN, run, None)
    procedure.set_image_types("RGB*, GRAY*")
    procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.DRAWABLE)
    procedure.set_documentation(command.blurb, command.blurb, name)
    procedure.set_menu_label(command.label)
    procedure.set_attribution("The Cyclorama authors", "Apache-2.0", "2026")
    for menu in command.menus:
        procedure.add_menu_path(menu)
    for options in command.options:
        add_arguments(procedure, options)
    for declare in command.declares:
        declare(procedure)
    if command.returns == "group":
        procedure.add_group_layer_return_value("group", "Group", "The group of layers", False, _FLAGS)
    if command.returns == "light":
        for name in (*VALUES, "confidence"):
            label = _LIGHT_LABELS.get(name, ("Confidence", ""))[0]
            procedure.add_double_return_value(name, label, label, -360.0, 360.0, 0.0, _FLAGS)
    return procedure


def run(procedure: Any, run_mode: Any, image: Any, drawables: Sequence[Any], config: Any, _data: Any) -> Any:
    """Run one procedure; whatever goes wrong becomes a sentence."""
    command = PROCEDURES[procedure.get_name()]
    Gegl.init(None)
    try:
        module = import_module(command.runs[0])
        made = getattr(module, command.runs[1])(Call(procedure, run_mode, image, drawables, config))
    except Cancelled:
        return procedure.new_return_values(_STATUS.CANCEL, None)
    except InputError as error:
        return procedure.new_return_values(_STATUS.CALLING_ERROR, GLib.Error(str(error)))
    except CycloramaError as error:
        return procedure.new_return_values(_STATUS.EXECUTION_ERROR, GLib.Error(str(error)))
    except Exception as error:
        # Windows runs plug-ins without a place to print to; the sentence carries what can be carried.
        traceback.print_exc()
        text = (
            f"A fault of Cyclorama: {type(error).__name__}: {error}. The image may be undone to what it was."
        )
        return procedure.new_return_values(_STATUS.EXECUTION_ERROR, GLib.Error(text))
    return _answer(procedure, made)


def _answer(procedure: Any, made: Optional[List[Any]]) -> Any:
    values = procedure.new_return_values(_STATUS.SUCCESS, None)
    for place, value in enumerate(made or [], 1):
        values.remove(place)
        held = GObject.Value()
        held.init(value.__gtype__ if isinstance(value, GObject.Object) else GObject.TYPE_DOUBLE)
        held.set_value(value)
        values.insert(place, held)
    return values
