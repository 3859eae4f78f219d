"""Krita's settings: one line in, the same line out, nothing else touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclorama.installation.kritarc import with_plugin, without_plugin

LINES = st.lists(
    st.sampled_from(
        ["", "[General]", "[python]", "enable_other=true", "a=b", "enable_cyclorama_krita2=true"]
    ),
    unique=True,
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[python]\nenable_x=true\n"),
        ("[General]\na=1\n", "[General]\na=1\n\n[python]\nenable_x=true\n"),
        ("[python]\nenable_y=true\n", "[python]\nenable_x=true\nenable_y=true\n"),
        ("[python]\nenable_x=false\nenable_y=true\n", "[python]\nenable_x=true\nenable_y=true\n"),
    ],
)
def test_switching_on(before, after):
    assert with_plugin(before, "x") == after
    assert with_plugin(after, "x") == after


@given(LINES)
def test_off_undoes_on(lines):
    text = "\n".join(lines) + "\n" if lines else ""
    on = with_plugin(text, "cyclorama_krita")
    assert on.splitlines().count("enable_cyclorama_krita=true") == 1
    off = without_plugin(on, "cyclorama_krita")
    kept = [line for line in text.splitlines() if line not in ("", "[python]")]
    assert [line for line in off.splitlines() if line not in ("", "[python]")] == kept
    assert without_plugin(off, "cyclorama_krita") == off
