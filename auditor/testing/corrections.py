"""Hypothesis strategies: a published book and its corrected version, with what was corrected."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.records.decimals import number
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Evaluation, FiscalYear, Kpi, Sheet
from auditor.testing.strategies import consistent_books

__all__ = ["CorrectedBook", "corrected_books", "corrected_texts"]

_SENTENCES: Final = (
    "参加者は120人であった。",
    "参加者は1,204人であった。",
    "引き続き関係機関と連携して取り組む。",
    "・図書館の整備を行った。\n",
    "・公園の整備を行った。\n",
    "令和６年度は講座を3回（延べ12日）開催した。",
    "事業費は△1,234千円、うち一般財源は ５６７千円である",
    "窓口を ｶﾞｲﾄﾞ ㈱ に委託した。\n",
)
_WORDS: Final = ("", "5", "1,234", "縮小", "を検討", "。", "△", " ", "\n", "第２回")
_NARRATIVES: Final = ("purpose", "planned", "achieved", "category")


class CorrectedBook(NamedTuple):
    """A form, a consistent book of it as it was published, and the version that is right now.

    ``spots`` counts the places that were corrected, of records that keep their names; it is 0
    where both versions are the same.
    """

    form: Form
    published: Book
    corrected: Book
    spots: int


@st.composite
def corrected_texts(draw: DrawFn) -> tuple[str, str]:
    """A text of some sentences, which may be the same ones, and what an editor made of it."""
    text = "".join(draw(st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=12)))
    after = text
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(after)))
        end = draw(st.integers(start, min(start + 8, len(after))))
        after = after[:start] + draw(st.sampled_from(_WORDS)) + after[end:]
    return text, after


@st.composite
def corrected_books(
    draw: DrawFn,
    form: Form | SearchStrategy[Form] | None = None,
    *,
    sheets: tuple[int, int] = (1, 4),
    kpis: tuple[int, int] = (0, 2),
) -> CorrectedBook:
    """A book and its corrected version, whose records stand in the same order and have the same
    names. Figures, evaluations and texts are corrected; so are none, now and then.
    """
    chosen, book = draw(consistent_books(form, sheets=sheets, kpis=kpis))
    editor = _Editor(draw, chosen)
    pairs = [editor.sheet(sheet) for sheet in book.sheets]
    # Pairs are made by project and name, which several indicators of a drawn book may share.
    named = [kpi.model_copy(update={"project": f"{kpi.project}{kpi.number}"}) for kpi in book.kpis]
    indicators = [editor.kpi(kpi) for kpi in named]
    published, corrected = (
        book.model_copy(
            update={
                "sheets": tuple(pair[at] for pair in pairs),
                "kpis": tuple(pair[at] for pair in indicators),
            }
        )
        for at in (0, 1)
    )
    return CorrectedBook(chosen, published, corrected, editor.spots)


class _Editor:
    """Corrects places of records, as hypothesis draws them."""

    def __init__(self, draw: DrawFn, form: Form) -> None:
        self._draw, self._form = draw, form
        self.spots = 0

    def sheet(self, sheet: Sheet) -> tuple[Sheet, Sheet]:
        """The sheet with narratives, and its corrected version."""
        texts: dict[str, tuple[str, str]] = {}
        for name in _NARRATIVES:
            if self._chance():
                texts[name] = self._draw(corrected_texts())
        before = sheet.model_copy(update={name: text for name, (text, _) in texts.items()})
        after = before.model_copy(update={name: text for name, (_, text) in texts.items()})
        self.spots += sum(squeezed(old) != squeezed(new) for old, new in texts.values())
        years = {key: self._column(column) for key, column in before.years.items()}
        evaluations = {
            key: self._evaluation(evaluation) for key, evaluation in before.evaluations.items()
        }
        population = self._figure(before.population) if before.population else None
        update = {
            "years": FrozenDict(years),
            "evaluations": FrozenDict(evaluations),
            "population": population,
        }
        return before, after.model_copy(update=update)

    def kpi(self, kpi: Kpi) -> tuple[Kpi, Kpi]:
        """The indicator and its corrected version."""
        actuals = {year: self._figure(figure) for year, figure in kpi.actuals.items()}
        update = {"target": self._figure(kpi.target), "actuals": FrozenDict(actuals)}
        return kpi, kpi.model_copy(update=update)

    def _chance(self) -> bool:
        return self._draw(st.integers(0, 9)) == 9

    def _column(self, column: FiscalYear) -> FiscalYear:
        total = self._figure(column.total_cost) if column.total_cost is not None else None
        funding = {name: self._figure(figure) for name, figure in column.funding.items()}
        return column.model_copy(update={"total_cost": total, "funding": FrozenDict(funding)})

    def _evaluation(self, evaluation: Evaluation) -> Evaluation:
        if not self._form.evaluations or not self._chance():
            return evaluation
        words = [word for word in self._form.evaluations if word != evaluation.result]
        self.spots += 1
        result = self._draw(st.sampled_from(words))
        return evaluation.model_copy(
            update={"result": result, "meaning": self._form.meaning(result)}
        )

    def _figure(self, figure: Figure) -> Figure:
        """Now and then another figure of the same unit: a number, a dash, or a blank."""
        if not self._chance():
            return figure
        update = {"unit": figure.unit, "place": figure.place}
        other = self._draw(_FIGURES).model_copy(update=update)
        if (other.state, other.value) == (figure.state, figure.value):
            return figure
        self.spots += 1
        return other


def _printed(value: int) -> Figure:
    return Figure(value=Decimal(value), state="number", printed=number(Decimal(value)))


_FIGURES: Final = (
    st.integers(-(10**9), 10**9).map(_printed)
    | st.just(Figure())
    | st.just(Figure(state="dash", printed="-"))
)
