"""What there is to say about a list: a function for each remark, and for each reason why a list
was not checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.readers.remarks import part_named
from auditor.records.figures import Figure, Place
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.model import Remark
from auditor.records.text import Text, Why

__all__ = [
    "column_missing",
    "columns_absent",
    "columns_alike",
    "columns_undated",
    "era_assumed",
    "figure_over_columns",
    "figure_over_rows",
    "headings_absent",
    "headings_missing",
    "items_unsure",
    "most_without_column",
    "most_without_name",
    "names_alone",
    "no_fiscal_year",
    "numbers_without_name",
    "rest_or_section",
    "row_without_column",
    "rows_without_year",
    "table_after",
    "too_little_read",
    "unknown_unit",
    "years_contradict",
    "years_unfit",
]

_NAMED: Final = 5


def _remark(rule: str, place: Place | None, en: str, ja: str, **more: object) -> Remark:
    fields: dict[str, object] = {"place": place, "detail": Text(en=en, ja=ja), **more}
    return Remark.model_validate({"rule": rule, **fields})


def _listed(texts: Sequence[str]) -> tuple[str, str]:
    """Some headings in both languages, the first ones by name."""
    shown = list(texts[:_NAMED])
    more = len(texts) - len(shown)
    en = ", ".join(f"'{text}'" for text in shown) + (f" and {more} more" if more else "")
    ja = "".join(f"「{text}」" for text in shown) + (f"ほか{more}件" if more else "")
    return en, ja


# — headings —


def column_missing(name: str, label: str, place: Place) -> Remark:
    """No heading of the list is a label of the form."""
    return _remark(
        "RD004",
        place,
        f"no column of the list is headed '{label}'; what stands in it could not be read",
        f"一覧表に見出し「{label}」の列が見つかりません。この列の内容は読み取れません",
        field=name,
    )


def columns_alike(name: str, label: str, headings: Sequence[str], place: Place) -> Remark:
    """Several columns may be that of one figure."""
    en, ja = _listed(headings)
    return _remark(
        "RD005",
        place,
        f"several columns may be '{label}' ({en}), so none was read; tell them apart by the "
        "heading over them or by their kinds, or state the years of the blocks "
        "(years in [list])",
        f"「{label}」に当たる列が複数あるため（{ja}）、読み取っていません。様式の見出しに上の段の"
        "見出しを加えるか、列の区分（columns の label）、または年度の並び（list の years）を"
        "指定してください",
        field=name,
    )


def columns_undated(name: str, label: str, count: int, place: Place) -> Remark:
    """The columns of a figure are of no year or kind of the form's columns."""
    return _remark(
        "RD006",
        place,
        f"of the columns headed '{label}' ({count}) none tells a year or kind of the form's "
        "columns, so they were not read; where headings come again without years, state the years "
        "of the blocks (years in [list])",
        f"見出し「{label}」の列（{count}列）は、様式の列の年度・区分と対応しないため、読み取って"
        "いません。年度の記載がない見出しの繰り返しであれば、list の years に年度の並びを指定して"
        "ください",
        field=name,
    )


def years_unfit(years: int, blocks: int, place: Place) -> Remark:
    """The headings come another number of times than the form states years."""
    return _remark(
        "RD006",
        place,
        f"the form states {years} years, and the headings come {blocks} times: no figure was "
        "dated by its block; correct years in [list]",
        f"様式の years は{years}年度分ですが、見出しの繰り返しは{blocks}回です。年度が定まらない"
        "ため読み取っていません。list の years を直してください",
    )


def unknown_unit(label: str, unit: str, place: Place) -> Remark:
    """A heading states a unit that the form does not have."""
    return _remark(
        "RD003",
        place,
        f"the unit '{unit}' of '{label}' is not one of the form's; the figures were read in the "
        "form's own unit",
        f"「{label}」の単位「{unit}」は様式にありません。様式の単位として読み取りました",
        printed=unit,
    )


# — rows —


def numbers_without_name(printed: str, rows: int, place: Place) -> Remark:
    """Rows have figures and no name."""
    more = f" and {rows - 1} more rows" if rows > 1 else ""
    more_ja = f"（ほか{rows - 1}行）" if rows > 1 else ""
    return _remark(
        "RD003",
        place,
        f"the row with '{printed}'{more} has no name, so its figures were not read",
        f"「{printed}」の行{more_ja}に名称がないため、数値を読み取っていません",
        printed=printed,
    )


def most_without_name(rows: int, place: Place) -> Why:
    """So many rows have no name that a name may stand for several of them."""
    return _why(
        "rows-without-name",
        place,
        f"the list was not checked wholly: {rows} of its rows have no name; fill in their names, "
        'or say in the form that a project has several rows (rows = "year")',
        f"名称のない行が{rows}行あるため、一覧表の全体は点検していません。名称を補うか、1つの事業に"
        '複数の行がある様式（rows = "year"）として指定してください',
    )


def names_alone(name: str, rows: int, place: Place) -> Remark:
    """Rows have a name and nothing else, and may be projects or headings of sections."""
    more = f" and {rows - 1} more rows" if rows > 1 else ""
    more_ja = f"など{rows}行" if rows > 1 else ""
    return _remark(
        "RD003",
        place,
        f"'{name}'{more} stand alone on their rows: they were taken for names of sections, "
        "not for rows of the list",
        f"「{name}」{more_ja}には名称しかないため、区分の見出しとみなし、一覧の行としては読み取って"
        "いません",
        printed=name,
    )


def figure_over_rows(sheet: int, field: str, year: str | None, figure: Figure) -> Remark:
    """A merged cell holds one figure for several rows."""
    return _remark(
        "RD005",
        figure.place,
        f"'{figure.printed}' stands in a cell that is merged over several rows of the list; whose "
        "figure it is can't be told",
        f"「{figure.printed}」は複数の行にまたがって結合されたセルにあり、どの行の数値か"
        "分かりません",
        sheet=sheet,
        field=field,
        year=year,
        printed=figure.printed,
    )


def figure_over_columns(sheet: int, field: str, year: str | None, figure: Figure) -> Remark:
    """A cell with a figure reaches under several headings."""
    return _remark(
        "RD005",
        figure.place,
        f"'{figure.printed}' stands under several headings of the list; which figure it is can't "
        "be told",
        f"「{figure.printed}」は複数の見出しの下にまたがっており、どの項目の数値か分かりません",
        sheet=sheet,
        field=field,
        year=year,
        printed=figure.printed,
    )


def rest_or_section(text: str, name: str, place: Place) -> Remark:
    """A text below a project's name may be the rest of it, or the name of a section."""
    return _remark(
        "RD003",
        place,
        f"'{text}' below '{name}' may be the rest of its name, or the name of a section; it was "
        "not read",
        f"「{name}」の下の「{text}」は、名称の続きか区分の名称か分からないため、読み取っていません",
        printed=text,
    )


def row_without_column(sheet: int, year: str, kind: str, place: Place) -> Remark:
    """A row is of a year or kind that the form has no column for, or had one before."""
    shown = " ".join(part for part in (year, kind) if part)
    return _remark(
        "RD006",
        place,
        f"the row '{shown}' is of no column of the form, or of one that another row has; its "
        "figures were not read",
        f"「{shown}」の行は、様式の列にないか、ほかの行と重複しています。数値を読み取っていません",
        sheet=sheet,
        printed=shown,
    )


def table_after(printed: str, place: Place) -> Remark:
    """Another table stands below the list."""
    return _remark(
        "RD003",
        place,
        f"with '{printed}' another table begins, which was not read",
        f"「{printed}」から別の表が始まるため、以降は読み取っていません",
        printed=printed,
    )


def era_assumed(printed: str, year: int, place: Place) -> Remark:
    """The column of fiscal years has no eras."""
    return _remark(
        "RD006",
        place,
        f"the fiscal year '{printed}' has no era; it was taken for {year}",
        f"年度「{printed}」に元号がないため、{fiscal_year_in_words(year)}としました",
        printed=printed,
    )


# — why a list was not checked —


def _why(code: str, place: Place, en: str, ja: str) -> Why:
    part = part_named(place)
    before = (f"{part.en}: ", f"{part.ja}：") if part.en else ("", "")
    return Why(code=code, en=f"{before[0]}{en}", ja=f"{before[1]}{ja}")


def headings_absent(place: Place) -> Why:
    """Rows of figures stand after a list, and nothing heads them."""
    return _why(
        "table-without-headings",
        place,
        "rows of figures were not checked: they have no headings, so which column is which can't "
        "be told; repeat the headings above them",
        "見出しのない数値の行があり、どの列の数値か分からないため点検していません。"
        "見出しを付けて保存し直してください",
    )


def headings_missing(labels: Sequence[str], place: Place) -> Why:
    """The headings of the form's list are not all there."""
    en, ja = _listed(labels)
    return _why(
        "list-headings-missing",
        place,
        f"no list of the form was found: no column is headed {en}",
        f"様式の一覧表が見つかりません。見つからない見出し：{ja}",
    )


def no_fiscal_year(rows: int, place: Place) -> Why:
    """A list whose fiscal year nobody states."""
    return _why(
        "list-without-year",
        place,
        f"the list of {rows} rows was not read: its fiscal year is not printed; give the form "
        "fiscal_year, or put the year into the file's name",
        f"{rows}行の一覧表を読み取っていません。年度の記載がないため、様式に fiscal_year を指定する"
        "か、ファイル名に年度を入れてください",
    )


def rows_without_year(rows: int, printed: str, place: Place) -> Why:
    """Rows whose own fiscal year can't be read."""
    return _why(
        "rows-without-year",
        place,
        f"{rows} rows were not read: '{printed}' is no fiscal year",
        f"{rows}行を読み取っていません。「{printed}」は年度として読めません",
    )


def names_amid_rows(place: Place) -> Why:
    """The rows of projects can't be told apart, as their names stand in the middle of them."""
    return _why(
        "names-amid-rows",
        place,
        "a list was not checked: the first rows have no name, so which rows belong to which "
        "project can't be told; give the workbook, or a PDF with ruling lines",
        "一覧表を点検していません。先頭の行に名称がなく、どの行がどの事業のものか分かりません。"
        "元のブックか、罫線のある PDF を指定してください",
    )


def columns_absent(columns: Sequence[str], headings: Sequence[str], place: Place) -> Why:
    """Columns of the form have no heading, and there are headings that are of no column."""
    en_columns, ja_columns = _listed(columns)
    en, ja = _listed(headings)
    return _why(
        "list-columns-absent",
        place,
        f"no heading of the list is of the form's column {en_columns}, and {en} is of none, so "
        "these were not read; correct the years or kinds in the headings, or the form's columns",
        f"様式の列{ja_columns}に当たる見出しが一覧表になく、{ja}は様式のどの列にも当たらないため、"
        "読み取っていません。見出しの年度・区分か、様式の columns を直してください",
    )


def years_contradict(contradiction: Text, place: Place) -> Why:
    """The title and the headings of a list name different years."""
    return _why("years-contradict", place, contradiction.en, contradiction.ja)


def headings_of_other_years(title: int, headings: int, place: Place) -> Text:
    """The years in the headings are those of another fiscal year than the title's."""
    del place
    return Text(
        en=f"the title says fiscal {title}, but the headings are those of fiscal {headings}; "
        "correct the one that is wrong",
        ja=f"表題は{fiscal_year_in_words(title)}ですが、表の見出しの年度は"
        f"{fiscal_year_in_words(headings)}のものです。誤っている方を直してください",
    )


def items_unsure(name: str, rows: int, place: Place) -> Why:
    """Items of which neither number nor indentation says what they are part of."""
    more = f" and {rows - 1} more rows" if rows > 1 else ""
    more_ja = f"（ほか{rows - 1}行）" if rows > 1 else ""
    return _why(
        "items-unsure",
        place,
        f"it can't be told what '{name}'{more} is part of: neither its number nor its indentation "
        "says so; the totals of its table were not checked",
        f"「{name}」{more_ja}がどの科目の内訳か、番号からも字下げからも分かりません。この表の合計は"
        "確かめていません",
    )


def too_little_read(numbers: int, figures: int, unread: int, place: Place) -> Why:
    """A list of which most figures could not be read."""
    return _why(
        "list-not-understood",
        place,
        f"a list was not checked: {numbers} of its {figures} figures could be read, and {unread} "
        "numbers in it belong to none",
        f"一覧表を点検していません。数値{figures}件のうち読み取れたのは{numbers}件で、"
        f"どの項目のものか分からない数値が{unread}件あります",
    )


def most_without_column(numbers: int, unread: int, place: Place) -> Why:
    """A list of which the form names so few columns that most of its numbers are no figures."""
    return _why(
        "list-mostly-unread",
        place,
        f"of the numbers in a list, {numbers} were read and {unread} were not: the form names no "
        "column for these; name the columns, or draft a form of the document (auditor draft-form)",
        f"一覧表の数値のうち、読み取れたのは{numbers}件で、{unread}件は様式に列の指定がないため"
        "読み取っていません。様式に列を加えるか、文書から様式を作成してください"
        "（auditor draft-form）",
    )
