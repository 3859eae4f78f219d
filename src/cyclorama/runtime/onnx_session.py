"""One network, ready to run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from cyclorama.protocol.errors import DeviceError, ModelCorrupt, ModelIncompatible, ModelMissing
from cyclorama.runtime.hashing import file_sha256

__all__ = ["OnnxSession", "available_devices", "runtime_version"]

_PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "rocm": "ROCMExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}


def available_devices() -> tuple[str, ...]:
    """Return the devices that the installed ONNX Runtime offers, ``"cpu"`` among them."""
    offered = set(ort.get_available_providers())
    return tuple(name for name, provider in _PROVIDERS.items() if provider in offered)


def runtime_version() -> str:
    """Return the version of ONNX Runtime."""
    return str(ort.__version__)


class OnnxSession:
    """A network in an ``.onnx`` file.

    Parameters
    ----------
    path : Path
        The file.
    device : str
        One of :func:`available_devices`; there is no silent fallback to another.
    threads : int or None
        Threads of one operator; None uses all cores of the process.

    Raises
    ------
    ModelMissing, ModelCorrupt, DeviceError
        If the file is absent, cannot be read as a network, or the device is not there.
    """

    def __init__(self, path: Path, *, device: str = "cpu", threads: int | None = None) -> None:
        if not path.is_file():
            raise ModelMissing(f"The model file {path} is not there.", "Install the package again.")
        if device not in available_devices():
            raise DeviceError(
                f"Device {device!r} was asked for; this ONNX Runtime offers {', '.join(available_devices())}.",
                "Choose one of these, or install the ONNX Runtime package for that device.",
            )
        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads or _cores()
        # Spinning threads starve every other library of the process on small machines.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(str(path), options, providers=[_PROVIDERS[device]])
        except Exception as error:
            raise ModelCorrupt(
                f"The model file {path} cannot be read as an ONNX network ({type(error).__name__}).",
                "Install the package or pull the model again.",
            ) from error
        self.path = path
        self.device = device
        self.input_names = tuple(entry.name for entry in self._session.get_inputs())
        self.output_names = tuple(entry.name for entry in self._session.get_outputs())

    def run(
        self, feeds: Mapping[str, NDArray[Any]], outputs: Sequence[str] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Run the network once.

        Parameters
        ----------
        feeds : mapping of str to array
            The inputs by name.
        outputs : sequence of str, optional
            Names of the outputs wanted; all by default.

        Returns
        -------
        dict of str to array
            The outputs by name.

        Raises
        ------
        ModelIncompatible
            If the network does not take these inputs.
        """
        wanted = tuple(outputs) if outputs is not None else self.output_names
        try:
            arrays = {name: np.ascontiguousarray(array) for name, array in feeds.items()}
            values = self._session.run(list(wanted), arrays)
        except Exception as error:
            shapes = ", ".join(f"{name} {tuple(array.shape)}" for name, array in feeds.items())
            raise ModelIncompatible(
                f"{self.path.name} takes {', '.join(self.input_names)} and refused {shapes}: {error}"
            ) from error
        return dict(zip(wanted, values, strict=True))

    def metadata(self) -> dict[str, str]:
        """Return the key-value pairs that the exporter stored in the file."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def sha256(self) -> str:
        """Return the SHA-256 of the file that runs, in hexadecimal digits."""
        return file_sha256(self.path)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
