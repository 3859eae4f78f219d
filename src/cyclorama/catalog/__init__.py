"""Which models there are, and where their files lie."""

from cyclorama.catalog.locate import builtin_model_path, models_folder

__all__ = ["builtin_model_path", "models_folder"]
