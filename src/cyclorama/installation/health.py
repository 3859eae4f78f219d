"""Whether an installed plug-in would work: what the doctor asks of an editor."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import dataclass

from cyclorama import __version__
from cyclorama.installation.editors import Editor
from cyclorama.installation.install import installed
from cyclorama.installation.layout import KRITA_MODULE
from cyclorama.protocol.errors import DocumentError

__all__ = ["PluginHealth", "plugin_health"]

_ENGINE_S = 60
_ASK_ENGINE = "import cyclorama; print(cyclorama.__version__)"


@dataclass(frozen=True)
class PluginHealth:
    """What was found in an editor.

    Parameters
    ----------
    editor : Editor
        Which.
    state : {"absent", "well", "ill"}
        Whether the plug-in is there, and would work.
    facts : tuple of str
        What to tell.
    hint : str
        What to do about it.
    """

    editor: Editor
    state: str
    facts: tuple[str, ...]
    hint: str = ""


def plugin_health(editor: Editor) -> PluginHealth:
    """Look at the plug-in's files, at the engine that it would start, and at whether the editor has taken notice."""
    again = f"Run `cyclorama install {editor.program}`."
    try:
        manifest = installed(editor)
    except DocumentError as error:
        return PluginHealth(editor, "ill", (error.message,), error.hint)
    if manifest is None:
        return PluginHealth(editor, "absent", ("no plug-in",), again)
    changed = [target for target, noted in manifest["files"].items() if not _intact(editor, target, noted)]
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        return PluginHealth(editor, "ill", (f"{changed[0]}{more} changed or gone",), again)
    python, trouble = _engine_trouble(editor)
    if trouble:
        return PluginHealth(editor, "ill", (trouble,), again)
    seen, hint = _noticed(editor)
    return PluginHealth(
        editor, "well" if seen else "ill", (f"plug-in {__version__}", f"engine {python}", hint), again
    )


def _intact(editor: Editor, target: str, noted: str) -> bool:
    try:
        return hashlib.sha256((editor.resources / target).read_bytes()).hexdigest() == noted
    except OSError:
        return False


def _engine_trouble(editor: Editor) -> tuple[str, str]:
    """Return the recorded Python, and what is wrong with it: it is asked for its version."""
    try:
        python = str(json.loads((editor.plugin_folder / "engine.json").read_text("utf-8"))["python"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        return "", f"engine.json cannot be read: {error!r}"
    try:
        done = subprocess.run(
            [python, "-c", _ASK_ENGINE], capture_output=True, text=True, timeout=_ENGINE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return python, f"the recorded engine {python} does not run: {error}"
    version = done.stdout.strip()
    if done.returncode != 0:
        return python, f"the recorded engine {python} has no Cyclorama"
    if version != __version__:
        return python, f"the recorded engine is {version}, this one is {__version__}"
    return python, ""


def _noticed(editor: Editor) -> tuple[bool, str]:
    """Return whether the editor would load it, and how we know."""
    if editor.program == "krita":
        try:
            text = editor.settings.read_text("utf-8", "replace") if editor.settings else ""
        except OSError:
            text = ""
        on = f"enable_{KRITA_MODULE}=true" in text.splitlines()
        return on, "switched on" if on else "switched off in Settings > Python Plugin Manager"
    try:
        known = "cyclorama.py" in (editor.resources / "pluginrc").read_text("utf-8", "replace")
    except OSError:
        known = False
    return True, "seen by GIMP" if known else "GIMP will see it at its next start"
