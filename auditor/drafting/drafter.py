"""From the cells of a document to the draft of its form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, Final

from auditor.drafting.adding_up import adding_up
from auditor.drafting.board import Board, boards_of
from auditor.drafting.codes import rule_prefix
from auditor.drafting.draft import (
    Answers,
    Certainty,
    Draft,
    DraftField,
    FormColumn,
    Question,
    columns_by_parts,
)
from auditor.drafting.headings import printed_label, same_heading
from auditor.drafting.inside_sheets import without_indicators
from auditor.drafting.lists import lists_of
from auditor.drafting.measures import DraftColumn, Each, Layout, Measure
from auditor.drafting.naming import Name, Naming, expected_equations
from auditor.drafting.questions import few
from auditor.drafting.relation import Relation
from auditor.drafting.relations import relations
from auditor.drafting.rules import column_name, findings_of, rules_of
from auditor.drafting.sheets import sheets_of
from auditor.drafting.unit_notes import unit_notes
from auditor.drafting.vocabulary import Vocabulary
from auditor.forms.checks import RESERVED
from auditor.forms.model import YEN
from auditor.readers.grid.label_text import label_key
from auditor.readers.printed_grids import PrintedGrid
from auditor.records.fields import UNKNOWN_UNIT
from auditor.records.fiscal import parse_year
from auditor.records.text import Text

__all__ = ["drafted", "layout_of"]

_NO_NAME: Final = Name("", False, Text(en="", ja=""))
_NO_MEANING: Final = Text(
    en="its heading says nothing that is known", ja="見出しからは意味が分かりません"
)
UNKNOWN_KIND: Final = "unstated"
"""The kind of columns of which nothing says whether they are budgets or settlements."""


def layout_of(
    grids: Sequence[PrintedGrid], vocabulary: Vocabulary
) -> tuple[Layout | None, list[Board]]:
    """How a document is laid out, or None where nothing in it is a sheet, a list or a table of
    items; and its boards.
    """
    boards = boards_of(grids, vocabulary)
    rest, indicators = without_indicators(boards, vocabulary)
    sheets = sheets_of(rest, vocabulary)
    if sheets is not None:
        sheets.indicators = indicators
    if sheets is not None and len(sheets.records) > 1:
        return sheets, boards
    # A list whose first row is a section's name looks like one sheet.
    listed = lists_of(boards, vocabulary)
    if sheets is None or (listed is not None and _is_rather(listed, sheets)):
        return listed, boards
    return sheets, boards


def _is_rather(listed: Layout, sheets: Layout) -> bool:
    """Whether a document with one sheet is a list: of several rows, with more numbers."""
    rows, of_sheet = sum(listed.counts.values()), sum(sheets.counts.values())
    return len(listed.records) > 2 and rows > of_sheet


def drafted(
    grids: Sequence[PrintedGrid],
    vocabulary: Vocabulary,
    *,
    source: str,
    name: str,
    answers: Answers,
    taken: Collection[str] = (),
) -> Draft | None:
    """The draft of the form of a document called ``source``; None where nothing is recognised.

    ``name`` is what the form is to be called, and ``taken`` are the prefixes of codes that other
    rules have. The same document and answers give the same draft.
    """
    layout, boards = layout_of(grids, vocabulary)
    if layout is None:
        return None
    prefix = rule_prefix(name, taken)
    if layout.kind == "indicators":
        return _of_indicators(layout, vocabulary, source, name, prefix)
    return _Drafter(layout, boards, vocabulary, source, name, prefix, answers).draft()


def _of_indicators(
    layout: Layout, vocabulary: Vocabulary, source: str, name: str, prefix: str
) -> Draft:
    """The draft of a table of indicators, which has no amounts and no columns of its own."""
    assert layout.indicators is not None
    labels = layout.indicators.labels
    words = (layout.title_words, labels["name"], labels["target"])
    return Draft(
        source=source,
        name=name,
        rule_prefix=prefix,
        layout=layout,
        title=_title_of(layout, source),
        detect=list(dict.fromkeys(filter(None, words))),
        unit="",
        units={},
        fiscal_year=next(iter(layout.years), None),
        states_fiscal_year=False,
        columns=[],
        evaluated=[],
        fields=[],
        funding_complete=True,
        lower_is_better=vocabulary.lower_is_better,
    )


def _title_of(layout: Layout, source: str) -> str:
    return layout.title_words or source.rpartition(".")[0] or source


class _Drafter:
    """One draft while it is made."""

    def __init__(
        self,
        layout: Layout,
        boards: Sequence[Board],
        vocabulary: Vocabulary,
        source: str,
        name: str,
        prefix: str,
        answers: Answers,
    ) -> None:
        self.layout, self.boards, self.vocabulary = layout, boards, vocabulary
        self.source, self.name, self.prefix, self.answers = source, name, prefix, answers
        self.questions: list[Question] = []
        self.relations: list[Relation] = []
        self.alike: list[DraftField] = []
        self.years: list[int] | None = None
        self.years_assumed = False
        self.is_of_one_year = False
        """Whether the figures of a list may stand in the one column of its fiscal year."""
        self.of_columns: list[FormColumn] = []
        """The form's column of each of the layout."""

    def draft(self) -> Draft | None:
        """The draft; None where no figure has a label of its own."""
        unit = self._unit()
        yearly = [m for m in self.layout.measures if m.each == "year"]
        single = [m for m in self.layout.measures if m.each == "sheet"]
        of_years = self._relations("year")
        of_sheets = self._relations("sheet")
        self.relations = [*of_years, *of_sheets]
        naming = Naming(yearly, self.vocabulary, of_years)
        if not self.layout.columns and self.layout.kind != "items":
            naming = self._one_year(single, of_sheets) or naming
            names = {name.name for name in naming.names.values()}
            self.is_of_one_year = self.layout.kind == "list" and "total_cost" in names
            of_years, of_sheets = self._split(of_sheets)
        fiscal_year, stated = self._fiscal_year()
        columns = self._columns(fiscal_year)
        fields = self._fields(naming)
        if not fields and self.layout.indicators is None:
            return None
        complete = self._is_complete(naming, fields)
        draft = Draft(
            source=self.source,
            name=self.name,
            rule_prefix=self.prefix,
            layout=self.layout,
            title=_title_of(self.layout, self.source),
            detect=self._detect(),
            unit=unit,
            units=self._units(unit, fields),
            fiscal_year=fiscal_year,
            states_fiscal_year=stated,
            columns=columns,
            evaluated=_evaluated(columns),
            fields=fields,
            funding_complete=complete,
            years=self.years,
            years_assumed=self.years_assumed,
            title_label=self._title_label(),
            lower_is_better=self.vocabulary.lower_is_better,
            alike=self.alike,
        )
        self._ask_names(fields)
        draft.questions = few(self.questions)
        self._take_numbers(draft, naming, {"year": of_years, "sheet": of_sheets})
        return draft

    def _take_numbers(
        self, draft: Draft, naming: Naming, entries: Mapping[Each, Sequence[Relation]]
    ) -> None:
        """What the numbers say beyond names: how sums are rounded, rules, first findings, and
        units that are doubtful.
        """
        total = naming.total if draft.funding_complete else None
        draft.adding_up = adding_up(total, self.layout.columns_of("year"))
        if total is not None and draft.adding_up is not None and draft.adding_up.sums == "rounded":
            # Such a form rounds its amounts to whole units without being told.
            draft.fields = [
                replace(field, rounding="exact", step=None)
                if field.key in total.roundings and field.step == 1
                else field
                for field in draft.fields
            ]
        draft.rules = rules_of(draft, entries, self.vocabulary)
        draft.findings = findings_of(draft, entries)
        draft.unit_notes = list(unit_notes(self.layout, partial(column_name, draft)))

    def _relations(self, each: str) -> list[Relation]:
        measures = [m for m in self.layout.measures if m.each == each]
        columns = self.layout.columns_of("year" if each == "year" else "sheet")
        if not columns:
            return []
        return relations(columns, expected=expected_equations(measures, self.vocabulary))

    def _one_year(
        self, measures: Sequence[Measure], of_sheets: Sequence[Relation]
    ) -> Naming | None:
        """The names of a list of one year, whose figures stand in its one column where they are
        such as every form knows.
        """
        naming = Naming(measures, self.vocabulary, of_sheets)
        fields = {
            key: name
            for key, name in naming.names.items()
            if self.vocabulary.is_field(name.name) and (name.is_certain or self.answers.names)
        }
        if not any(name.name == "total_cost" for name in fields.values()):
            return naming
        headings = (m.heading for m in measures if fields.get(m.key, _NO_NAME).name == "total_cost")
        self.layout.columns.append(DraftColumn(None, 0, self.vocabulary.kind_of(next(headings))))
        for measure in measures:
            if measure.key in fields or self._is_with(measure, fields, of_sheets):
                measure.each = "year"
                measure.cells = {(record, 0): spot for (record, _), spot in measure.cells.items()}
                measure.totals = {0: total for total in measure.totals.values()}  # noqa: B035
        return naming

    def _is_with(
        self, measure: Measure, fields: Mapping[str, Name], of_sheets: Sequence[Relation]
    ) -> bool:
        """Whether a figure stands in a relation with figures of the column, and belongs there."""
        return any(
            measure.key in relation.equation.keys
            and any(key in fields for key in relation.equation.keys)
            for relation in of_sheets
            if relation.strength != "question"
        )

    def _split(self, entries: Sequence[Relation]) -> tuple[list[Relation], list[Relation]]:
        """Relations of a list of one year by where their figures stand now; those between figures
        of both kinds are left out.
        """
        of_year = {m.key for m in self.layout.measures if m.each == "year"}
        yearly = [r for r in entries if of_year.issuperset(r.equation.keys)]
        single = [r for r in entries if of_year.isdisjoint(r.equation.keys)]
        return yearly, single

    # — years —

    def _fiscal_year(self) -> tuple[int | None, bool]:
        """The fiscal year, and whether the form has to state it."""
        layout = self.layout
        if self.answers.fiscal_year is not None and not layout.years:
            return self.answers.fiscal_year, True
        if layout.years:
            return self._of_title(layout.years), False
        if layout.fiscal_years:
            return layout.fiscal_years[0], False
        names = [parse_year(board.name) for board in self.boards]
        printed = [year for year in (*names, parse_year(self.source)) if year is not None]
        if printed:
            return printed[0], False
        settled = [c.year for c in layout.columns if c.year is not None and c.kind == "settled"]
        dated = [c.year for c in layout.columns if c.year is not None]
        likely = max(settled or dated, default=None)
        if layout.kind == "sheet" and likely is not None:
            # The years over its columns date a sheet.
            return likely, False
        self.questions.append(
            Question(
                "fiscal_year",
                Text(
                    en="Which fiscal year is the document of? It prints none.",
                    ja="この文書は何年度のものですか。文書に年度の記載がありません。",
                ),
                suggestion=str(likely or ""),
                blocking=True,
            )
        )
        return likely, True

    def _of_title(self, years: Sequence[int]) -> int:
        """The title's year; of several the last one that has a settlement."""
        settled = {c.year for c in self.layout.columns if c.kind == "settled"}
        fitting = [year for year in years if year in settled]
        return max(fitting) if len(set(years)) > 1 and fitting else years[0]

    def _columns(self, fiscal_year: int | None) -> list[FormColumn]:
        """The columns by their distance from the fiscal year."""
        layout = self.layout
        if not layout.columns:
            # A form of sheets has a column, whether its figures stand in one or not.
            return [FormColumn(0, UNKNOWN_KIND)] if layout.kind == "sheet" else []
        if layout.repeats:
            self._repeated_years(fiscal_year)
        columns: list[FormColumn] = []
        unstated = False
        for column in layout.columns:
            year = self.years[column.group] if self.years is not None else column.year
            offset = 0 if year is None or fiscal_year is None else year - fiscal_year
            kind = column.kind or self._kind_of_title() or self.answers.kind
            unstated = unstated or kind is None
            columns.append(
                FormColumn(offset, kind or UNKNOWN_KIND, column.word, column.kind is not None)
            )
        if unstated:
            self._ask_kinds()
        self.of_columns = _told_apart(columns)
        return list(dict.fromkeys(self.of_columns))

    def _kind_of_title(self) -> str | None:
        """The kind of all columns that say none, where the title says one: 一般会計予算."""
        title = label_key(self.layout.title or self.layout.title_words)
        said = {kind for word, kind in self.vocabulary.title_kinds.items() if word in title}
        return said.pop() if len(said) == 1 else None

    def _repeated_years(self, fiscal_year: int | None) -> None:
        count = 1 + max(column.group for column in self.layout.columns)
        if self.answers.years is not None and len(self.answers.years) == count:
            self.years = list(self.answers.years)
            return
        last = fiscal_year or 0
        self.years = [last - count + 1 + group for group in range(count)] if last else None
        self.years_assumed = True
        suggestion = ",".join(map(str, self.years or ()))
        self.questions.append(
            Question(
                "years",
                Text(
                    en=f"The same headings come {count} times. Of which fiscal years are they, "
                    "from the left?",
                    ja=f"同じ見出しが{count}回繰り返されています。左から順に、何年度のものですか。",
                ),
                suggestion=suggestion,
                blocking=True,
            )
        )

    def _ask_kinds(self) -> None:
        self.questions.append(
            Question(
                "kinds",
                Text(
                    en="Are the amounts settlements (settled) or budgets (budgeted)? "
                    "The document does not say.",
                    ja="金額は決算額ですか、予算額ですか。文書に記載がありません。",
                ),
                suggestion="settled",
            )
        )

    # — fields —

    def _fields(self, naming: Naming) -> list[DraftField]:
        fields: list[DraftField] = []
        singles = Naming(
            [m for m in self.layout.measures if m.key not in naming.names],
            self.vocabulary,
            (),
        )
        again = Counter(same_heading(m.heading) for m in self.layout.measures)
        taken: Counter[str] = Counter()
        for number, measure in enumerate(self.layout.measures, 1):
            name = naming.names.get(measure.key) or singles.names.get(measure.key)
            if name is not None and not self.vocabulary.is_field(name.name):
                # Headings may say kinds alone: 予算額 in one column, 決算額 in another.
                name = replace(name, name="amount") if len(measure.kind_words) > 1 else name
            field = self._field(measure, name, number, again[same_heading(measure.heading)] > 1)
            taken[field.name] += 1
            if taken[field.name] > 1:
                again_name = f"{field.name}_{taken[field.name]}"
                is_plain = field.certainty in ("plain", "certain") and field.each is not None
                field = (
                    replace(field, name=again_name)
                    if is_plain
                    else self._field(measure, None, number, True)
                )
            fields.append(replace(field, **self._rounding(measure)))
        return self._without_equal_labels(fields)

    def _without_equal_labels(self, fields: Sequence[DraftField]) -> list[DraftField]:
        """The fields but for those whose label is another's, too: a form could not tell them
        apart.
        """
        labels = {label_key(_whole(text)) for text in self.layout.labels.values()}
        apart: list[DraftField] = []
        for field in fields:
            key = label_key(field.label)
            if key in labels:
                self.alike.append(field)
            else:
                labels.add(key)
                apart.append(field)
        return apart

    def _rounding(self, measure: Measure) -> dict[str, Any]:
        """How a figure is rounded, as far as a relation says."""
        for relation in self.relations:
            if relation.strength != "question" and measure.key in relation.roundings:
                rounding, step = relation.roundings[measure.key]
                return {"rounding": rounding, "step": step}
        return {}

    def _field(
        self, measure: Measure, name: Name | None, number: int, is_again: bool
    ) -> DraftField:
        """A figure of the form. What its heading or a sum alone says is asked, and it has a
        neutral name until somebody answers.
        """
        neutral = f"figure_{number}"
        label = printed_label(measure.heading)
        if self.layout.kind != "sheet":
            label = _whole(measure.heading)
        if is_again and measure.group:
            label = f"{_whole(measure.group)} {label}"
        field = DraftField(
            neutral,
            measure.key,
            label,
            measure.heading,
            measure.each,
            self._unit_of(measure, name),
            "unnamed",
            _NO_MEANING,
            columns=self._printed_in(measure),
            other_labels=tuple(word for word in map(_whole, measure.kind_words) if word != label),
        )
        if name is None:
            return field
        is_field = self.vocabulary.is_field(name.name)
        is_confirmed = name.is_certain and name.is_confirmed
        if not is_field:
            plain = name.name if name.name not in RESERVED else neutral
            certainty: Certainty = "certain" if is_confirmed else "plain"
            return replace(field, name=plain, certainty=certainty, why=name.why)
        stands_there = measure.each == "year" or name.name == "population"
        may_stand = stands_there or self.is_of_one_year
        if stands_there and (name.is_certain or self.answers.names):
            return replace(field, name=name.name, each=None, certainty="certain", why=name.why)
        suggestion = name.name if may_stand else ""
        return replace(field, certainty="asked", why=name.why, suggestion=suggestion)

    def _unit_of(self, measure: Measure, name: Name | None) -> str | None:
        """The unit that a figure prints; else that of all figures of such a name, and None for
        the form's.
        """
        if measure.unit is not None or name is None:
            return measure.unit
        return self.vocabulary.file.figure_units.get(name.name)

    def _printed_in(self, measure: Measure) -> tuple[str | int, ...]:
        """The columns that print a figure, where not all do, by their kinds, offsets or both."""
        if measure.only_kinds:
            return measure.only_kinds
        if measure.each == "sheet" or self.layout.rows == "year" or not self.of_columns:
            return ()
        columns = range(len(self.of_columns))
        with_numbers = {at for (_, at), spot in measure.cells.items() if spot.is_number}
        # A blank may be filled in next year, a dash tells that nothing belongs there.
        with_dashes = {at for _, at in measure.cells} - with_numbers
        missing = with_dashes & self._with_numbers
        if measure.stands_in:
            missing |= {at for at in columns if at not in measure.stands_in}
        if not with_numbers or not missing:
            return ()
        printing = [self.of_columns[at] for at in columns if at not in missing]
        return columns_by_parts(printing, self.of_columns)

    @cached_property
    def _with_numbers(self) -> set[int | None]:
        """The columns in which any figure has numbers."""
        measures = self.layout.measures
        return {at for m in measures for (_, at), spot in m.cells.items() if spot.is_number}

    def _ask_names(self, fields: Sequence[DraftField]) -> None:
        open_ones = [field for field in fields if field.certainty == "asked" and field.suggestion]
        if not open_ones:
            return
        pairs_en = ", ".join(f"{_whole(f.heading)} = {f.suggestion}" for f in open_ones)
        titles = self.vocabulary.file.titles
        pairs_ja = "、".join(
            f"「{_whole(f.heading)}」は{titles.get(f.suggestion, f.suggestion)}" for f in open_ones
        )
        self.questions.append(
            Question(
                "names",
                Text(
                    en=f"Are these figures what their headings seem to say? {pairs_en}",
                    ja=f"見出しの語だけから推定した項目があります。この読み方でよいですか。{pairs_ja}",
                ),
                suggestion="yes",
            )
        )

    def _is_complete(self, naming: Naming, fields: Sequence[DraftField]) -> bool:
        """Whether the sources add up to the total, as far as both are fields of the form."""
        names = {field.name for field in fields}
        has_sources = any(name.startswith("funding.") for name in names)
        if "total_cost" not in names or not has_sources:
            return True
        return naming.total is not None

    # — words —

    def _unit(self) -> str:
        """The unit of money: what is printed, else the answer."""
        units = Counter(
            m.unit for m in self.layout.measures if m.unit and self.vocabulary.is_money(m.unit)
        )
        unit = self.layout.unit or (units.most_common(1)[0][0] if units else self.answers.unit)
        if unit is None and not any(map(self._may_be_money, self.layout.measures)):
            return YEN  # which no figure is in
        if unit is None:
            self.questions.append(
                Question(
                    "unit",
                    Text(
                        en="In which unit are the amounts? The document prints none.",
                        ja="金額の単位は何ですか（円、千円、百万円）。文書に記載がありません。",
                    ),
                    suggestion="千円",
                )
            )
        return unit or UNKNOWN_UNIT

    def _may_be_money(self, measure: Measure) -> bool:
        """Whether a figure has the unit of the whole form."""
        names = self.vocabulary.names_of(measure.heading)
        has_unit = names[:1] and names[0] in self.vocabulary.file.figure_units
        return measure.unit is None and not has_unit

    def _units(self, unit: str, fields: Sequence[DraftField]) -> dict[str, Decimal]:
        of_fields = (field.unit for field in fields if field.unit)
        names = dict.fromkeys([unit, *of_fields, *self.layout.row_units])
        return {name: self.vocabulary.factor(name) for name in names}

    def _title_label(self) -> str:
        """The title behind its year, where the rest of it comes again next year."""
        rest = self.layout.title
        if self.layout.kind != "sheet" or len(set(self.layout.years)) != 1:
            return ""
        return rest if parse_year(rest) is None else ""

    def _detect(self) -> list[str]:
        """Words that stand in each document of the form: of its title, and some headings."""
        words = [self.layout.title_words, _whole(self.layout.labels["name"])]
        words += [printed_label(measure.heading) for measure in self.layout.measures[:3]]
        lasting = (word for word in words if word and parse_year(word) is None)
        return list(dict.fromkeys(lasting))


def _whole(text: str) -> str:
    """A heading on one line."""
    return re.sub(r"\s+", " ", text).strip()


def _evaluated(columns: Sequence[FormColumn]) -> list[int]:
    """The last settled year, which is what a sheet evaluates; else the fiscal year."""
    settled = [column.offset for column in columns if column.kind == "settled"]
    return [max(settled)] if settled else [0]


def _told_apart(columns: Sequence[FormColumn]) -> list[FormColumn]:
    """The columns, where the same ones are one, and those of a year that only their words tell
    apart have kinds of their own: 当初予算 and 補正後予算.
    """
    apart: list[FormColumn] = []
    for column in columns:
        alike = {
            other.label: other
            for other in apart
            if (other.offset, other.kind.partition("_")[0]) == (column.offset, column.kind)
        }
        same = alike.get(column.label)
        if same is None and alike and column.label and "" not in alike:
            same = replace(column, kind=f"{column.kind}_{len(alike) + 1}")
        apart.append(same or next(iter(alike.values()), column))
    return apart
