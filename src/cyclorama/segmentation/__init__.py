"""Finding the objects of a photograph."""

from cyclorama.segmentation.builtin import BuiltinSegmenter
from cyclorama.segmentation.embedding import Embedding
from cyclorama.segmentation.segment import segment
from cyclorama.segmentation.segmenter import Segmenter

__all__ = ["BuiltinSegmenter", "Embedding", "Segmenter", "segment"]
