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
from cyclorama.runtime.devices import available_devices, candidate_devices, provider_of, runtime_version
from cyclorama.runtime.hashing import file_sha256

__all__ = ["OnnxSession", "available_devices", "runtime_version"]

_NUMBERS = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}


class OnnxSession:
    """A network in an ``.onnx`` file.

    Parameters
    ----------
    path : Path
        The file.
    device : str
        One of :func:`available_devices`, without silent fallback to another; or ``"auto"``: the first of CUDA, ROCm,
        DirectML and the CPU that starts. :attr:`device` says what it became.
    threads : int or None
        Threads of one operator; None uses all cores of the process.

    Raises
    ------
    ModelMissing, ModelCorrupt, DeviceError
        If the file is absent, cannot be read as a network, or the device is not there or does not start.
    """

    def __init__(self, path: Path, *, device: str = "cpu", threads: int | None = None) -> None:
        if not path.is_file():
            raise ModelMissing(f"The model file {path} is not there.", "Install the package again.")
        self.path = path
        for candidate in candidate_devices(device):
            provider = provider_of(candidate)
            session, reason = _started(path, provider, threads)
            if session is not None:
                self._session, self.device = session, candidate
                break
        else:
            raise DeviceError(
                f"Device {device!r} was asked for; ONNX Runtime offers {provider} but could not start it: {reason}.",
                "Check the driver and its libraries, or choose --device cpu.",
            )
        self.input_names = tuple(entry.name for entry in self._session.get_inputs())
        self.output_names = tuple(entry.name for entry in self._session.get_outputs())

    @property
    def providers(self) -> tuple[str, ...]:
        """Execution providers in use, the first before the others: operators it lacks run on the next."""
        return tuple(self._session.get_providers())

    def input_shape(self, name: str) -> tuple[int | None, ...]:
        """Return the shape that an input is declared with; None where any size may be given.

        Raises
        ------
        ModelIncompatible
            If there is no such input.
        """
        return tuple(side if isinstance(side, int) else None for side in self._input(name).shape)

    def input_dtype(self, name: str) -> np.dtype[Any]:
        """Return the kind of numbers that an input takes.

        Raises
        ------
        ModelIncompatible
            If there is no such input, or it takes no numbers.
        """
        kind = self._input(name).type
        if kind not in _NUMBERS:
            raise ModelIncompatible(
                f"Input {name} of {self.path.name} is a {kind}; a tensor of numbers was wanted."
            )
        return np.dtype(_NUMBERS[kind])

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

    def require_outputs(self, names: Sequence[str]) -> None:
        """Check that the network gives exactly these outputs.

        Raises
        ------
        ModelIncompatible
            If it is of another family.
        """
        if set(self.output_names) != set(names):
            raise ModelIncompatible(
                f"{self.path.name} gives {', '.join(self.output_names)}; {', '.join(names)} were wanted."
            )

    def sha256(self) -> str:
        """Return the SHA-256 of the file that runs, in hexadecimal digits."""
        return file_sha256(self.path)

    def _input(self, name: str) -> Any:
        for entry in self._session.get_inputs():
            if entry.name == name:
                return entry
        raise ModelIncompatible(f"{self.path.name} takes {', '.join(self.input_names)}; {name} was wanted.")


def _started(path: Path, provider: str, threads: int | None) -> tuple[Any, str]:
    """Return a session on a provider; or None, and why it did not start though the network is sound."""
    try:
        session = _session(path, provider, threads)
    except ModelCorrupt as error:
        if provider == "CPUExecutionProvider":
            raise
        _session(path, "CPUExecutionProvider", threads)  # a broken file is no fault of the device
        return None, str(error.__cause__).splitlines()[0]
    used = session.get_providers()[0]
    # ONNX Runtime itself only warns, and goes on with the CPU.
    return (session, "") if used == provider else (None, f"it would have used {used}")


def _session(path: Path, provider: str, threads: int | None) -> Any:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads or _cores()
    # Spinning threads starve every other library of the process on small machines.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(str(path), options, providers=[provider])
    except Exception as error:
        raise ModelCorrupt(
            f"The model file {path} cannot be read as an ONNX network ({type(error).__name__}).",
            "Install the package or pull the model again.",
        ) from error


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
