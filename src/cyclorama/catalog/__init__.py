"""Which models there are, where their files lie, and how they get there: the only network access of Cyclorama."""

from cyclorama.catalog.entries import ModelEntry
from cyclorama.catalog.locate import builtin_model_path, models_folder, user_models_folder
from cyclorama.catalog.registry import builtin_models, find_model, known_models

__all__ = [
    "ModelEntry",
    "builtin_model_path",
    "builtin_models",
    "find_model",
    "known_models",
    "models_folder",
    "user_models_folder",
]
