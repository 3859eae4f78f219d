"""Finding the objects of a photograph."""

from cyclorama.segmentation.builtin import BuiltinSegmenter
from cyclorama.segmentation.embedding import Embedding
from cyclorama.segmentation.segment import add_selected, merge_named, segment
from cyclorama.segmentation.segmenter import Segmenter
from cyclorama.segmentation.selection import Click, divide, merge, select

__all__ = [
    "BuiltinSegmenter",
    "Click",
    "Embedding",
    "Segmenter",
    "add_selected",
    "divide",
    "merge",
    "merge_named",
    "segment",
    "select",
]
