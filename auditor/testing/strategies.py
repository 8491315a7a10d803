"""Hypothesis strategies: figures as documents print them, forms of many kinds, and books of them
whose figures all agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, get_args

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from auditor.forms.model import Form, is_amount
from auditor.records.decimals import number
from auditor.records.figures import Figure, Place, Rounding, parse_figure
from auditor.records.model import Book, Sheet
from auditor.testing.accounts import WithAccounts, build_accounts
from auditor.testing.build import USUAL, Details, build_book
from auditor.testing.prose import ALL_WRITERS, WithProse, write_prose
from auditor.testing.prose.pen import Writer
from auditor.testing.years import Years, build_years

__all__ = [
    "DrawnChooser",
    "books_with_accounts",
    "books_with_prose",
    "consistent_books",
    "consistent_years",
    "figures",
    "forms",
    "printed_numbers",
]

ROUNDINGS: Final[tuple[Rounding, ...]] = get_args(Rounding)
INEXACT: Final = tuple(rounding for rounding in ROUNDINGS if rounding != "exact")
UNITS: Final = {"千円": 1000, "円": 1, "万円": 10_000, "百万円": 1_000_000}
REQUIRED: Final = ("never", "settled years of continuing projects", "settled years", "always")
_SOURCES: Final = ("national_grants", "prefectural_grants", "local_bonds", "fees", "other_specific")
_COLUMNS: Final = (
    ((-1, "settled"), (0, "settled"), (1, "budgeted")),
    ((-1, "settled"), (0, "budgeted"), (0, "settled"), (1, "budgeted")),
    ((-1, "settled"), (0, "settled"), (0, "budgeted"), (1, "budgeted")),
    ((-2, "settled"), (-1, "settled"), (0, "expected"), (1, "requested")),
    (
        (-2, "settled"),
        (-1, "settled"),
        (0, "settled"),
        (0, "budgeted"),
        (1, "budgeted"),
        (1, "requested"),
    ),
    ((-1, "settled"), (0, "expected"), (0, "budgeted"), (1, "budgeted"), (1, "requested")),
)
_SCALES: Final[tuple[dict[str, Any], ...]] = (
    {
        "evaluations": {"継続": "continue", "拡充": "expand", "縮小": "reduce", "終了": "end"},
        "banned": [("end", "*")],
    },
    {
        "evaluations": {
            "A": "expand",
            "B": "continue",
            "C": "improve",
            "D": "reduce",
            "E": "suspend",
            "F": "end",
        },
        "banned": [],
    },
    {
        "evaluations": {
            "１": "expand",
            "２": "continue",
            "３": "improve",
            "４": "reduce",
            "５": "abolish",
        },
        "banned": [("abolish", "*")],
    },
    {
        "evaluations": {"S": "expand", "A": "continue", "B": "improve", "C": "reduce"},
        "banned": [("expand", "reduce")],
    },
    {
        "evaluations": {
            "継続": "continue",
            "改善": "improve",
            "統合": "merge",
            "休止": "suspend",
            "完了": "complete",
        },
        "banned": [("complete", "*")],
    },
    {"evaluations": {}, "banned": []},
)
_SUMS: Final = (None, "exact", "rounded")
_SUMS_OF_ROUNDED: Final = (None, "rounded")
_REASONS: Final = {
    "new": "年度からの新規事業のため",
    "single_year": "年度のみの事業のため",
    "not_evaluated": "評価を実施していないため",
}


@lru_cache(maxsize=4096)
def _integers(least: int, greatest: int) -> SearchStrategy[int]:
    """The strategy of a range, made and checked once."""
    return st.integers(least, greatest)


class DrawnChooser:
    """Choices that hypothesis makes, and shrinks."""

    def __init__(self, draw: Callable[[SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def integer(self, least: int, greatest: int) -> int:
        """A whole number between two, both among them; hypothesis shrinks it to the least."""
        # A range of one number is no choice, and hypothesis counts what is drawn.
        return least if least == greatest else self._draw(_integers(least, greatest))


@st.composite
def printed_numbers(draw: DrawFn) -> tuple[str, Decimal]:
    """A number as some document prints it, and its value."""
    digits = draw(st.integers(0, 9_999_999_999))
    places = draw(st.integers(0, 3))
    value = Decimal(digits).scaleb(-places)
    text = f"{value:,f}" if draw(st.booleans()) else f"{value:f}"
    if draw(st.booleans()):
        text = text.translate(str.maketrans("0123456789,.", "０１２３４５６７８９，．"))
    sign = draw(st.sampled_from(["", "+", "△", "△ ", "▲", "－", "−", "-", "(", "（"]))
    closing = {"(": ")", "（": "）"}.get(sign, "")
    return f"{sign}{text}{closing}", value if sign in ("", "+") or not value else -value


def figures(unit: str = "") -> SearchStrategy[Figure]:
    """Any cell: a number, a blank, a dash or text."""
    places = (
        st.none()
        | st.builds(Place, line=st.integers(1, 999))
        | st.builds(Place, sheet=st.just("Sheet1"), cell=st.just("C12"))
    )
    texts = st.sampled_from(
        ["", "　", "-", "－", "ー", "1,00", "①10", "####", "#DIV/0!", "皆増", "12,345①", "1²"]
    )
    numbers = printed_numbers().map(lambda pair: pair[0]) | st.integers(0, 10**9).map(
        lambda value: number(Decimal(value))
    )
    return st.builds(parse_figure, numbers | texts, unit=st.just(unit), place=places)


@st.composite
def forms(draw: DrawFn) -> Form:
    """A form that some city could have: its own unit, rounding, columns, sources and words, some
    fields missing.
    """
    unit = draw(st.sampled_from(list(UNITS)))
    rounding = draw(st.sampled_from(ROUNDINGS))
    amount = {"unit": unit, "rounding": rounding, "step": draw(st.sampled_from(["1", "1", "0.1"]))}
    sources = [source for source in _SOURCES if draw(st.booleans())]
    negative = draw(st.booleans())
    missing = draw(
        st.sets(
            st.sampled_from(
                [
                    "funding",
                    "staff",
                    "headcount",
                    "population",
                    "bonds",
                    "kpi",
                    "reasons",
                    "complete",
                ]
            ),
            max_size=3,
        )
    )
    fields: dict[str, Any] = {"total_cost": {**amount, "required": draw(st.sampled_from(REQUIRED))}}
    if "funding" not in missing:
        formula_cell = draw(st.booleans())
        fields["funding"] = {source: dict(amount) for source in sources} | {
            "general_revenue": {**amount, "formula_cell": formula_cell}
        }
    if "staff" not in missing:
        fields["staff_cost"] = {
            "unit": unit,
            "rounding": draw(st.sampled_from(ROUNDINGS)),
            "formula_cell": draw(st.booleans()),
        }
    if "headcount" not in missing:
        fields["headcount"] = {
            "unit": "人",
            "step": draw(st.sampled_from(["0.1", "0.01", "1"])),
            "rounding": draw(st.sampled_from(["exact", "half_up"])),
        }
    if "population" not in missing:
        fields["population"] = {"unit": "人"}
    ratio = {
        "unit": draw(st.sampled_from(["円", unit])),
        "rounding": draw(st.sampled_from(INEXACT)),
        "step": draw(st.sampled_from(["0.1", "1", "0.01"])),
    }
    fields["cost_per_capita"] = ratio
    if "bonds" not in missing:
        fields["bond_burden_per_capita"] = ratio
    scale = draw(st.sampled_from(_SCALES))
    columns = draw(st.sampled_from(_COLUMNS))
    funding = [*sources, "general_revenue"] if "funding" not in missing else []
    return Form.model_validate(
        {
            "name": "drawn",
            "title": {"en": "a drawn form", "ja": "試験用の様式"},
            "detect": ["試験用の様式"],
            "unit": unit,
            "units": UNITS | {"人": 1},
            "evaluation_lag": draw(st.sampled_from([2, 1])),
            "evaluated": draw(st.sampled_from([(-1, 0), (0,), (-1,)])),
            "columns": [{"offset": offset, "kind": kind} for offset, kind in columns],
            "fields": fields,
            "groups": {
                "funding": funding,
                "negative_allowed": ["general_revenue"] if negative and funding else [],
            },
            "evaluations": scale["evaluations"],
            "evaluation_changes": {
                "banned": [
                    {
                        "from": before,
                        "to": after,
                        "why": {"en": "never follows", "ja": "続きません"},
                    }
                    for before, after in scale["banned"]
                ]
            },
            "params": {
                "staff_unit_cost": {year: 7_000_000 + 1_000 * year for year in range(2022, 2026)}
            }
            if draw(st.booleans())
            else {},
            "reasons": {} if "reasons" in missing else _REASONS,
            "funding_complete": "complete" not in missing,
            "sums": draw(st.sampled_from(_SUMS if rounding == "exact" else _SUMS_OF_ROUNDED)),
            "kpi": None
            if "kpi" in missing
            else {"lower_is_better": ["^待機児童"], "jump_factor": 10},
        }
    )


@st.composite
def consistent_books(
    draw: DrawFn,
    form: Form | SearchStrategy[Form] | None = None,
    *,
    sheets: tuple[int, int] = (0, 5),
    kpis: tuple[int, int] = (0, 3),
    details: Details = USUAL,
) -> tuple[Form, Book]:
    """A form (the one given, or any) and a book of it in which no two figures contradict each
    other, and no two sheets have the same figures throughout, as a copied sheet has.

    Figures that only the form has are filled in, too; where its own rules hold them together,
    ``details.fill`` says how. ``details`` also has departments, names and narrative. A drawn form
    is registered nowhere: ``auditor.audit(book, forms=[form])``.
    """
    chosen = _form(draw, form)
    book = build_book(
        chosen,
        DrawnChooser(draw),
        draw(st.integers(*sheets)),
        draw(st.integers(*kpis)),
        details=details,
    )
    _assume_no_copy(book)
    return chosen, book


@st.composite
def consistent_years(
    draw: DrawFn,
    form: Form | SearchStrategy[Form] | None = None,
    *,
    sheets: tuple[int, int] = (0, 4),
    kpis: tuple[int, int] = (0, 3),
) -> tuple[Form, Years]:
    """A form (the one given, or any), a consistent book of it, and last year's book, which agrees
    with it in all that both print.
    """
    chosen = _form(draw, form)
    pair = build_years(
        chosen, DrawnChooser(draw), draw(st.integers(*sheets)), draw(st.integers(*kpis))
    )
    _assume_no_copy(pair.book)
    return chosen, pair


@st.composite
def books_with_accounts(
    draw: DrawFn,
    form: Form | SearchStrategy[Form] | None = None,
    *,
    sheets: tuple[int, int] = (1, 5),
) -> tuple[Form, WithAccounts]:
    """A form (the one given, or any), a consistent book of it, and the accounts that its sheets
    were made from.
    """
    chosen = _form(draw, form)
    amounts = [chosen.fields[name] for name in chosen.amounts if is_amount(name)]
    # The accounts are in whole yen.
    assume(all(stated.step * chosen.factor(stated.unit) >= 1 for stated in amounts))
    made = build_accounts(chosen, DrawnChooser(draw), draw(st.integers(*sheets)))
    assume(made.ledger.entries)
    _assume_no_copy(made.book)
    return chosen, made


@st.composite
def books_with_prose(
    draw: DrawFn,
    form: Form | SearchStrategy[Form] | None = None,
    *,
    sheets: tuple[int, int] = (1, 3),
    kpis: tuple[int, int] = (0, 2),
    writers: Sequence[Writer] = ALL_WRITERS,
) -> tuple[Form, WithProse]:
    """A form (the one given, or any), and a consistent book whose sheets say something of which
    all is true.
    """
    chosen, book = draw(consistent_books(form, sheets=sheets, kpis=kpis))
    return chosen, write_prose(book, DrawnChooser(draw), writers)


def _form(draw: DrawFn, form: Form | SearchStrategy[Form] | None) -> Form:
    """The form that is given, or one that is drawn."""
    return form if isinstance(form, Form) else draw(forms() if form is None else form)


def _assume_no_copy(book: Book) -> None:
    """Discard a book in which two sheets have the same figures throughout."""
    contents = [_amounts(sheet) for sheet in book.sheets]
    assume(len(set(contents)) == len(contents))


def _amounts(sheet: Sheet) -> tuple[object, ...]:
    """The figures of a sheet's columns."""
    figures = sheet.every_figure()
    return tuple((name, column, figure.value or 0) for name, column, figure in figures if column)
