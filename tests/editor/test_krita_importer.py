"""The ZIP goes through Krita's own importer: Tools ▸ Scripts ▸ Import Python Plugin from File, in a real Krita."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from krita_session import KritaSession, NoKrita, enable, install_driver, krita_binary

from cyclorama.installation.krita_zip import write_krita_zip

pytestmark = [pytest.mark.editor, pytest.mark.slow]


def only_the_driver(home: Path) -> None:
    install_driver(home)
    enable(home, "cyclorama_driver")


def test_the_importer_takes_the_zip_and_krita_loads_it(tmp_path: Path) -> None:
    try:
        krita_binary()
    except NoKrita as reason:
        pytest.skip(str(reason))
    archive = tmp_path / "cyclorama.zip"
    write_krita_zip(archive, sys.executable)
    krita = KritaSession(tmp_path, only_the_driver)
    with krita.running():
        krita.call("open_importer")
        # The first thing that it shows is a file dialog; the second asks whether to switch the plug-in on.
        krita.until("dialog_open")
        time.sleep(1)
        krita.type(str(archive))
        krita.keys("Return")
        krita.until("question_open")
        krita.screenshot("importer-asks")
        krita.call("answer_yes")
        time.sleep(1)
    resources = krita.home / ".local" / "share" / "krita"
    assert (resources / "pykrita" / "cyclorama_krita" / "cyclorama" / "protocol" / "client.py").is_file()
    assert (resources / "actions" / "cyclorama_krita.action").is_file()
    krita = KritaSession(tmp_path, lambda home: enable(home, "cyclorama_driver", "cyclorama_krita"))
    with krita.running():
        assert krita.call("docker_title") == "Cyclorama"
        assert krita.call("has_action", "cyclorama_split")
        assert "Cyclorama" in krita.call("scripts_menu")
