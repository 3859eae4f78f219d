"""The one door to torch and diffusers: modules named ``diffusers_*`` take them from here, nothing else does.

Those modules are named as strings in the catalogue and imported on use, so that neither ``import cyclorama`` nor
the built-in models need the extra.

Raises
------
DeviceError
    On import, if the extra is not installed.
"""

from __future__ import annotations

import os
from typing import Any, TypeAlias

from cyclorama.protocol.errors import DeviceError

__all__ = ["Tensor", "diffusers", "torch"]

# Models are folders on this machine: the libraries must not look for them elsewhere.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
# Advice on faster image processors, and bars, are not for the person who waits for a picture.
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

try:
    import diffusers as _diffusers
    import torch as _torch
    import transformers as _transformers
except ImportError as error:
    raise DeviceError(
        f"This model needs torch, diffusers and transformers, and {error.name or 'one of them'} is not installed.",
        "Install the extra: pip install 'cyclorama[diffusion]'.",
    ) from error

#: The libraries as they are; their own types differ between versions.
torch: Any = _torch
diffusers: Any = _diffusers
#: A torch.Tensor.
Tensor: TypeAlias = Any
transformers: Any = _transformers

diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.disable_progress_bar()
