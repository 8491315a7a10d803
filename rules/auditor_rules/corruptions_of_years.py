"""Corruptions of a consistent pair of books, this year's and last year's: each changes one thing,
and says beforehand which rule codes must then fire on this year's book, and no others.

Most change last year's book, so that this year's stays consistent in itself. The codes are worked
out from what is printed, never by running rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from auditor.forms.model import Form
from auditor.records.decimals import number
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Evaluation, FiscalYear, Kpi, Sheet, figures_of_year
from auditor.testing.build import ENDINGS, Chooser, blank, one_of
from auditor.testing.years import Years

__all__ = ["CORRUPTIONS_OF_YEARS", "YearsCorruption", "corrupt_years"]

_PLANS: Final = ("budgeted", "requested", "expected")
_LEAST_HEADCOUNTS: Final = 5


@dataclass(frozen=True)
class YearsCorruption:
    """A corrupted pair. ``codes`` must fire on this year's book; ``sheet`` and ``kpi`` say on which
    of its sheets or indicators, where it is one.
    """

    kind: str
    years: Years
    codes: frozenset[str]
    sheet: int | None = None
    kpi: int | None = None
    year: str | None = None


Corrupter = Callable[[Years, Form, Chooser], YearsCorruption | None]


def corrupt_years(kind: str, years: Years, form: Form, chooser: Chooser) -> YearsCorruption | None:
    """One corruption of a kind, or None where the books or their form offer no place for it."""
    return CORRUPTIONS_OF_YEARS[kind](years, form, chooser)


# — both books —


def _pairs(years: Years) -> Iterator[tuple[Sheet, Sheet]]:
    """The sheets of this year's book with those of last year's, by their names."""
    earlier = {sheet.name: sheet for sheet in years.last_year.sheets}
    for sheet in years.book.sheets:
        if sheet.name in earlier:
            yield sheet, earlier[sheet.name]


def _kpi_pairs(years: Years) -> Iterator[tuple[Kpi, Kpi]]:
    yield from zip(years.book.kpis, years.last_year.kpis, strict=True)


def _shared(sheet: Sheet, earlier: Sheet) -> Iterator[tuple[str, str]]:
    """The columns of one year and kind that both sheets print: their keys here and there."""
    theirs = {(year.year, year.kind): key for key, year in earlier.years.items()}
    for key, year in sheet.years.items():
        if (year.year, year.kind) in theirs:
            yield key, theirs[year.year, year.kind]


def _own(sheet: Sheet, form: Form) -> str:
    """The key of the column that a sheet evaluates."""
    return form.evaluated_column(sheet.fiscal_year, sheet.fiscal_year) or ""


def _is_shared(years: Years, key: str) -> bool:
    """Whether this year's sheets print a column of last year's, of the same year and kind."""
    pairs = [*_pairs(years)]
    return any(key == there for pair in pairs[:1] for _, there in _shared(*pair))


def _amounts(column: FiscalYear) -> dict[str, Decimal]:
    """What a column prints; a blank is 0."""
    return {name: figure.value or Decimal(0) for name, figure in column.figure_items()}


# — the pair with something put in its place —


def _with_earlier(pair: Years, old: Sheet, **changes: Any) -> Years:
    return pair._replace(last_year=_with_sheet(pair.last_year, old, **changes))


def _with_sheet(book: Book, old: Sheet, **changes: Any) -> Book:
    new = old.model_copy(update=changes)
    return book.model_copy(
        update={"sheets": tuple(new if sheet is old else sheet for sheet in book.sheets)}
    )


def _with_kpi(years: Years, old: Kpi, **changes: Any) -> Years:
    new = old.model_copy(update=changes)
    kpis = tuple(new if kpi is old else kpi for kpi in years.last_year.kpis)
    return years._replace(last_year=years.last_year.model_copy(update={"kpis": kpis}))


def _with_column(sheet: Sheet, key: str, figures: Mapping[str, Figure]) -> Mapping[str, FiscalYear]:
    """The columns of a sheet, with these figures in one of them."""
    column = sheet.years[key]
    cells = {**dict(column.figure_items()), **figures}
    made = FiscalYear(year=column.year, kind=column.kind, **figures_of_year(cells))
    return FrozenDict({**sheet.years, key: made})


def _changed(figure: Figure, chooser: Chooser) -> Figure:
    """Another figure of the same unit and decimals."""
    assert figure.value is not None
    exponent = figure.value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) and exponent < 0 else 0)
    value = figure.value + chooser.integer(1, 9) * step
    return figure.model_copy(update={"value": value, "printed": number(value)})


def _some(items: Iterable[Any], chooser: Chooser) -> Any:
    """One of the items, or None where there is none."""
    options = list(items)
    return one_of(chooser, options) if options else None


# — a year that both books print —


def past_figure_changed(years: Years, _: Form, chooser: Chooser) -> YearsCorruption | None:
    """Last year's book prints another figure for a year that both print."""
    place = _some(
        (
            (sheet, earlier, here, there, name)
            for sheet, earlier in _pairs(years)
            for here, there in _shared(sheet, earlier)
            for name, figure in earlier.years[there].figure_items()
            if figure.value is not None
        ),
        chooser,
    )
    if place is None:
        return None
    sheet, earlier, here, there, name = place
    figure = earlier.years[there].figure(name)
    columns = _with_column(earlier, there, {name: _changed(figure, chooser)})
    changed = _with_earlier(years, earlier, years=columns)
    return YearsCorruption(
        "past_figure_changed", changed, frozenset({"YOY001"}), sheet.number, year=here
    )


def past_evaluation_changed(years: Years, form: Form, chooser: Chooser) -> YearsCorruption | None:
    """Last year's book evaluated a year otherwise than this year's says."""
    running = [word for word, meaning in form.evaluations.items() if meaning not in ENDINGS]
    place = _some(
        (
            (sheet, earlier, key, word)
            for sheet, earlier in _pairs(years)
            for key, evaluation in earlier.evaluations.items()
            for word in running
            if key in sheet.evaluations and evaluation.result not in (None, word)
        ),
        chooser,
    )
    if place is None:
        return None
    sheet, earlier, key, word = place
    changed = _with_earlier(years, earlier, evaluations=_evaluated(earlier, key, word, form))
    return YearsCorruption(
        "past_evaluation_changed", changed, frozenset({"YOY002"}), sheet.number, year=key
    )


def _evaluated(sheet: Sheet, key: str, word: str, form: Form) -> Mapping[str, Evaluation]:
    """The evaluations of a sheet, with a word in one of them."""
    changes = {"result": word, "meaning": form.meaning(word)}
    return FrozenDict({**sheet.evaluations, key: sheet.evaluations[key].model_copy(update=changes)})


# — indicators —


def past_actual_changed(years: Years, _: Form, chooser: Chooser) -> YearsCorruption | None:
    """Last year's book prints another actual for a year that both print."""
    place = _some(
        (
            (kpi, earlier, year)
            for kpi, earlier in _kpi_pairs(years)
            for year, figure in earlier.actuals.items()
            if figure.value is not None and year in kpi.actuals
        ),
        chooser,
    )
    if place is None:
        return None
    kpi, earlier, year = place
    figure = _changed(earlier.actuals[year], chooser)
    changed = _with_kpi(years, earlier, actuals=FrozenDict({**earlier.actuals, year: figure}))
    codes = frozenset({"YOY003"})
    return YearsCorruption("past_actual_changed", changed, codes, kpi=kpi.number, year=year)


def target_changed(years: Years, _: Form, chooser: Chooser) -> YearsCorruption | None:
    """Last year's book prints another target."""
    pair = _some((pair for pair in _kpi_pairs(years) if pair[1].target.value is not None), chooser)
    if pair is None:
        return None
    kpi, earlier = pair
    changed = _with_kpi(years, earlier, target=_changed(earlier.target, chooser))
    return YearsCorruption("target_changed", changed, frozenset({"YOY004"}), kpi=kpi.number)


def due_changed(years: Years, _: Form, chooser: Chooser) -> YearsCorruption | None:
    """Last year's book prints another month for a target."""
    pair = _some((pair for pair in _kpi_pairs(years) if pair[1].due), chooser)
    if pair is None:
        return None
    kpi, earlier = pair
    changed = _with_kpi(years, earlier, due=f"{int(earlier.due[:4]) + 3}{earlier.due[4:]}")
    return YearsCorruption("due_changed", changed, frozenset({"YOY005"}), kpi=kpi.number)


# — what was left in —


def settled_as_planned(years: Years, form: Form, chooser: Chooser) -> YearsCorruption | None:
    """The settled column is last year's plan throughout."""
    place = _some(
        (
            (sheet, earlier, key)
            for sheet, earlier in _pairs(years)
            for key, column in earlier.years.items()
            if column.year == sheet.fiscal_year
            and column.kind in _PLANS
            and not _is_shared(years, key)
            and _has_two_amounts(sheet.years[_own(sheet, form)])
            and sheet.years[_own(sheet, form)].kind == "settled"
        ),
        chooser,
    )
    if place is None:
        return None
    sheet, earlier, key = place
    settled = dict(sheet.years[_own(sheet, form)].figure_items())
    changed = _with_earlier(years, earlier, years=_with_column(earlier, key, settled))
    return YearsCorruption(
        "settled_as_planned", changed, frozenset({"YOY006"}), sheet.number, year=_own(sheet, form)
    )


def _has_two_amounts(column: FiscalYear) -> bool:
    amounts = {value for name, value in _amounts(column).items() if name != "headcount" and value}
    headcount = column.headcount.value if column.headcount is not None else None
    return len(amounts - {headcount}) > 1


def population_left_in(years: Years, form: Form, _: Chooser) -> YearsCorruption | None:
    """The population is last year's in the whole book."""
    if "population" not in form.fields or not years.book.sheets or not years.last_year.sheets:
        return None
    population = years.book.sheets[0].population
    sheets = (
        sheet.model_copy(update={"population": population}) for sheet in years.last_year.sheets
    )
    last_year = years.last_year.model_copy(update={"sheets": tuple(sheets)})
    changed = years._replace(last_year=last_year)
    return YearsCorruption("population_left_in", changed, frozenset({"YOY010"}))


def headcounts_left_in(years: Years, form: Form, _: Chooser) -> YearsCorruption | None:
    """All headcounts are last year's."""
    if "headcount" not in form.fields:
        return None
    codes = {"YOY011"}
    count = 0
    changed = years
    for sheet, earlier in list(_pairs(years)):
        headcount = sheet.years[_own(sheet, form)].headcount
        there = _own(earlier, form)
        if headcount is None or not headcount.value:
            continue
        count += 1
        before = earlier.years[there].headcount
        if _is_shared(years, there) and (before is None or before.value != headcount.value):
            codes.add("YOY001")
        columns = _with_column(earlier, there, {"headcount": headcount})
        changed = _with_earlier(changed, earlier, years=columns)
    if count < _LEAST_HEADCOUNTS:
        return None
    return YearsCorruption("headcounts_left_in", changed, frozenset(codes))


def text_left_in(years: Years, _: Form, chooser: Chooser) -> YearsCorruption | None:
    """The issues of the year are word for word last year's."""
    place = _some(
        (
            (sheet, earlier, here, there)
            for sheet, earlier in _pairs(years)
            for here, there in ((str(sheet.fiscal_year), str(earlier.fiscal_year)),)
            if here in sheet.evaluations
            and there in earlier.evaluations
            and len(sheet.evaluations[here].issues) > 10
        ),
        chooser,
    )
    if place is None:
        return None
    sheet, earlier, here, there = place
    issues = {"issues": sheet.evaluations[here].issues}
    evaluation = earlier.evaluations[there].model_copy(update=issues)
    evaluations = FrozenDict({**earlier.evaluations, there: evaluation})
    changed = _with_earlier(years, earlier, evaluations=evaluations)
    return YearsCorruption("text_left_in", changed, frozenset({"YOY012"}), sheet.number, year=here)


# — projects that come and go —


def ended_project_back(years: Years, form: Form, chooser: Chooser) -> YearsCorruption | None:
    """Last year's book ended a project and planned nothing more, and it has costs this year."""
    endings = [word for word, meaning in form.evaluations.items() if meaning in ENDINGS]
    place = _some(
        (
            (sheet, earlier, plans)
            for sheet, earlier in _pairs(years)
            for plans in (_plans(earlier),)
            if str(earlier.fiscal_year) in earlier.evaluations
            and _amounts(sheet.years[_own(sheet, form)]).get("total_cost")
            and not any(_is_shared(years, key) for key in plans)
        ),
        chooser,
    )
    if place is None or not endings:
        return None
    sheet, earlier, plans = place
    key = str(earlier.fiscal_year)
    nothing = {name: blank(form.fields[name]) for name in form.amounts}
    ended = earlier.model_copy(
        update={"evaluations": _evaluated(earlier, key, one_of(chooser, endings), form)}
    )
    for plan in plans:
        ended = ended.model_copy(update={"years": _with_column(ended, plan, nothing)})
    changed = _with_earlier(years, earlier, evaluations=ended.evaluations, years=ended.years)
    codes = {"YOY007", "YOY002"} if key in sheet.evaluations else {"YOY007"}
    return YearsCorruption("ended_project_back", changed, frozenset(codes), sheet.number)


def _plans(earlier: Sheet) -> list[str]:
    """The columns of last year's sheet that plan this year."""
    return [key for key, column in earlier.years.items() if column.year > earlier.fiscal_year]


def project_gone(years: Years, _: Form, chooser: Chooser) -> YearsCorruption | None:
    """This year's book lacks a project that did not end, of a department that has others."""
    departments = [sheet.department for sheet in years.book.sheets]
    sheet = _some(
        (sheet for sheet, _ in _pairs(years) if departments.count(sheet.department) > 1), chooser
    )
    if sheet is None:
        return None
    others = tuple(other for other in years.book.sheets if other is not sheet)
    changed = years._replace(book=years.book.model_copy(update={"sheets": others}))
    return YearsCorruption("project_gone", changed, frozenset({"YOY008"}))


def new_project_there(years: Years, form: Form, chooser: Chooser) -> YearsCorruption | None:
    """Last year's book has costs of a project that this year's calls new."""
    names = {sheet.name for sheet, _ in _pairs(years)}
    new = _some(
        (
            sheet
            for sheet in years.book.sheets
            if sheet.status in ("new", "single_year") and sheet.name not in names
        ),
        chooser,
    )
    donor = _some(
        (
            earlier
            for _, earlier in _pairs(years)
            if _amounts(earlier.years[_own(earlier, form)]).get("total_cost")
        ),
        chooser,
    )
    if new is None or donor is None:
        return None
    about = ("name", "department", "budget_stages", "purpose", "category")
    added = donor.model_copy(
        update={
            **{name: getattr(new, name) for name in about},
            "number": len(years.last_year.sheets) + 1,
        }
    )
    last_year = years.last_year.model_copy(update={"sheets": (*years.last_year.sheets, added)})
    codes = {"YOY009", *_differences(new, added)}
    return YearsCorruption(
        "new_project_there", years._replace(last_year=last_year), frozenset(codes), new.number
    )


def _differences(sheet: Sheet, earlier: Sheet) -> Collection[str]:
    """The codes for what two sheets print otherwise of the same years."""
    columns = [(sheet.years[here], earlier.years[there]) for here, there in _shared(sheet, earlier)]
    codes = {"YOY001" for here, there in columns if _amounts(here) != _amounts(there)}
    shared = sheet.evaluations.keys() & earlier.evaluations.keys()
    words = ((sheet.evaluations[key].result, earlier.evaluations[key].result) for key in shared)
    return codes | {"YOY002" for here, there in words if here != there}


CORRUPTIONS_OF_YEARS: Final[Mapping[str, Corrupter]] = {
    corrupter.__name__: corrupter
    for corrupter in (
        past_figure_changed,
        past_evaluation_changed,
        past_actual_changed,
        target_changed,
        due_changed,
        settled_as_planned,
        population_left_in,
        headcounts_left_in,
        text_left_in,
        ended_project_back,
        project_gone,
        new_project_there,
    )
}
"""Each kind of mistake between two books, by name."""
