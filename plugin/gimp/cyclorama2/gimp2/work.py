"""The worker's jobs for GIMP 2.10: what goes out of the image, and what comes back into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional

from pythonfu.procedures import invoke
from shared import refusals
from shared.models import ModelOffers
from shared.notes import DOCUMENT, document_note
from shared.stack import LayerData, background_layer, object_layers, plate_layer, shadow_layers
from shared.worker_process import connect_or_start, read_engine

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.client import Client
from cyclorama.protocol.messages import ProgressMade, Result
from cyclorama.protocol.options import ModelOptions, ReplaceOptions, SplitOptions, to_mapping
from gimp2 import layers, pixels

#: Layers are blended by the encoded values; colours come with their coverage as alpha.
FORM = {"order": "RGBA", "alpha": "matte"}
BLEND_SPACE = "srgb"


@dataclass(frozen=True)
class Found:
    """What a job gave.

    Parameters
    ----------
    result : mapping
    arrays : mapping of str to ArrayData
    """

    result: Mapping[str, Any]
    arrays: Mapping[str, ArrayData]

    @classmethod
    def of(cls, result: Result) -> Found:
        """Take a result apart."""
        return cls(result.result, {array.name: array for array in result.arrays})


@dataclass(frozen=True)
class Source:
    """The layer that a command was asked for.

    Parameters
    ----------
    image, layer : gimp.Image, gimp.Layer
    dtype : str
        Sample format of its pixels on their way.
    """

    image: Any
    layer: Any
    dtype: str

    @classmethod
    def of(cls, image: Any, drawable: Any) -> Source:
        """Return the layer, if a command can work on it.

        Raises
        ------
        InputError
            If it is no plain layer of colours or greys.
        """
        if int(image.base_type) == 2:
            raise refusals.palette()
        if image.floating_selection is not None:
            raise refusals.floating_selection()
        if not invoke("gimp-item-is-layer", drawable):
            raise refusals.no_layer(drawable.name)
        pixels.show_real_precision()
        return cls(image, drawable, pixels.dtype_of(image))

    def arrays(self) -> List[ArrayData]:
        """Return the layer's colours, and the selection on it where there is one."""
        found = [pixels.picture_of(self.layer, "image", self.dtype)]
        selection = self._selection()
        return found if selection is None else [*found, selection]

    def _selection(self) -> Optional[ArrayData]:
        if invoke("gimp-selection-is-empty", self.image):
            return None
        left, top = self.layer.offsets
        box = (left, top, self.layer.width, self.layer.height)
        selection = pixels.mask_of(self.image.selection, "selection", box)
        if not any(bytes(selection.data)):
            raise refusals.selection_elsewhere(self.layer.name)
        return selection

    def insert(self, stack: List[LayerData], found: Found, recipe: Dict[str, Any]) -> Any:
        """Put layers, from the top, into the image as a group above this one, which is hidden; return the group."""
        built = [(layers.build_layer(self.image, data), data) for data in stack]
        group = layers.new_group(self.image, self.layer)
        for place, (layer, data) in enumerate(built):
            layers.insert(self.image, layer, data, group, place, self.layer.offsets)
        note = {**document_note(found.result["document"], recipe), "source": self.layer.tattoo}
        layers.write_note(group, DOCUMENT, note)
        self.layer.visible = False
        self.image.active_layer = group
        return group


class Worker:
    """A conversation with the worker, whose progress shows in GIMP's bar."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._client: Optional[Client] = None

    def __enter__(self) -> Worker:
        invoke("gimp-progress-init", self._title, -1)
        self._client = connect_or_start(read_engine(), "gimp-2.10")
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()
        invoke("gimp-progress-end")

    def _run(self, job: str, options: Dict[str, Any], arrays: List[ArrayData]) -> Found:
        assert self._client is not None
        number = self._client.submit(job, options, arrays)
        return Found.of(self._client.wait(number, self._show))

    @staticmethod
    def _show(progress: ProgressMade) -> None:
        invoke("gimp-progress-update", progress.fraction)
        if progress.message:
            invoke("gimp-progress-set-text", progress.message)

    def split(self, source: Source, options: SplitOptions, models: ModelOptions) -> Found:
        """Run the job ``split``."""
        request = {**to_mapping(options), **to_mapping(models), "blend_space": BLEND_SPACE, **FORM}
        return self._run("split", request, source.arrays())

    def models(self, licence: str) -> ModelOffers:
        """Run the job ``models``."""
        return ModelOffers.of(self._run("models", {"licence": licence}, []).result)

    def replace(self, found: Found, options: ReplaceOptions, models: ModelOptions) -> Found:
        """Run the job ``replace`` on what was split."""
        document = found.result["document"]
        request = {
            **to_mapping(options), **to_mapping(models), "document": dict(document), "lighting": document["lighting"],
            "perspective": document["perspective"], **FORM,
        }  # fmt: skip
        pictures = [
            array for name, array in found.arrays.items() if name == "plate" or name.startswith("layer")
        ]
        return self._run("replace", request, pictures)


def objects(found: Found) -> List[LayerData]:
    """Return the objects of a split, from the top."""
    return object_layers(found.result["document"], found.arrays, masks=False)


def plate(found: Found) -> LayerData:
    """Return the plate of a split."""
    return plate_layer(found.arrays)


def background(made: Found) -> List[LayerData]:
    """Return shadows and background, from the top."""
    return [
        *shadow_layers(made.result, made.arrays, masks=False),
        background_layer(made.result, made.arrays, 0),
    ]
