"""What the keys of a form must have in common, and the words that its figures can't be called."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final, get_args

from auditor.forms.bounds import counts
from auditor.forms.choice import page_ranges, worksheet_patterns
from auditor.forms.field_columns import field_column_faults
from auditor.forms.keys import path_of_field
from auditor.forms.prose import faults_of_words
from auditor.forms.row_checks import item_faults, list_faults, totals_faults
from auditor.forms.words import squeezed
from auditor.formula.tree import FIGURE, FunctionName
from auditor.records.fields import DOCUMENT, EACH, HEADED, SCOPES, SetName
from auditor.records.model import SHEET_FIELDS, YEAR_FIELDS
from auditor.records.nearest import hint, nearest_name
from auditor.toml.faults import WrongValue, first_of

if TYPE_CHECKING:
    from auditor.forms.model import DescribedTable, Dialect, FieldDefinition, Form

__all__ = ["LABELS", "RESERVED", "check_dialect", "check_form", "faults_of_file"]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")

_OF_TABLES: Final = ("line", "cell")
"""Columns of tables that were made of others, which no record holds."""

_BETWEEN_THOUSANDS: Final = frozenset(",.' ’_")
_SIGN: Final = "[-−‐‑–－△▲Δ∆▵▴]"
_NEGATIVE: Final = re.compile(rf"\([0-9]*\)|{_SIGN}[0-9]*|[0-9]+{_SIGN}")

_OF_CASES: Final = (
    "declares",
    "layout",
    "sums",
    "outcome",
    "equation",
    "expected",
    "severity",
    "suspects",
    "note",
)
"""The keys of a rule's case that describe no record."""

# Claims stand in no table and in no form: what is named on them may be a form's figure, too.
_SCOPES: Final = (*(scope for scope in SCOPES.values() if scope.name != "claim"), DOCUMENT)
_LINKS: Final = tuple(chain.from_iterable(scope.links for scope in _SCOPES))

RESERVED: Final = frozenset(keyword.kwlist).union(
    (FIGURE,),
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
    """Raises WrongValue for marks of numbers that no table can have, or not together."""
    faults = list(_marks(dialect))
    if faults:
        raise first_of(faults)


def _marks(dialect: Dialect) -> _Faults:
    for number, mark in enumerate(dialect.thousands):
        if mark not in _BETWEEN_THOUSANDS or mark == (dialect.decimal or "."):
            yield WrongValue(
                f"{mark!r} can't stand between thousands here",
                f"{mark!r} は桁区切りとして使えません",
                ("thousands", number),
            )
    for number, notation in enumerate(dialect.negative):
        if _NEGATIVE.fullmatch(notation) is None:
            yield WrongValue(
                f'{notation!r} is no notation such as "(40)", "△40", "40-"',
                f"{notation!r} は「△40」のような負数の書き方ではありません",
                ("negative", number),
            )
    for number, word in enumerate(dialect.currency):
        if not word.strip() or any(map(str.isdigit, word)):
            yield WrongValue(
                f"{word!r} is no sign of a currency",
                f"{word!r} は通貨の記号ではありません",
                ("currency", number),
            )
    for number, word in enumerate(dialect.missing):
        if not word.strip():
            words = "an empty cell is blank anyway", "空のセルはもともと空欄として扱います"
            yield WrongValue(*words, ("missing", number))
    marks = dialect.decimal is not None or bool(dialect.thousands or dialect.currency)
    if dialect.figures == "japanese" and (marks or dialect.negative):
        yield WrongValue(
            '"japanese" says already how numbers are written; leave out decimal, '
            "thousands, currency and negative",
            'figures = "japanese" では decimal、thousands、currency、negative を指定できません',
            ("figures",),
        )


def check_form(form: Form) -> None:
    """Raises WrongValue for all that does not fit the rest of a form."""
    faults = list(_faults(form))
    if faults:
        raise first_of(faults)


def faults_of_file(form: Form) -> list[WrongValue]:
    """All that does not fit the rest of a form, or that its file leaves open and has to say."""
    return [*_faults(form), *_unlabelled(form), *_without_step(form)]


_Faults = Iterator[WrongValue]


def _faults(form: Form) -> _Faults:
    yield from counts(form)
    yield from _detect(form)
    yield from _choice(form)
    yield from _units(form)
    yield from _fields(form)
    yield from _groups(form)
    yield from _sums(form)
    yield from _params(form)
    yield from _evaluations(form)
    yield from _label_names(form)
    if form.table is not None:
        yield from _table(form, form.table)
    else:
        yield from _equal_labels(form)
    if form.listing is not None:
        yield from list_faults(form, form.listing, "list")
    if form.items is not None:
        yield from item_faults(form, form.items)
    elif form.listing is None and form.table is None and not form.columns:
        yield WrongValue("at least one column is needed", "列が1つ以上必要です", ("columns",))
    yield from _apart(form)
    yield from _prose(form)
    yield from _lookups(form)
    yield from _columns(form)
    yield from field_column_faults(form)
    yield from _banned_changes(form)


def _hint(name: str, names: Iterable[str]) -> tuple[str, str]:
    """Which name was meant, where that is plain."""
    return hint(nearest_name(name, names))


def _choice(form: Form) -> _Faults:
    """Worksheets or pages that can't be read."""
    try:
        worksheet_patterns(form.worksheets)
    except ValueError:
        yield WrongValue(
            "a pattern is empty", "worksheets に空のパターンがあります", ("worksheets",)
        )
    try:
        page_ranges(form.pages)
    except ValueError:
        yield WrongValue(
            "pages such as 3-12,15 were expected",
            "pages は 3-12,15 のように書いてください",
            ("pages",),
        )


def _detect(form: Form) -> _Faults:
    """Empty words, which every text has."""
    for number, word in enumerate(form.detect):
        if not squeezed(word):
            yield WrongValue("the word is empty", "語が空です", ("detect", number))
    for number, word in enumerate(form.kpi.detect if form.kpi is not None else ()):
        if not squeezed(word):
            yield WrongValue("the word is empty", "語が空です", ("kpi", "detect", number))


def _units(form: Form) -> _Faults:
    """Units that are worth nothing, and those that are not among them."""
    for unit, factor in form.units.items():
        if factor <= 0:
            yield WrongValue(
                "a unit is worth more than 0 base units",
                "単位の値は0より大きい数にしてください",
                ("units", unit),
            )
    is_known = form.unit in form.units
    if not is_known and any(item.unit == form.unit for item in form.fields.values() if item.unit):
        yield _unknown_unit(form, form.unit, ("unit",))
    for name, definition in form.fields.items():
        if definition.unit and definition.unit != form.unit and definition.unit not in form.units:
            yield _unknown_unit(form, definition.unit, (*path_of_field(name), "unit"))
    for name, unit in form.param_units.items():
        if unit not in form.units:
            yield _unknown_unit(form, unit, ("param_units", name))


def _unknown_unit(form: Form, unit: str, key: tuple[str, ...]) -> WrongValue:
    hint_en, hint_ja = _hint(unit, form.units)
    return WrongValue(
        f"{unit!r} is not in [units]{hint_en}",
        f"[units] にない単位です{hint_ja}",
        key,
        rests_on=[("units",)],
    )


def _params(form: Form) -> _Faults:
    for name in form.param_units:
        if name not in form.params:
            hint_en, hint_ja = _hint(name, form.params)
            yield WrongValue(
                f"there is no parameter {name}{hint_en}",
                f"params に {name} がありません{hint_ja}",
                ("param_units", name),
                of_key=True,
                rests_on=[("params",)],
            )


def _sums(form: Form) -> _Faults:
    """Sums that are to be exact of amounts that are not."""
    for name in form.in_sums if form.sums == "exact" else ():
        if form.fields[name].rounding != "exact":
            yield WrongValue(
                f'they can\'t be "exact" where {name} is rounded',
                f'sums = "exact" と {name} の端数処理（rounding）は両立しません',
                ("sums",),
            )
            return


def _fields(form: Form) -> _Faults:
    """Figures that no form knows, and those that can't be called as they are."""
    for name, definition in form.fields.items():
        if name in SHEET_FIELDS or name in YEAR_FIELDS or name.startswith("funding."):
            if definition.each is not None:
                yield WrongValue(
                    "every form has this figure in its place",
                    "この項目の置き場所は決まっています",
                    (*path_of_field(name), "each"),
                )
        elif (reason := _wrong_name(name, definition)) is not None:
            yield WrongValue(*reason, ("fields", name), of_key=True)


def _wrong_name(name: str, definition: FieldDefinition) -> tuple[str, str] | None:
    """Why a figure of the form's own can't be called so."""
    if definition.each is None:
        names = sorted((*SHEET_FIELDS, *YEAR_FIELDS))
        hint_en, hint_ja = _hint(name, names)
        return (
            f"not a figure of a sheet{hint_en or '; known: ' + ', '.join(names) + ', funding.…'}; "
            "a figure of the form's own needs each",
            f"この項目はシートの数値ではありません{hint_ja}。"
            '様式独自の数値には each = "sheet" などが必要です',
        )
    if name in RESERVED:
        return (
            "the word has a meaning of its own in formulas and tables",
            "数式や表で別の意味を持つ語です",
        )
    if not _NAME.fullmatch(name):
        return "small letters, digits and _ make a name", "項目名には英小文字・数字・_ を使います"
    return None


def _groups(form: Form) -> _Faults:
    figures = {*form.funding, *form.fields}
    for group, members in form.groups.items():
        for number, member in enumerate(members):
            if member not in figures:
                hint_en, hint_ja = _hint(member, sorted(figures))
                yield WrongValue(
                    f"{member!r} is not a figure of [fields]{hint_en}",
                    f"{member} は [fields] にない項目です{hint_ja}",
                    ("groups", group, number),
                    rests_on=[("fields", member), ("fields", "funding", member)],
                )


def _apart(form: Form) -> _Faults:
    for number, apart in enumerate(form.text.apart if form.text else ()):
        for key, name in (("field", apart.field), ("above", apart.above), ("below", apart.below)):
            if name and name not in form.fields:
                hint_en, hint_ja = _hint(name, form.fields)
                yield WrongValue(
                    f"{name!r} is not a figure of [fields]{hint_en}",
                    f"{name} は [fields] にない項目です{hint_ja}",
                    ("text", "apart", number, key),
                    rests_on=[path_of_field(name)],
                )


def _prose(form: Form) -> _Faults:
    words = form.text.words if form.text is not None else None
    if words is None:
        return
    yield from faults_of_words(words)
    for name in words.fields:
        if name not in form.fields:
            hint_en, hint_ja = _hint(name, form.fields)
            yield WrongValue(
                f"{name!r} is not a figure of [fields]{hint_en}",
                f"{name} は [fields] にない項目です{hint_ja}",
                ("text", "words", "fields", name),
                of_key=True,
                rests_on=[path_of_field(name)],
            )


def _columns(form: Form) -> _Faults:
    seen: set[tuple[int, str]] = set()
    for number, column in enumerate(form.columns):
        key = column.offset, column.kind
        if key in seen:
            yield WrongValue(
                "two columns have the same offset and kind",
                "同じ年度・区分の列が2つあります",
                ("columns", number),
                of_key=True,
            )
        seen.add(key)


def _evaluations(form: Form) -> _Faults:
    """Printed words that are one and the same, and mean different things."""
    meanings: dict[str, str] = {}
    for word, meaning in form.evaluations.items():
        if meanings.setdefault(squeezed(word), meaning) != meaning:
            yield WrongValue(
                "the word is there twice, with another meaning",
                "同じ語が別の意味で重複しています",
                ("evaluations", word),
                of_key=True,
            )


def _banned_changes(form: Form) -> _Faults:
    meanings = {"*", *form.evaluations.values()}
    for number, banned in enumerate(form.evaluation_changes.banned):
        for key, meaning in (("from", banned.before), ("to", banned.after)):
            if meaning not in meanings:
                hint_en, hint_ja = _hint(meaning, sorted(meanings))
                yield WrongValue(
                    f"no evaluation means {meaning!r}{hint_en}",
                    f"その意味の評価がありません{hint_ja}",
                    ("evaluation_changes", "banned", number, key),
                    rests_on=[("evaluations",)],
                )


def _lookups(form: Form) -> _Faults:
    """Lookups that can't be called as they are, or do not say what rows have in common."""
    for name, lookup in form.lookups.items():
        if name in RESERVED or name in form.fields or not _NAME.fullmatch(name):
            yield WrongValue(
                "the word has a meaning of its own in formulas, or is no name "
                "(small letters, digits and _)",
                "数式で別の意味を持つ語か、名前にできない語です（英小文字・数字・_ を使います）",
                ("lookups", name),
                of_key=True,
            )
        if not lookup.on:
            yield WrongValue(
                "what both rows have in common is needed here",
                "両方の行に共通する項目が必要です",
                ("lookups", name, "on"),
            )


# — labels —


_OTHER_LABELS: Final = (
    "title",
    "evaluation",
    "result",
    "issues",
    "direction",
    "year",
    "kind",
    "unit",
)
_BY_YEAR: Final = frozenset(["title"])
"""Labels that are found by the year in them, whatever else is called so."""


LABELS: Final = tuple(dict.fromkeys(("book", "number", *HEADED, "fiscal_year", *_OTHER_LABELS)))
"""What has a heading of its own."""


def _label_names(form: Form) -> _Faults:
    """Labels of something that there is not, where it is plain what was meant."""
    for name in form.labels:
        if name not in LABELS and (near := nearest_name(name, LABELS)) is not None:
            yield WrongValue(
                f"nothing is called {name}; did you mean {near}?",
                f"{name} という見出しはありません。{near} のことですか",
                ("labels", name),
                of_key=True,
            )


def _labels(form: Form) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """All labels that a document is searched for, with their keys in the file."""
    for name, definition in form.fields.items():
        yield (*path_of_field(name), "label"), definition.label
    for name, labels in form.labels.items():
        if name not in _BY_YEAR:
            yield ("labels", name), labels


def _equal_labels(form: Form) -> _Faults:
    """Labels that stand for two things: what stands under one would be read as the other."""
    yield from _twice(_labels(form))


def _twice(labels: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> _Faults:
    keys: dict[str, tuple[str, ...]] = {}
    for key, texts in labels:
        for text in texts:
            # Labels are matched without white space and case, so they must differ without too.
            label = squeezed(text).casefold()
            first = keys.setdefault(label, key)
            if first != key:
                other = ".".join(part for part in first if part != "label")
                yield WrongValue(
                    f"{text!r} is the label of {other}, too",
                    f"「{text}」は {other} の見出しでもあります",
                    key,
                    rests_on=[first],
                )


def _unlabelled(form: Form) -> _Faults:
    """Figures that are to be found in documents and have no label."""
    if form.table is not None or not (form.detect or form.listed):
        return
    for name, definition in form.fields.items():
        if not any(map(squeezed, definition.label)):
            yield WrongValue(
                "a label is missing: how the figure is called on the sheet",
                "見出し（label）がありません。シート上の項目名を書いてください",
                (*path_of_field(name), "label"),
                of_key=True,
            )


def _without_step(form: Form) -> _Faults:
    """Figures that are rounded, nobody says to what."""
    definitions = {path_of_field(name): item for name, item in form.fields.items()}
    if form.kpi is not None:
        definitions |= {
            ("kpi", "target"): form.kpi.target,
            ("kpi", "actual"): form.kpi.actual,
            ("kpi", "rate"): form.kpi.rate,
        }
    for key, definition in definitions.items():
        if definition.rounding != "exact" and "step" not in definition.model_fields_set:
            yield WrongValue(
                f'a figure that is "{definition.rounding}" needs a step: step = 1',
                f'rounding = "{definition.rounding}" には刻み（step = 1 など）も必要です',
                (*key, "rounding"),
                rests_on=[(*key, "step")],
            )


# — forms that describe a table —


def _table(form: Form, table: DescribedTable) -> _Faults:
    """The headings say what each row is about and of which year, every figure stands on a row,
    and no heading names two of them.
    """
    names = ["name"] if table.rows == "sheet" else ["name", "number", "year"]
    if form.fiscal_year is None:
        names.append("fiscal_year")
    for name in names:
        if not form.labels.get(name):
            more = ", or fiscal_year of the whole form" if name == "fiscal_year" else ""
            more_ja = "（様式全体の fiscal_year でも可）" if more else ""
            yield WrongValue(
                f"the table's column is needed here{more}",
                f"表の列の見出しが必要です{more_ja}",
                ("labels", name),
                of_key=True,
                rests_on=[("fiscal_year",), ("table", "fiscal_year")] if more else [],
            )

    if table.rows == "year" and not form.columns:
        yield WrongValue(
            "rows of years need columns, with their offsets",
            "年度ごとの行には columns と offset が必要です",
            ("columns",),
            of_key=True,
        )

    figures = form.sheet_figures if table.rows == "sheet" else form.amounts
    for name in form.fields:
        # A figure that has no place at all has a fault already.
        if name not in figures and name in (*form.sheet_figures, *form.amounts):
            yield WrongValue(
                f"not a figure of a row, which is a {table.rows}",
                f"1行（{table.rows}）の数値ではありません",
                path_of_field(name),
                of_key=True,
            )

    yield from _twice(
        ((("labels", name) if name in form.labels else (*path_of_field(name), "label")), labels)
        for name, labels in form.headers.items()
    )
    yield from totals_faults(form, table.totals, "table")
