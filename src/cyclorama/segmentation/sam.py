"""The SAM family: look at a photograph once, then say what lies at a point or in a box.

Two contracts are spoken. ``"sam"`` is that of SAM, MobileSAM and their kin: long side 1024 px, the decoder draws at the
size asked for. ``"sam2"`` is that of SAM 2.1 as the ONNX community exports it: a square of 1024 px, three masks of
256 px.

References
----------
.. [1] A. Kirillov et al., "Segment Anything", ICCV 2023.
.. [2] N. Ravi et al., "SAM 2: Segment Anything in Images and Videos", ICLR 2025.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.resampling import resize_image
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import InputError, ModelIncompatible
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation.placing import logistic, place

__all__ = ["SamEmbedding", "SamSegmenter"]

_SIDE = 1024
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_STD = np.array([0.229, 0.224, 0.225], np.float32)
_INPUTS = {
    "sam": {
        "image_embeddings",
        "point_coords",
        "point_labels",
        "mask_input",
        "has_mask_input",
        "orig_im_size",
    },
    "sam2": {"input_points", "input_labels", "input_boxes"},
}
#: What stands for no further point, and for the corners of a box.
_NO_POINT, _TOP_LEFT, _BOTTOM_RIGHT = -1, 2, 3
_GRID = 8
_LEAST_QUALITY, _LEAST_STABILITY, _MOST_OVERLAP = 0.7, 0.85, 0.6
_STABILITY_STEP = 1.0
#: A region that touches three sides of the photograph and fills this share of it is what lies behind.
_BACKGROUND_SHARE = 0.4


class SamSegmenter:
    """Adapter of promptable encoder and decoder pairs.

    Parameters
    ----------
    encoder, decoder : OnnxSession
        The two networks.
    provenance : mapping
        What a document remembers.
    contract : {"sam", "sam2"}
        Which of the two they speak.

    Raises
    ------
    ModelIncompatible
        If the networks do not speak it.
    """

    def __init__(
        self, encoder: OnnxSession, decoder: OnnxSession, provenance: Mapping[str, Any], contract: str = "sam"
    ) -> None:
        if contract not in _INPUTS or not set(decoder.input_names) >= _INPUTS[contract]:
            raise ModelIncompatible(
                f"{decoder.path.name} takes {', '.join(decoder.input_names)}, which is not the contract {contract!r}."
            )
        self._encoder, self._decoder, self._contract = encoder, decoder, contract
        self.provenance = dict(provenance)

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> SamSegmenter:
        """Load the two networks of a catalogue entry, encoder first; parameter ``contract``."""
        encoder, decoder = bundle.networks(2)
        contract = str(bundle.parameters.get("contract", "sam"))
        return cls(encoder, decoder, bundle.provenance(encoder, decoder), contract)

    def __call__(self, image: Image, *, report: Report = silent) -> tuple[Segment, ...]:
        """Ask at a grid of points what stands out; see :class:`cyclorama.segmentation.segmenter.Segmenter`."""
        seen = self.embed(image, report=report)
        found = []
        for number, (y, x) in enumerate(np.ndindex(_GRID, _GRID)):
            report(Progress("segment", 0.4 + 0.55 * number / _GRID**2, "Asking what stands out"))
            point = ((x + 0.5) * image.size[1] / _GRID, (y + 0.5) * image.size[0] / _GRID)
            found += [answer for answer in seen.answers([point], [1]) if _stands_out(*answer)]
        report(Progress("segment", 0.97, "Choosing"))
        return seen.segments(_distinct(found))

    def embed(self, image: Image, *, report: Report = silent) -> SamEmbedding:
        """Look at a photograph once; the result answers any number of points and boxes.

        Parameters
        ----------
        image : Image
            The photograph, of any size from one pixel.
        report : callable
            Receives progress; may raise ``Cancelled``.
        """
        report(Progress("segment", 0.0, "Reading the photograph"))
        pixels = self.prepared(image)
        report(Progress("segment", 0.1, "Running the encoder"))
        features = self._encoder.run({self._encoder.input_names[0]: pixels})
        frame = (_SIDE, _SIDE) if self._contract == "sam2" else (pixels.shape[0], pixels.shape[1])
        return SamEmbedding(self._decoder, self._contract, features, image.size, frame)

    def prepared(self, image: Image) -> NDArray[Any]:
        """Return the encoder's input: (h, w, 3), 0 to 255, or (1, 3, 1024, 1024), normalized."""
        dtype = self._encoder.input_dtype(self._encoder.input_names[0])
        if self._contract == "sam2":
            pixels = resize_image(image, (_SIDE, _SIDE), "bilinear").as_srgb().pixels
            out: NDArray[Any] = ((pixels - _MEAN) / _STD).transpose(2, 0, 1)[None].astype(dtype)
            return out
        scale = _SIDE / max(image.size)
        size = tuple(max(1, int(side * scale + 0.5)) for side in image.size)
        pixels = resize_image(image, (size[0], size[1]), "bilinear").as_srgb().pixels
        return np.asarray(np.clip(pixels, 0, 1) * 255, dtype)


class SamEmbedding:
    """What the encoder saw of one photograph.

    Parameters
    ----------
    decoder : OnnxSession
        Answers.
    contract : {"sam", "sam2"}
        How it is asked.
    features : mapping of str to array
        What the encoder said.
    size, frame : (int, int)
        (height, width) of the photograph, and of the pixels in which the decoder is asked.
    """

    def __init__(
        self,
        decoder: OnnxSession,
        contract: str,
        features: Mapping[str, NDArray[Any]],
        size: tuple[int, int],
        frame: tuple[int, int],
    ) -> None:
        self._decoder, self._contract, self._features = decoder, contract, features
        self.size, self._frame = size, frame

    def at(self, x_px: float, y_px: float) -> tuple[Segment, ...]:
        """Return what may lie at a point of the photograph, the likeliest first.

        Raises
        ------
        InputError
            If the point lies outside the photograph.
        """
        if not (0 <= x_px <= self.size[1] and 0 <= y_px <= self.size[0]):
            raise InputError(
                f"The point ({x_px:g}, {y_px:g}) lies outside the photograph of {self.size[1]} x {self.size[0]}."
            )
        return self.pointed([(x_px, y_px)], [True])

    def within(self, box: Box) -> Segment | None:
        """Return the object that fills a box of the photograph best, or None if nothing is there.

        Raises
        ------
        InputError
            If the box is empty or lies outside the photograph.
        """
        box = box.intersect(Box.of_size(self.size))
        if box.area == 0:
            raise InputError("The box is empty or lies outside the photograph.")
        corners = [(float(box.left), float(box.top)), (float(box.right), float(box.bottom))]
        found = self.segments(self.answers(corners, [_TOP_LEFT, _BOTTOM_RIGHT]))
        return found[0] if found else None

    def pointed(self, points: Sequence[tuple[float, float]], keep: Sequence[bool]) -> tuple[Segment, ...]:
        """Return what holds the points that keep and none of the others, the likeliest first.

        Parameters
        ----------
        points : sequence of (float, float)
            x and y in pixels of the photograph.
        keep : sequence of bool
            Whether each lies inside the object.
        """
        return self.segments(self.answers(points, [int(wanted) for wanted in keep]))

    def segments(self, answers: Sequence[tuple[FloatArray, float]]) -> tuple[Segment, ...]:
        """Return answers as segments, the likeliest first; an answer that holds nothing is left out."""
        ranked = sorted(answers, key=lambda answer: -answer[1])
        found = (place(logistic(logits), self.size, quality, None) for logits, quality in ranked)
        return tuple(segment for segment in found if segment is not None)

    def answers(
        self, points: Sequence[tuple[float, float]], labels: Sequence[int]
    ) -> list[tuple[FloatArray, float]]:
        """Ask the decoder once.

        Parameters
        ----------
        points : sequence of (float, float)
            x and y in pixels of the photograph.
        labels : sequence of int
            1 inside, 0 outside, 2 and 3 for the corners of a box.

        Returns
        -------
        list of (float32 (h, w), float)
            Logits over the whole photograph, and the IoU that the network expects of them.
        """
        scale = np.array([self._frame[1] / self.size[1], self._frame[0] / self.size[0]])
        coords, kinds = (np.asarray(points, np.float64) * scale).astype(np.float32), np.array(labels)
        # Both were trained with a last entry that is no point; SAM leaves it out behind a box.
        if self._contract == "sam2" or _TOP_LEFT not in labels:
            coords, kinds = np.pad(coords, ((0, 1), (0, 0))), np.append(kinds, _NO_POINT)
        masks, qualities = (
            self._ask_sam2(coords, kinds) if self._contract == "sam2" else self._ask_sam(coords, kinds)
        )
        return [
            (np.asarray(mask, np.float32), float(np.clip(quality, 0, 1)))
            for mask, quality in zip(masks, qualities, strict=True)
        ]

    def _ask_sam(self, coords: FloatArray, kinds: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        side = self._decoder.input_shape("mask_input")[-1] or 256
        feeds = {
            "image_embeddings": next(iter(self._features.values())),
            "point_coords": coords[None],
            "point_labels": kinds[None].astype(np.float32),
            "mask_input": np.zeros((1, 1, side, side), np.float32),
            "has_mask_input": np.zeros(1, np.float32),
            # Drawn at the size that was looked at: at the photograph's own there is nothing more to know.
            "orig_im_size": np.array(self._frame, np.float32),
        }
        found = self._decoder.run(feeds)
        masks = found.get("masks", found[self._decoder.output_names[0]])
        return masks[0], found["iou_predictions"][0]

    def _ask_sam2(self, coords: FloatArray, kinds: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        feeds: dict[str, NDArray[Any]] = {
            "input_points": coords[None, None],
            "input_labels": kinds[None, None].astype(np.int64),
            "input_boxes": np.zeros((1, 0, 4), np.float32),
        }
        for name in self._decoder.input_names:
            if name in self._features:
                feeds[name] = self._features[name].astype(self._decoder.input_dtype(name), copy=False)
        found = self._decoder.run(feeds, ("iou_scores", "pred_masks"))
        return found["pred_masks"][0, 0], found["iou_scores"][0, 0]


def _stands_out(logits: FloatArray, quality: float) -> bool:
    """Whether an answer is sure, steady when the threshold moves, and not the background."""
    inside = logits > 0
    wide, narrow = int((logits > -_STABILITY_STEP).sum()), int((logits > _STABILITY_STEP).sum())
    sides = int(inside[0].any()) + int(inside[-1].any()) + int(inside[:, 0].any()) + int(inside[:, -1].any())
    behind = sides >= 3 and inside.mean() > _BACKGROUND_SHARE
    return quality >= _LEAST_QUALITY and narrow >= _LEAST_STABILITY * max(wide, 1) and not behind


def _distinct(found: Sequence[tuple[FloatArray, float]]) -> list[tuple[FloatArray, float]]:
    """Keep the surest of answers that show nearly the same."""
    kept: list[tuple[FloatArray, float]] = []
    small: list[NDArray[np.bool_]] = []
    for logits, quality in sorted(found, key=lambda answer: -answer[1]):
        step = max(1, max(logits.shape) // 128)
        inside = logits[::step, ::step] > 0
        if any((inside & o).sum() > _MOST_OVERLAP * max((inside | o).sum(), 1) for o in small):
            continue
        kept.append((logits, quality))
        small.append(inside)
    return kept
