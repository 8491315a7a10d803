"""The certainty of explanations is true, on a generator on which nothing was fitted and which has
slips that the model does not know; the benchmark measures it in full.
"""

from __future__ import annotations

from benchmarks.calibration import against_ideal, calibrated

CASES = 150


def test_what_is_likely_is_right_and_what_is_possible_mostly() -> None:
    calibration = calibrated("keypad", CASES, "test")
    assert calibration.likely >= CASES / 3
    assert calibration.likely_right >= 0.9 * calibration.likely
    assert calibration.possible_right >= 0.4 * calibration.possible


def test_certainty_is_near_that_of_the_ideal_observer() -> None:
    result = against_ideal(CASES, "test")
    assert result.also_said >= 0.7 * result.sure
    assert result.brier <= result.ideal_brier + 0.05 * result.cases
