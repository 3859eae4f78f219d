"""Which models there are, and where their files lie."""

from cyclorama.catalog.entries import ModelEntry, builtin_models
from cyclorama.catalog.locate import builtin_model_path, models_folder

__all__ = ["ModelEntry", "builtin_model_path", "builtin_models", "models_folder"]
