"""``from gimpfu import *``: classic Python-fu plug-ins on GIMP 3 and 2.10 with Python 3.

A plug-in that imports this was written for Python 2: `pythonfu.python2` brings back what it relies on.
"""

import gettext
import math

import gimp
import gimpcolor
from gimpenums import *  # noqa: F403 - the classic module hands these on
from pythonfu import python2 as _python2
from pythonfu.procedures import pdb
from pythonfu.register import BASIC as _BASIC
from pythonfu.register import (
    PF_BRUSH,
    PF_DIRNAME,
    PF_FILE,
    PF_FILENAME,
    PF_FONT,
    PF_GRADIENT,
    PF_OPTION,
    PF_PALETTE,
    PF_PATTERN,
    PF_RADIO,
    PF_SLIDER,
    PF_SPINNER,
    PF_TEXT,
    PF_TOGGLE,
    register,
)
from pythonfu.register import RegisterError as error
from pythonfu.register import main as _main
from pythonfu.registry import CancelError

PF_BOOL, PF_ADJUSTMENT = PF_TOGGLE, PF_SPINNER
globals().update(_BASIC)

t = gettext.translation("gimp20-python", gimp.locale_directory, fallback=True)
_ = t.gettext


def N_(message: str) -> str:  # noqa: N802 - the classic name
    """Mark a text for translation."""
    return message


def fail(msg: str) -> None:
    """Show a message and stop."""
    gimp.message(msg)
    raise error(msg)


def main() -> None:
    """Answer GIMP; to be called after the calls of ``register``."""
    _python2.settle_main()
    _main()


_python2.rerun_main()
