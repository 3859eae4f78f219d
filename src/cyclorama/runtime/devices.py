"""On what the networks can run: the devices of the ONNX Runtime that is installed.

An ONNX Runtime package brings "execution providers". That one is offered says only that it was compiled in: whether it
starts (driver, libraries, card) shows when a network is loaded, and :class:`cyclorama.runtime.onnx_session.OnnxSession`
checks it there.
"""

from __future__ import annotations

import onnxruntime as ort

from cyclorama.protocol.errors import DeviceError

__all__ = [
    "DEVICES",
    "available_devices",
    "candidate_devices",
    "provider_of",
    "require_device",
    "runtime_version",
]

#: Device names and the execution providers that stand for them, the better first.
_PROVIDERS = {
    "cpu": ("CPUExecutionProvider",),
    "cuda": ("CUDAExecutionProvider",),
    "rocm": ("MIGraphXExecutionProvider", "ROCMExecutionProvider"),
    "mps": ("CoreMLExecutionProvider",),
    "coreml": ("CoreMLExecutionProvider",),
    "directml": ("DmlExecutionProvider",),
    "openvino": ("OpenVINOExecutionProvider",),
}
#: Installed on purpose by whoever has such a card; "auto" takes them. The others are compiled into ordinary packages.
_AUTOMATIC = ("cuda", "rocm", "directml")
DEVICES = tuple(_PROVIDERS)
_PACKAGES = {
    "cuda": "onnxruntime-gpu",
    "rocm": "onnxruntime-migraphx",
    "directml": "onnxruntime-directml",
    "openvino": "onnxruntime-openvino",
    "mps": "onnxruntime for macOS",
    "coreml": "onnxruntime for macOS",
}


def available_devices() -> tuple[str, ...]:
    """Return the devices that the installed ONNX Runtime offers, ``"cpu"`` among them."""
    offered = set(ort.get_available_providers())
    return tuple(name for name, providers in _PROVIDERS.items() if offered.intersection(providers))


def provider_of(device: str) -> str:
    """Return the execution provider that stands for a device.

    Raises
    ------
    DeviceError
        If this ONNX Runtime does not offer it; the sentence names what is there.
    """
    require_device(device)
    offered = set(ort.get_available_providers())
    return next(provider for provider in _PROVIDERS[device] if provider in offered)


def require_device(device: str) -> None:
    """Check that a device is offered, before any work is done; ``"auto"`` always is.

    Raises
    ------
    DeviceError
        If it is not; the sentence names what is there.
    """
    offered = available_devices()
    if device != "auto" and device not in offered:
        package = _PACKAGES.get(device)
        raise DeviceError(
            f"Device {device!r} was asked for; this ONNX Runtime offers {', '.join(offered)}.",
            f"Choose one of these, or install {package} in place of onnxruntime."
            if package
            else "Choose one of these.",
        )


def candidate_devices(device: str) -> tuple[str, ...]:
    """Return which devices to try, in order: the one asked for, or what ``"auto"`` stands for.

    Raises
    ------
    DeviceError
        If the device asked for is not offered.
    """
    if device == "auto":
        offered = available_devices()
        return (*(name for name in _AUTOMATIC if name in offered), "cpu")
    require_device(device)
    return (device,)


def runtime_version() -> str:
    """Return the version of ONNX Runtime."""
    return str(ort.__version__)
