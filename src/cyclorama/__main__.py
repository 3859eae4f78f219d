"""``python -m cyclorama`` is the command line."""

from cyclorama.cli.main import entry

entry()
