"""A candidate's fit in words."""

from __future__ import annotations

from cyclorama.protocol.fit import fit_in_words


def test_angles_and_shares_are_said() -> None:
    fit = {"direction_off_deg": 8.2, "light": 0.7, "horizon_off": 0.011, "score": 0.82}
    assert fit_in_words(fit) == "light off by 8°, horizon off by 1 %, fit 82 %"


def test_what_is_missing_is_not_said() -> None:
    assert fit_in_words({"score": 0.5}) == "fit 50 %"
    assert fit_in_words({}) == ""
