"""Words as suspects in ``locate``: those that fit, beside figures, and what is no word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from auditor.rules.suspects import Suspect
from auditor.suspects.locating import Suspects, locate

GRADES = ("expand", "continue", "end")
WORDS = {"before": GRADES, "now": GRADES}
ENDED = 'not (before == "end" and present(now))'
BUDGETED = 'not (before == "end" and budget > 0)'
SUM = "budget == a + b"


def found(
    values: Mapping[str, int | str | None],
    formulas: Sequence[str],
    words: Mapping[str, Sequence[str]] = WORDS,
) -> Suspects:
    return locate(values, formulas, words=words)


def words_of(suspect: Suspect) -> list[tuple[str, str | None, str | None]]:
    return [(cell.field, cell.word, cell.fits) for cell in suspect.cells if cell.word]


def test_a_record_whose_words_fit_needs_no_explanation() -> None:
    assert found({"before": "expand", "now": "end"}, [ENDED]) == []


def test_each_word_that_fits_is_a_suspect() -> None:
    suspects = found({"before": "end", "now": "expand"}, [ENDED])
    assert [words_of(suspect) for suspect in suspects] == [
        [("before", "end", "expand")],
        [("before", "end", "continue")],
    ]
    assert {suspect.slip.code for suspect in suspects} == {"other-word"}
    assert all(cell.corrected is None for suspect in suspects for cell in suspect.cells)
    assert sum(suspect.share for suspect in suspects) + suspects.none_of_these == 1


def test_one_word_that_settles_two_formulas_is_one_explanation() -> None:
    suspects = found({"before": "end", "now": "expand", "budget": 100}, [ENDED, BUDGETED])
    assert [words_of(suspect) for suspect in suspects] == [
        [("before", "end", "expand")],
        [("before", "end", "continue")],
    ]


def test_a_word_that_breaks_another_formula_does_not_fit() -> None:
    formulas = [ENDED, 'before != "continue" or budget < 50']
    suspects = found({"before": "end", "now": "expand", "budget": 100}, formulas)
    assert [words_of(suspect) for suspect in suspects] == [[("before", "end", "expand")]]


def test_figures_that_a_word_contradicts_are_named_without_a_value() -> None:
    words = {"flag": ("met", "missed")}
    formula = 'flag == "met" and actual >= target or flag == "missed" and actual < target'
    suspects = found({"flag": "met", "target": 5, "actual": 3}, [formula], words)
    assert {cell.field for suspect in suspects for cell in suspect.cells} == {
        "flag",
        "target",
        "actual",
    }
    assert words_of(suspects[0]) == [("flag", "met", "missed")]
    assert all(suspect.share < Decimal("0.5") for suspect in suspects)


def test_a_wrong_figure_that_settles_a_word_leaves_the_word_alone() -> None:
    formulas = [SUM, 'size != "small" or budget < 1000']
    values = {"size": "small", "budget": 8300, "a": 400, "b": 430}
    suspects = found(values, formulas, {"size": ("small", "large")})
    assert suspects[0].cells[0].field == "budget"
    assert suspects[0].cells[0].corrected == 830
    assert words_of(suspects[0]) == []


def test_a_word_and_a_figure_may_both_be_wrong() -> None:
    values = {"before": "end", "now": "expand", "budget": 8300, "a": 4000, "b": 4030}
    suspects = found(values, [ENDED, SUM])
    assert [cell.field for cell in suspects[0].cells] == ["budget", "before"]
    assert suspects[0].cells[0].corrected == 8030
    assert suspects[0].slip.code == "several"
    assert sum(suspect.share for suspect in suspects) + suspects.none_of_these == 1


def test_a_missing_word_contradicts_nothing() -> None:
    assert found({"before": "end", "now": None}, [ENDED]) == []


def test_a_fixed_word_is_right() -> None:
    values = {"flag": "end", "before": "end", "budget": 1}
    formulas = ["flag == before or budget == 0", 'before != "end" or flag != "end"']
    words = {"flag": GRADES, "before": GRADES}
    suspects = locate(values, formulas[1:], words=words, fixed=("flag",))
    assert {cell.field for suspect in suspects for cell in suspect.cells} == {"before"}


def test_where_no_word_fits_nothing_is_named() -> None:
    suspects = found({"now": "expand"}, ['now == "other"'], {"now": GRADES})
    assert suspects == []
    assert suspects.none_of_these == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"now": 3}, {"now": GRADES}),
        ({"now": "end"}, {"now": "end"}),
        ({"now": "end"}, {"other": GRADES}),
        ({"now": "end"}, {"now": (1, 2)}),
    ],
)
def test_what_is_no_word_is_an_error(
    values: Mapping[str, int | str], words: Mapping[str, Sequence[str]]
) -> None:
    with pytest.raises(ValueError, match="/"):
        locate(values, [], words=words)
