import dataclasses
import math

import pytest

from cyclorama.protocol.errors import EXIT_CODES, CycloramaError, InputError
from cyclorama.protocol.options import ReplaceOptions, SplitOptions, describe, from_mapping, to_mapping
from cyclorama.protocol.progress import Progress, span


@pytest.mark.parametrize("kind", [SplitOptions, ReplaceOptions])
def test_every_option_is_described_and_its_default_is_valid(kind):
    options = kind()
    for entry in describe(kind):
        assert entry.metadata["label"]
        assert entry.metadata["help"].endswith(".")
    assert from_mapping(kind, to_mapping(options)) == options


@pytest.mark.parametrize("kind", [SplitOptions, ReplaceOptions])
def test_values_out_of_range_are_refused_by_name(kind):
    for entry in describe(kind):
        if entry.metadata["high"] is not None:
            for bad in (entry.metadata["high"] + 1, entry.metadata["low"] - 1):
                with pytest.raises(InputError, match=entry.name):
                    dataclasses.replace(kind(), **{entry.name: bad})
        if entry.metadata["choices"]:
            with pytest.raises(InputError, match=entry.name):
                dataclasses.replace(kind(), **{entry.name: "nonsense"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", math.nan),
        ("max_objects", 2.5),
        ("max_objects", True),
        ("treshold", 0.5),
        ("threshold", "a"),
    ],
)
def test_wrong_types_and_names_are_refused(name, value):
    with pytest.raises(InputError):
        from_mapping(SplitOptions, {name: value})


def test_a_whole_number_is_a_fine_float():
    assert SplitOptions(threshold=1).threshold == 1.0
    assert isinstance(SplitOptions(threshold=1).threshold, float)


def test_a_span_maps_a_stage_onto_its_part_of_the_job():
    seen = []
    report = span(span(seen.append, 0.5, 1.0), 0.0, 0.5)
    for fraction in (-1, 0, 0.5, 1, 3):
        report(Progress("matte", fraction))
    assert [entry.fraction for entry in seen] == [0.5, 0.5, 0.625, 0.75, 0.75]


def test_every_error_has_a_code_with_an_exit_code():
    def family(kind):
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in family(child))]

    codes = [kind.code for kind in family(CycloramaError)]
    assert len(set(codes)) == len(codes)
    assert set(codes) | {"cancelled"} == set(EXIT_CODES)
    assert all(code not in (0, 2) for code in EXIT_CODES.values())
