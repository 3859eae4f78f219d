"""Cyclorama in Krita: a docker and actions that talk to the local worker.

Standard library and Qt only, one source for Krita 5.1 to 6. Outside Krita only the modules without a look into Krita
can be imported: their tests do.
"""

import importlib.util

_KRITA = importlib.util.find_spec("krita")
# A folder that merely has the name has no origin.
if _KRITA is not None and _KRITA.origin is not None:
    from .startup import start

    start()
