import re
from pathlib import Path

import numpy as np
import pytest

from cyclorama.backdrop.prompt import BLUR_WORDS, COLOR_WORDS, SCENE_WORDS, TONE_WORDS, parse_prompt
from cyclorama.backdrop.scenes import SCENE_NAMES, SCENES


@pytest.mark.parametrize(
    ("text", "scene"),
    [("Beach at SUNSET", "sea"), ("a studio, please", "studio"), ("night city", "city"), ("", None),
     ("forest with warm light", "garden"), ("garden fence", "garden"), ("old library", "interior")],
)  # fmt: skip
def test_scene(text, scene):
    assert parse_prompt(text).scene == scene


def test_words_without_meaning_are_told_back():
    assert parse_prompt("studio with a purple dragon").not_understood == ("dragon",)


def test_colors_average_and_tones_scale():
    plain, dark = parse_prompt("blue studio"), parse_prompt("dark blue studio")
    assert plain.palette[2] > plain.palette[0]
    np.testing.assert_allclose(dark.palette, plain.palette * dark.brightness, rtol=1e-5)
    assert parse_prompt("warm wall").warmth < 1 < parse_prompt("cold wall").warmth


def test_every_word_leads_to_a_known_scene():
    assert set(SCENE_WORDS.values()) <= set(SCENES)
    assert not set(SCENE_WORDS) & set(SCENES)
    assert len(set(SCENE_NAMES)) == len(SCENES) >= 8
    assert all(0 <= scene.blur < 0.1 and len(scene.palette) == 3 for scene in SCENES.values())
    assert parse_prompt("bokeh").blur == BLUR_WORDS["bokeh"]


def test_every_word_is_documented():
    page = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "scenes.md").read_text("utf-8")
    words = set(re.findall(r"\w+", page))
    known = {*SCENES, *SCENE_WORDS, *COLOR_WORDS, *TONE_WORDS, *BLUR_WORDS}
    assert known <= words
