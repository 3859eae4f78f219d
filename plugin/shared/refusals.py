"""What a command in GIMP cannot work on, in one sentence each, with what to do."""

from __future__ import annotations

from cyclorama.protocol.errors import InputError

__all__ = ["floating_selection", "no_layer", "palette", "selection_elsewhere"]


def palette() -> InputError:
    """Return what to say of an image with a palette."""
    return InputError(
        "This image has a palette; colours or greys were wanted.", "Convert it: Image ▸ Mode ▸ RGB."
    )


def floating_selection() -> InputError:
    """Return what to say of an image with a floating selection."""
    return InputError("The image has a floating selection.", "Anchor it: Layer ▸ Anchor Layer.")


def no_layer(name: str) -> InputError:
    """Return what to say of a channel."""
    return InputError(f"{name!r} is a channel; a layer was wanted.", "Select the layer with the photograph.")


def selection_elsewhere(name: str) -> InputError:
    """Return what to say of a selection that does not touch the layer."""
    return InputError(
        f"The selection lies outside of the layer {name!r}.",
        "Select something on it, or remove the selection: Select ▸ None.",
    )
