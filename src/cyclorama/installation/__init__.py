"""The thin plug-ins: which editors there are, and how the plug-ins get into them and out again."""

from cyclorama.installation.editors import Editor, Places, find_editors
from cyclorama.installation.install import Outcome, install, installed, uninstall

__all__ = ["Editor", "Outcome", "Places", "find_editors", "install", "installed", "uninstall"]
