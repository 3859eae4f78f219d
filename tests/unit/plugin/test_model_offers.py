"""The list of models in the editors' dialogs, read from what the worker's job really answers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "plugin"))

from shared.models import PARTS, ModelOffers, OfferedModel

from cyclorama.catalog import known_models
from cyclorama.catalog.recommend import memory_for, recommend
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import BUILTIN
from cyclorama.worker.models import offered_models


@pytest.fixture(autouse=True)
def _nothing_pulled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CYCLORAMA_MODELS", str(tmp_path))


def test_each_part_begins_with_what_is_built_in() -> None:
    offers = ModelOffers.of(offered_models("cpu", "commercial"))
    assert set(offers.parts) == set(PARTS)
    for part in PARTS:
        usable = offers.usable(part)
        assert [own.id for own in usable] == [BUILTIN]
        assert usable[0].label == "Built in"
        assert not usable[0].how_to_get
    assert offers.devices[0] == "auto"
    assert "cpu" in offers.devices


@pytest.mark.parametrize("licence", ["any", "commercial", "free"])
def test_what_is_worth_fetching_is_what_the_command_line_recommends(licence: str) -> None:
    offers = ModelOffers.of(offered_models("cpu", licence))
    told = recommend(known_models(), device="cpu", memory_mb=memory_for("cpu"), licence=licence)
    listed = {one.task: [own.id for own in one.models if not own.is_builtin] for one in told}
    tasks = {"segmenter": "segmentation", "matter": "matting", "plate": "plate", "inpainter": "backdrop"}
    for part, task in tasks.items():
        assert [own.id for own in offers.worth_fetching(part)] == listed.get(task, [])


def test_what_does_not_suit_says_why() -> None:
    offers = ModelOffers.of(offered_models("cpu", "free"))
    large, bound = offers.find("inpainter", "qwen-image"), offers.find("inpainter", "sd15-inpaint")
    assert large is not None
    assert "CPU" in large.against
    assert bound is not None
    assert "conditions" in bound.against
    assert offers.find("inpainter", "no-such-model") is None


def test_a_model_in_words() -> None:
    offers = ModelOffers.of(offered_models("cpu", "any"))
    lama, diffusion = offers.find("plate", "lama"), offers.find("inpainter", "sd15-inpaint")
    assert lama is not None
    assert lama.facts == "208 MB, Apache-2.0"
    assert "850 MB of memory" in lama.details
    assert lama.how_to_get == "cyclorama models pull lama"
    assert diffusion is not None
    assert diffusion.facts == "2.1 GB, CreativeML-OpenRAIL-M, with conditions"
    assert diffusion.label == "sd15-inpaint (2.1 GB, with conditions)"
    assert diffusion.terms in diffusion.details
    # Nobody published its hashes: a person has to trust what comes.
    assert diffusion.how_to_get == "cyclorama models pin sd15-inpaint"


def test_the_grey_ones_are_explained() -> None:
    offers = ModelOffers.of(offered_models("cpu", "commercial"))
    assert "models pull" in offers.advice(("segmenter",))
    nothing = ModelOffers(offers.device, offers.devices, offers.licence, {"segmenter": ()})
    assert nothing.advice(("segmenter",)) == "Nothing else is recommended for the CPU of this machine."


def test_the_whole_list_as_text() -> None:
    text = ModelOffers.of(offered_models("cpu", "commercial")).as_text()
    assert "Fills behind objects (plate):\n    builtin: structure continued" in text
    assert "    lama, not here yet: " in text


def test_a_wrong_wish_is_refused() -> None:
    with pytest.raises(InputError, match="licence wish"):
        offered_models("cpu", "cheap")


def test_what_was_pulled_can_be_chosen() -> None:
    told = offered_models("cpu", "any")["parts"]["plate"][-1]
    here = OfferedModel.of({**told, "state": "here", "usable": True})
    assert not here.how_to_get
