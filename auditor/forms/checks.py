"""What the keys of a form must have in common, and the words that its figures can't be called."""

from __future__ import annotations

import keyword
import re
from itertools import chain
from typing import TYPE_CHECKING, Final, get_args

from auditor.forms.bounds import check_counts
from auditor.forms.choice import page_ranges, worksheet_patterns
from auditor.forms.words import squeezed
from auditor.formula.tree import FunctionName
from auditor.records.fields import DOCUMENT, EACH, SCOPES, SetName
from auditor.records.model import SHEET_FIELDS, YEAR_FIELDS

if TYPE_CHECKING:
    from auditor.forms.model import DescribedTable, Dialect, FieldDefinition, Form

__all__ = ["RESERVED", "check_dialect", "check_form"]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")

_OF_TABLES: Final = ("line", "cell")
"""Columns of tables that were made of others, which no record holds."""

_BETWEEN_THOUSANDS: Final = frozenset(",.' ’_")
_SIGN: Final = "[-−‐‑–－△▲Δ∆▵▴]"
_NEGATIVE: Final = re.compile(rf"\([0-9]*\)|{_SIGN}[0-9]*|[0-9]+{_SIGN}")

_OF_CASES: Final = ("sums", "outcome", "equation", "expected", "severity", "suspects", "note")
"""The keys of a rule's case that describe no record."""

_SCOPES: Final = (*SCOPES.values(), DOCUMENT)
_LINKS: Final = tuple(chain.from_iterable(scope.links for scope in _SCOPES))

RESERVED: Final = frozenset(keyword.kwlist).union(
    EACH,
    get_args(FunctionName),
    _OF_TABLES,
    _OF_CASES,
    *((field.name for field in scope.fields) for scope in _SCOPES),
    *(link.name.split(".") for link in _LINKS),
    get_args(SetName),
)
"""Words of formulas, tables and cases, which a form's own figure can't be called."""


def check_dialect(dialect: Dialect) -> None:
    """Raises ValueError for marks of numbers that no table can have, or not together."""
    for mark in dialect.thousands:
        if mark not in _BETWEEN_THOUSANDS or mark == (dialect.decimal or "."):
            raise _wrong(
                f"thousands: {mark!r} can't stand between thousands here",
                f"{mark!r} は桁区切りとして使えません",
            )
    for notation in dialect.negative:
        if _NEGATIVE.fullmatch(notation) is None:
            raise _wrong(
                f'negative: {notation!r} is no notation such as "(40)", "△40", "40-"',
                f"{notation!r} は「△40」のような負数の書き方ではありません",
            )
    for word in dialect.currency:
        if not word.strip() or any(map(str.isdigit, word)):
            raise _wrong(
                f"currency: {word!r} is no sign of a currency",
                f"{word!r} は通貨の記号ではありません",
            )
    for word in dialect.missing:
        if not word.strip():
            raise _wrong(
                "missing: an empty cell is blank anyway", "空のセルはもともと空欄として扱います"
            )
    marks = dialect.decimal is not None or bool(dialect.thousands or dialect.currency)
    if dialect.figures == "japanese" and (marks or dialect.negative):
        raise _wrong(
            'figures: "japanese" says already how numbers are written; leave out decimal, '
            "thousands, currency and negative",
            'figures = "japanese" では decimal、thousands、currency、negative を指定できません',
        )


def check_form(form: Form) -> None:
    """Raises ValueError for the first thing in a form that does not fit the rest of it."""
    check_counts(form)
    _check_choice(form)
    _check_fields(form)
    _check_groups(form)
    _check_sums(form)
    if form.table is not None:
        _check_table(form, form.table)
    elif not form.columns:
        raise _wrong("columns: at least one is needed", "columns が1つ以上必要です")
    _check_apart(form)
    _check_lookups(form)
    if len({(column.offset, column.kind) for column in form.columns}) < len(form.columns):
        raise _wrong(
            "columns: two columns have the same offset and kind", "同じ年度・区分の列が2つあります"
        )
    _check_banned_changes(form)


def _wrong(en: str, ja: str) -> ValueError:
    """The error of a check; ``load_form`` takes its two languages apart again."""
    return ValueError(f"{en} / {ja}")


def _check_choice(form: Form) -> None:
    """Raises ValueError where a form's worksheets or pages can't be read."""
    try:
        worksheet_patterns(form.worksheets)
    except ValueError:
        raise _wrong(
            "worksheets: a pattern is empty", "worksheets に空のパターンがあります"
        ) from None
    try:
        page_ranges(form.pages)
    except ValueError as fault:
        raise _wrong(
            f"pages: {fault}; write 3-12,15", "pages は 3-12,15 のように書いてください"
        ) from None


def _check_fields(form: Form) -> None:
    for name, definition in form.fields.items():
        _check_name(name, definition)
        if definition.unit and definition.unit not in form.units:
            raise _wrong(
                f"fields.{name}.unit: {definition.unit!r} is not in [units]",
                "[units] にない単位です",
            )


def _check_sums(form: Form) -> None:
    """Raises ValueError where sums are to be exact of amounts that are not."""
    if form.sums != "exact":
        return
    for name in form.in_sums:
        if form.fields[name].rounding != "exact":
            raise _wrong(
                f'sums: they can\'t be "exact" where {name} is rounded',
                f'sums = "exact" と {name} の端数処理（rounding）は両立しません',
            )


def _check_name(name: str, definition: FieldDefinition) -> None:
    """Every form knows the figure, or it has a name of its own and says where it stands."""
    if name in SHEET_FIELDS or name in YEAR_FIELDS or name.startswith("funding."):
        if definition.each is not None:
            raise _wrong(
                f"fields.{name}.each: every form has this figure in its place",
                "この項目の置き場所は決まっています",
            )
        return
    if definition.each is None:
        names = ", ".join(sorted((*SHEET_FIELDS, *YEAR_FIELDS)))
        raise _wrong(
            f"fields.{name}: not a figure of a sheet; known: {names}, funding.…; "
            "a figure of the form's own needs each",
            "この項目はシートの数値ではありません。"
            '様式独自の数値には each = "sheet" などが必要です',
        )
    if name in RESERVED:
        raise _wrong(
            f"fields.{name}: the word has a meaning of its own in formulas and tables",
            "数式や表で別の意味を持つ語です",
        )
    if not _NAME.fullmatch(name):
        raise _wrong(
            f"fields.{name}: small letters, digits and _ make a name",
            "項目名には英小文字・数字・_ を使います",
        )


def _check_groups(form: Form) -> None:
    figures = {*form.funding, *form.fields}
    for group, members in form.groups.items():
        for member in members:
            if member not in figures:
                raise _wrong(
                    f"groups.{group}: {member!r} is not a figure of [fields]",
                    "[fields] にない項目です",
                )


def _check_apart(form: Form) -> None:
    for apart in form.text.apart if form.text else ():
        for name in filter(None, (apart.field, apart.above, apart.below)):
            if name not in form.fields:
                raise _wrong(
                    f"text.apart: {name!r} is not a figure of [fields]", "[fields] にない項目です"
                )


def _check_banned_changes(form: Form) -> None:
    meanings = {"*", *form.evaluations.values()}
    for banned in form.evaluation_changes.banned:
        for meaning in (banned.before, banned.after):
            if meaning not in meanings:
                raise _wrong(
                    f"evaluation_changes.banned: no evaluation means {meaning!r}",
                    "その意味の評価がありません",
                )


def _check_lookups(form: Form) -> None:
    """Lookups have names of their own, and say what rows have in common."""
    for name, lookup in form.lookups.items():
        if name in RESERVED or name in form.fields or not _NAME.fullmatch(name):
            raise _wrong(
                f"lookups.{name}: the word has a meaning of its own in formulas, or is no name "
                "(small letters, digits and _)",
                "数式で別の意味を持つ語か、名前にできない語です（英小文字・数字・_ を使います）",
            )
        if not lookup.on:
            raise _wrong(
                f"lookups.{name}.on: what both rows have in common is needed here",
                "両方の行に共通する項目が必要です",
            )


# — forms that describe a table —


def _check_table(form: Form, table: DescribedTable) -> None:
    """The headings say what each row is about and of which year, every figure stands on a row,
    and no heading names two of them.
    """
    names = ["name"] if table.rows == "sheet" else ["name", "number", "year"]
    if table.fiscal_year is None:
        names.append("fiscal_year")
    for name in names:
        if not form.labels.get(name):
            more = ", or table.fiscal_year" if name == "fiscal_year" else ""
            raise _wrong(
                f"labels.{name}: the table's column is needed here{more}",
                f"表の列の見出しが必要です{more}",
            )

    if table.rows == "year" and not form.columns:
        raise _wrong(
            "columns: rows of years need them, with their offsets",
            "年度ごとの行には columns と offset が必要です",
        )

    figures = form.sheet_figures if table.rows == "sheet" else form.amounts
    for name in form.fields:
        if name not in figures:
            raise _wrong(
                f"fields.{name}: not a figure of a row, which is a {table.rows}",
                f"1行（{table.rows}）の数値ではありません",
            )

    _check_totals(form, table)
    _check_headings(form)


def _check_totals(form: Form, table: DescribedTable) -> None:
    """Each kind of total row has words that tell it, and labels by which its rows are alike."""
    for number, total in enumerate(table.totals, 1):
        if not total.words or not all(word.removesuffix("*").strip() for word in total.words):
            raise _wrong(
                f"table.totals[{number}].words: the names of total rows are needed here",
                "合計行の名称が必要です",
            )
        if not total.of:
            raise _wrong(
                f'table.totals[{number}].of: "all", "above" or labels are needed here',
                '"all"、"above" または labels の項目名が必要です',
            )
        for label in () if isinstance(total.of, str) else total.of:
            if not form.labels.get(label):
                raise _wrong(
                    f"table.totals[{number}].of: no column is {label!r}; [labels] names them",
                    f"{label} の列が [labels] にありません",
                )


def _check_headings(form: Form) -> None:
    columns: dict[str, str] = {}
    for name, labels in form.headers.items():
        for label in labels:
            # Headings are matched without white space and case, so they must differ without too.
            heading = squeezed(label).casefold()
            column = columns.setdefault(heading, name)
            if column != name:
                raise _wrong(
                    f"{heading!r} heads both {column} and {name}",
                    "同じ見出しが2つの項目にあります",
                )
