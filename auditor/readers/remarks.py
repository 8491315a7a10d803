"""What the readers have to say about a sheet, whatever document it stands in.

There is a function for each thing that they may find, with its sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.readers.characters import invisible_in, is_visible
from auditor.records.figures import Figure, Place
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.model import Remark, RemarkCell
from auditor.records.text import Text

__all__ = [
    "alike",
    "column_not_sure",
    "columns_without_years",
    "counted",
    "doubtful",
    "evaluation_headed",
    "evaluation_missing",
    "header_differs",
    "header_missing",
    "header_shifted",
    "header_without_years",
    "kind_missing",
    "label_missing",
    "not_printed_there",
    "part_named",
    "row_without_header",
    "several_values",
    "stray",
    "stray_text",
    "strays",
    "text_for_figure",
    "too_many_values",
    "turned_digits",
    "unknown_unit",
]

_BOOK: Final = 10
"""From how many sheets on a remark that all of them have is one of the book."""
_NAMED: Final = 3
"""How many of them it names."""
_MANY: Final = 4
"""From how many cells of a sheet on the same remark on each is one remark."""
_OF_CELLS: Final = frozenset(["RD001", "RD002", "RD005"])
"""The codes of remarks on what single cells print."""


def counted(remarks: Sequence[Remark], sheets: int) -> list[Remark]:
    """The remarks of a document with ``sheets`` sheets: one that each of its sheets has, in the
    same words, is one remark with their number. A form that does not fit is one fault, not 208.
    """
    if sheets < _BOOK:
        return list(remarks)
    same: dict[Remark, list[Remark]] = {}
    for remark in remarks:
        if remark.sheet is not None:
            bare = remark.model_copy(update={"sheet": None, "place": None})
            same.setdefault(bare, []).append(remark)
    everywhere = {
        bare: group
        for bare, group in same.items()
        if len({remark.sheet for remark in group}) == sheets
    }
    rest = [
        remark
        for remark in remarks
        if remark.model_copy(update={"sheet": None, "place": None}) not in everywhere
    ]
    return [*(_of_all(group, sheets) for group in everywhere.values()), *rest]


def _of_all(remarks: Sequence[Remark], sheets: int) -> Remark:
    """One remark in the place of those that all sheets have; it names where the first ones are."""
    remark = remarks[0]
    detail = remark.detail
    if detail is not None:
        places = (part_named(other.place) for other in remarks if other.place is not None)
        named = [text for text in dict.fromkeys(places) if text.en]
        en, ja = (
            [text.en for text in named[:_NAMED]],
            [text.ja for text in named[:_NAMED]],
        )
        if len(named) > _NAMED:
            en, ja = [*en, "…"], [*ja, "…"]
        detail = Text(
            en=f"{detail.en} (on each of the {sheets:,} sheets{': ' * bool(en)}{', '.join(en)})",
            ja=f"{detail.ja}（全{sheets:,}シート{'：' * bool(ja)}{'、'.join(ja)}）",
        )
    return remark.model_copy(update={"sheet": None, "detail": detail})


def alike(remarks: Sequence[Remark]) -> list[Remark]:
    """The remarks of a document: what many cells of one sheet, or of one page or worksheet of
    indicators, have in common is one remark with their number, and names the first of them.
    """
    groups: dict[tuple[object, ...], list[Remark]] = {}
    for remark in remarks:
        if remark.rule in _OF_CELLS and remark.field is not None and not remark.cells:
            groups.setdefault(_cause(remark), []).append(remark)
    together: dict[int, list[Remark]] = {}
    for group in groups.values():
        if len(group) >= _MANY:
            together.update((id(remark), group) for remark in group)
    rest: list[Remark] = []
    for remark in remarks:
        many = together.get(id(remark))
        if many is None:
            rest.append(remark)
        elif remark is many[0]:
            rest.append(_of_many(many))
    return rest


def _cause(remark: Remark) -> tuple[object, ...]:
    """What remarks on cells with one cause share: all but where they stand and what they print."""
    part: object = remark.sheet
    if part is None and remark.place is not None:
        part = remark.place.page, remark.place.sheet
    reason = remark.detail.en if remark.detail is not None else ""
    for shown in (remark.printed, _visible(remark.printed)):
        reason = reason.replace(f"'{shown}'", "the cell", 1)
    return remark.rule, remark.sheet is None, part, remark.evidence, reason


def _of_many(group: Sequence[Remark]) -> Remark:
    """One remark in the place of those on many cells; their first texts stand in it."""
    first, *others = group
    detail = first.detail
    if detail is not None:
        texts = list(dict.fromkeys(_visible(other.printed) for other in others))
        texts = [text for text in texts if text][:_NAMED]
        more = bool(texts) and len(texts) < len(others)
        en = ", ".join([*(f"'{text}'" for text in texts), *["…"] * more])
        ja = "".join(f"「{text}」" for text in texts) + "など" * more
        detail = Text(
            en=f"{detail.en} (the same of {len(others):,} more cells{': ' * bool(texts)}{en})",
            ja=f"{detail.ja}（ほか{len(others):,}か所も同様{'：' * bool(texts)}{ja}）",
        )
    cells = tuple(
        RemarkCell(
            sheet=remark.sheet,
            kpi=remark.kpi,
            field=remark.field or "",
            year=remark.year,
            printed=remark.printed,
            place=remark.place,
        )
        for remark in group
    )
    return Remark(
        rule=first.rule,
        sheet=first.sheet,
        kpi=first.kpi if len({remark.kpi for remark in group}) == 1 else None,
        place=first.place,
        detail=detail,
        evidence=first.evidence,
        cells=cells,
        alike=True,
    )


def _visible(printed: str) -> str:
    return "".join(filter(is_visible, printed))


def part_named(place: Place) -> Text:
    """A worksheet or a page by its name, in both languages; nothing where the place has neither."""
    if place.page is not None:
        return Text(en=f"page {place.page}", ja=f"{place.page}ページ")
    if place.sheet:
        return Text(en=f"worksheet '{place.sheet}'", ja=f"ワークシート「{place.sheet}」")
    return Text(en="", ja="")


def text_for_figure(
    sheet: int | None, field: str, year: str | None, figure: Figure, *, kpi: int | None = None
) -> Remark:
    """A text stands where a figure should."""
    detail = Text(
        en=f"'{figure.printed}' is not a figure",
        ja=f"「{figure.printed}」は数値として読めません",
    )
    if invisible := invisible_in(figure.printed):
        visible = _visible(figure.printed)
        codes = ", ".join(invisible)
        detail = Text(
            en=f"'{visible}' is not a figure: it holds invisible characters ({codes}); "
            "type it anew",
            ja=f"「{visible}」は数値として読めません。"
            f"目に見えない文字（{codes}）が入っています。入力し直してください",
        )
    return Remark(
        rule="RD001",
        sheet=sheet,
        kpi=kpi,
        field=field,
        year=year,
        printed=figure.printed,
        place=figure.place,
        detail=detail,
    )


def column_not_sure(sheet: int, field: str, year: str, figure: Figure) -> Remark:
    """A figure is in a column that nothing confirms."""
    return Remark(
        rule="RD002",
        sheet=sheet,
        field=field,
        year=year,
        printed=figure.printed,
        place=figure.place,
        detail=Text(
            en=f"the text does not tell for certain which year '{figure.printed}' belongs to",
            ja=f"「{figure.printed}」がどの年度の数値か、文字からは確実に分かりません",
        ),
        evidence="uncertain",
    )


def doubtful(
    field: str,
    year: str | None,
    figure: Figure,
    reason: Text,
    *,
    sheet: int | None = None,
    kpi: int | None = None,
) -> Remark:
    """A figure is not read for a reason that makes its value doubtful."""
    subject = Text(
        en=f"'{figure.printed}'" if figure.printed else "the cell",
        ja=f"「{figure.printed}」" if figure.printed else "セル",
    )
    return Remark(
        rule="RD002",
        sheet=sheet,
        kpi=kpi,
        field=field,
        year=year,
        printed=figure.printed,
        place=figure.place,
        detail=Text(
            en=f"{subject.en} was not read as a figure: {reason.en}",
            ja=f"{subject.ja}の数値を確定できません。{reason.ja}",
        ),
        evidence="uncertain",
    )


def stray(sheet: int, printed: str, place: Place) -> Remark:
    """A number belongs to no label."""
    return Remark(
        rule="RD003",
        sheet=sheet,
        printed=printed,
        place=place,
        detail=Text(
            en=f"'{printed}' belongs to no label of the form",
            ja=f"「{printed}」は、様式のどの項目にも当てはまりません",
        ),
    )


def strays(sheet: int, printed: str, more: int, place: Place) -> Remark:
    """Many numbers that belong to no label; ``printed`` is the first."""
    return Remark(
        rule="RD003",
        sheet=sheet,
        printed=printed,
        place=place,
        detail=Text(
            en=f"'{printed}' and {more} more numbers in the tables belong to no label "
            "or column of the form",
            ja=f"「{printed}」ほか{more}件の数値が、様式のどの項目・列にも当てはまりません",
        ),
    )


def stray_text(sheet: int, label: str, printed: str, place: Place) -> Remark:
    """Text that no label got, while a label has none."""
    return Remark(
        rule="RD003",
        sheet=sheet,
        printed=printed,
        place=place,
        detail=Text(
            en=f"this text belongs to no label of the form, and '{label}' has no text",
            ja=f"この文はどの項目のものか分かりません。「{label}」には文がありません",
        ),
    )


def turned_digits(sheet: int | None, count: int, place: Place) -> Remark:
    """Digits that run another way, in the cells of a page."""
    return Remark(
        rule="RD003",
        sheet=sheet,
        place=place,
        detail=Text(
            en=f"{count} digits in the cells run another way than the page, and were not read",
            ja=f"セル内に、ページと向きの異なる数字が{count}字あり、読み取っていません",
        ),
    )


def unknown_unit(sheet: int, field: str, unit: str, place: Place) -> Remark:
    """A unit is none that the form has."""
    return Remark(
        rule="RD003",
        sheet=sheet,
        field=field,
        printed=unit,
        place=place,
        detail=Text(
            en=f"the unit '{unit}' is not one of the form's; "
            "the figures were read in the form's own unit",
            ja=f"単位「{unit}」は様式にありません。様式の単位として読み取りました",
        ),
    )


def label_missing(
    sheet: int, field: str, label: str, place: Place, year: str | None = None
) -> Remark:
    """A label of the form is not on the sheet."""
    return Remark(
        rule="RD004",
        sheet=sheet,
        field=field,
        year=year,
        place=place,
        detail=Text(
            en=f"'{label}' was not found on this sheet",
            ja=f"このシートに「{label}」が見つかりません",
        ),
    )


def kind_missing(sheet: int, field: str, label: str, kind: str, place: Place) -> Remark:
    """A figure has rows for kinds of columns, and not for this one."""
    return Remark(
        rule="RD004",
        sheet=sheet,
        field=field,
        place=place,
        detail=Text(
            en=f"'{label}' has no row '{kind}' on this sheet",
            ja=f"「{label}」に「{kind}」の行が見つかりません",
        ),
    )


def not_printed_there(sheet: int, field: str, year: str, figure: Figure) -> Remark:
    """Something stands in a column that does not print the figure, as the form says."""
    return Remark(
        rule="RD003",
        sheet=sheet,
        field=field,
        year=year,
        printed=figure.printed,
        place=figure.place,
        detail=Text(
            en=f"'{figure.printed}' stands in a column in which the form prints no such figure",
            ja=f"「{figure.printed}」は、様式ではこの項目に記入のない列にあります",
        ),
    )


def evaluation_missing(sheet: int, year: int, place: Place) -> Remark:
    """A year's evaluation is not on the sheet."""
    return Remark(
        rule="RD004",
        sheet=sheet,
        field="evaluations.result",
        year=str(year),
        place=place,
        detail=Text(
            en=f"the evaluation of fiscal {year} was not found on this sheet",
            ja=f"このシートに{fiscal_year_in_words(year)}の評価が見つかりません",
        ),
    )


def too_many_values(sheet: int, field: str, row: Figure) -> Remark:
    """A row holds more figures than the form has columns for."""
    return Remark(
        rule="RD005",
        sheet=sheet,
        field=field,
        printed=row.printed,
        place=row.place,
        detail=Text(
            en=f"'{row.printed}' are more values than there are columns; "
            "neighbouring ones were kept together as text",
            ja=f"「{row.printed}」は列の数より多いため、隣り合う値をまとめて文字として残しました",
        ),
    )


def several_values(sheet: int, field: str, year: str | None, printed: str, place: Place) -> Remark:
    """Several values where a year, or a figure of the whole sheet, has one."""
    of, ja = ("figure", "項目") if year is None else ("year", "年度")
    return Remark(
        rule="RD005",
        sheet=sheet,
        field=field,
        year=year,
        printed=printed,
        place=place,
        detail=Text(
            en=f"'{printed}' are several values for one {of}",
            ja=f"「{printed}」は1つの{ja}に複数の値があります",
        ),
    )


def header_missing(sheet: int, place: Place) -> Remark:
    """No line names the years of the columns."""
    return Remark(
        rule="RD006",
        sheet=sheet,
        place=place,
        detail=Text(
            en="the table has no header with the years; they were taken from the title",
            ja="表の見出しに年度がありません。年度は表題から定めました",
        ),
    )


def header_without_years(sheet: int, printed: str, place: Place) -> Remark:
    """The headings name kinds of figures, and not their years."""
    return Remark(
        rule="RD006",
        sheet=sheet,
        printed=printed,
        place=place,
        detail=Text(
            en="the table's header has no years; they were taken from the title",
            ja="表の見出しに年度がありません。年度は表題から定めました",
        ),
    )


def header_differs(
    sheet: int,
    printed: str,
    fiscal_year: int,
    place: Place,
    years: Sequence[tuple[int, int]] = (),
) -> Remark:
    """Headings that are not those of the title's fiscal year. ``years`` are the printed ones with
    those that the title leads to, as far as both are clear.
    """
    wrong = [(year, expected) for year, expected in years if year != expected]
    title = fiscal_year_in_words(fiscal_year)
    ja = f"「{printed}」は、表題の年度（{title}）または様式の列と合いません"
    if wrong:
        headings, expected = (
            "".join(f"「{fiscal_year_in_words(year)}」" for year in column)
            for column in zip(*wrong, strict=True)
        )
        ja = f"表の見出しが{headings}です。表題（{title}）からは{expected}になるはずです"
    return Remark(
        rule="RD006",
        sheet=sheet,
        printed=printed,
        place=place,
        detail=Text(
            en=f"'{printed}' does not fit the fiscal year of the title ({fiscal_year})",
            ja=ja,
        ),
    )


def header_shifted(sheet: int, printed: str, fiscal_year: int, years: int, place: Place) -> Remark:
    """All headings of a table are some years before (``years`` < 0) or after those of the form."""
    count = abs(years)
    en = f"{count} {'year' if count == 1 else 'years'} {'before' if years < 0 else 'after'}"
    ja = f"{count}年{'前' if years < 0 else '後'}"
    return Remark(
        rule="RD006",
        sheet=sheet,
        printed=printed,
        place=place,
        detail=Text(
            en=f"all years of '{printed}' are {en} those of the form for the title's fiscal year "
            f"({fiscal_year}): correct the title, or the offsets of the form's columns. "
            "The figures were filed under the years printed; what depends on the evaluated year "
            "was not checked",
            ja=f"「{printed}」の年度は、表題の年度（{fiscal_year_in_words(fiscal_year)}）に対する"
            f"様式の列より、すべて{ja}です。表題か、様式の列の定義を直してください。"
            "数値は記載された年度のものとして読み取り、評価対象年度に関わる項目は確認していません",
        ),
    )


def row_without_header(sheet: int, field: str, label: str, place: Place) -> Remark:
    """A row has figures, and no header dates them."""
    return Remark(
        rule="RD006",
        sheet=sheet,
        field=field,
        place=place,
        detail=Text(
            en=f"no header with years of the form stands over '{label}', so its figures were not "
            "read",
            ja=f"「{label}」の上に様式の列に当たる年度の見出しがないため、この数値は読み取っていません",
        ),
    )


def columns_without_years(sheet: int, place: Place) -> Remark:
    """No column of the sheet has a year."""
    return Remark(
        rule="RD006",
        sheet=sheet,
        place=place,
        detail=Text(
            en="no column of the table has a year of the form: compare the fiscal year of the "
            "title with the headings",
            ja="表のどの列にも様式の列に当たる年度がありません。表題の年度と表の見出しを比べて"
            "ください",
        ),
    )


def evaluation_headed(
    sheet: int, printed: str, printed_year: int, year: int, place: Place
) -> Remark:
    """An evaluation's heading names a year that the form does not evaluate."""
    return Remark(
        rule="RD006",
        sheet=sheet,
        printed=printed,
        place=place,
        detail=Text(
            en=f"the evaluation is headed {printed_year}, where the form has that of {year}",
            ja=f"評価の見出しが{fiscal_year_in_words(printed_year)}ですが、"
            f"様式では{fiscal_year_in_words(year)}です",
        ),
    )
