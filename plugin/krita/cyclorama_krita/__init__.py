"""Cyclorama in Krita: a docker and actions that talk to the local worker.

Standard library and Qt only, one source for Krita 5.1 to 6. Outside Krita only the modules without a look into Krita
can be imported: their tests do.
"""

import importlib.util

if importlib.util.find_spec("krita") is not None:
    from .startup import start

    start()
