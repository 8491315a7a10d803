"""The catalogue of what records hold, each field with its kind, unit, table and labels.

Scopes and the links between them are entries too. Rows and the vocabulary of formulas, the shapes
of tables, records from and to tables, columns, cases, labels and reserved words are all read from
here. A field of a record that is not listed here fails a test that names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, NamedTuple, get_args

__all__ = [
    "BOOK_KEYS",
    "DOCUMENT",
    "EACH",
    "EACH_OF",
    "HEADED",
    "NAMES",
    "OTHER_BOOKS",
    "PREFIXES",
    "SCOPES",
    "TABLES",
    "TABLE_OF",
    "UNKNOWN_UNIT",
    "Each",
    "Field",
    "Holder",
    "Kind",
    "Link",
    "OtherBook",
    "Owner",
    "Part",
    "RowsOf",
    "Scope",
    "SetName",
    "TableName",
    "figure_names",
    "followed",
    "japanese_label",
    "keys_in",
    "kind_in",
    "of_kind",
    "of_same",
]

UNKNOWN_UNIT: Final = "単位不明"
"""The unit of amounts in a form that is drafted from a document without one: nobody has said it
yet, and figures are told without it.
"""

Each = Literal["sheet", "year", "evaluation", "kpi", "kpi_year", "claim", "book"]
"""The scopes: what a rule is judged on."""
EACH: Final[tuple[Each, ...]] = get_args(Each)

Holder = Literal["sheet", "year", "evaluation", "kpi", "kpi_year", "claim", "book", "document"]
"""The records that have fields: those of the scopes, and documents, which rules don't judge."""

TableName = Literal["documents", "sheets", "years", "evaluations", "kpis", "kpi_years"]
NAMES: Final[tuple[TableName, ...]] = get_args(TableName)
"""The tidy tables; those that others refer to come first."""

Kind = Literal[
    "number",  # a whole number
    "figure",  # one printed figure
    "figures",  # printed figures by source, year or name
    "text",
    "texts",  # several texts; a JSON list in a table
    "month",  # 2024-03
    "day",
    "messages",  # remarks of readers; JSON in a table
    "rows",  # records of another scope
    "place",
    "places",  # those of the record's texts, by field
]

Owner = Literal["sheet", "kpi"]
"""The records that other rows belong to."""

SetName = Literal["rows", "same", "details", "children", "years"]
"""The sets of rows that a path may pass through: what it names then is a group."""

OtherBook = Literal["earlier", "accounts"]
"""The books that a book is held against, by the links that lead there: last year's, and what the
accounts say.
"""

OTHER_BOOKS: Final[Mapping[OtherBook, tuple[str, str]]] = {
    "earlier": ("last year's book", "前年度の冊子"),
    "accounts": ("the accounts", "財務会計"),
}
"""What these books are called."""

Part = Literal["target", "actual", "rate"]
"""The definitions of a form's table of indicators."""

_YEARS: Final = (1800, 2999)
_COUNTS: Final = (1, 10**12)
_MONTH: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])$"

# The kinds that stand in one column of their record's table.
_IN_A_COLUMN: Final[frozenset[Kind]] = frozenset(
    {"number", "figure", "text", "texts", "month", "day", "messages"}
)
# The kinds that a formula can name.
_NAMEABLE: Final[frozenset[Kind]] = frozenset(
    {"number", "figure", "figures", "text", "texts", "month"}
)


class Field(NamedTuple):
    """One field of a record.

    ``origin``: an attribute of the record; a ``key``, which only tables write; or ``derived`` from
    other fields, or from the words of a text. ``named``: formulas can name it. ``key``: its column
    has to be there, and filled; with ``optional`` the column may be left out. The column of a
    ``sparse`` one is written only where a record has another value than the usual one. ``fill``
    says what a blank cell of a table stands for: the model's default, the record's number, the
    path of the table, or what the form says.
    """

    name: str
    kind: Kind
    en: str = ""
    ja: str = ""
    origin: Literal["record", "key", "derived"] = "record"
    named: bool = True
    key: bool = False
    optional: bool = False
    sparse: bool = False
    fill: Literal["default", "number", "path", "form"] = "default"
    unit: Literal["definition", "form", "kpi"] = "definition"
    """Where a figure's unit comes from: its definition in the form, that or the unit of the whole
    form, or the KPI, whose values are never converted.
    """

    headed: bool = False
    """Whether the text stands under a heading, which the ``[labels]`` of a form say."""

    part: Part | None = None
    """Which definition of the table of indicators a KPI's figure has."""

    table: TableName | None = None
    """The table in which the values stand, if it is not the record's own."""

    between: tuple[int, int] | None = None
    pattern: str = ""

    @property
    def in_formulas(self) -> bool:
        """Whether formulas can name the field."""
        return self.named and self.origin != "key" and self.kind in _NAMEABLE

    @property
    def in_a_column(self) -> bool:
        """Whether the field is one column of its record's table."""
        there = self.origin != "derived" and self.table is None
        return there and self.kind in _IN_A_COLUMN


class Link(NamedTuple):
    """A way from a row to another one.

    Over a ``row`` it stays in its scope, ``step`` rows on within the same owner. Over a ``column``
    it leads to the sheet's column of the evaluated year, with ``lagged`` of the year that the
    evaluation directs; a column of ``kind`` comes before others of that year. To an ``owner`` it
    leads to the sheet or KPI that the row belongs to. To a ``parent`` it leads to the row that
    this one names as its parent.

    Over a ``book`` it leads to the row of an ``other`` book that is paired with this one: that of
    the same year and kind, of the same year and ``kind`` where one is named, or, if ``evaluated``,
    of the year that the other book evaluates.
    """

    name: str
    to: Each
    over: Literal["row", "column", "owner", "parent", "book"]
    step: int = 0
    kind: str = ""
    lagged: bool = False
    en: str = ""
    ja: str = ""
    other: OtherBook | None = None
    evaluated: bool = False


class RowsOf(NamedTuple):
    """A set of rows that is reached from a row; those that total others are in none of them.

    ``rows`` are all of the book, ``same`` those that have some names in common, ``details`` those
    that a total row adds up, ``children`` those whose parent this row is, ``years`` the columns
    of a sheet.
    """

    name: SetName
    to: Each
    en: str
    ja: str


_OF_KIND: Final = re.compile(r'(?P<link>[a-z]+)\.as\("(?P<kind>.*)"\)', re.DOTALL)


def of_kind(link: str, kind: str) -> str:
    """The step that a link to another book is with a kind of column: ``earlier.as("budgeted")``."""
    return f'{link}.as("{kind}")'


def kind_in(step: str) -> str | None:
    """The kind of column that a step names; None where it names none."""
    match = _OF_KIND.fullmatch(step)
    return None if match is None else match["kind"]


_OF_SAME: Final = re.compile(r'same\((?P<keys>"[^"]*"(?:, "[^"]*")*)\)')


def of_same(keys: Sequence[str]) -> str:
    """The step that a set of rows alike in some names is: ``same("category", "kind")``."""
    quoted = ", ".join(f'"{key}"' for key in keys)
    return f"same({quoted})"


def keys_in(step: str) -> tuple[str, ...] | None:
    """The names that the rows of such a step have in common; None for another step."""
    match = _OF_SAME.fullmatch(step)
    return None if match is None else tuple(match["keys"][1:-1].split('", "'))


@dataclass(frozen=True, eq=False)
class Scope:
    """One kind of record. ``keys`` are the columns that tell the rows of its table apart."""

    name: Holder
    en: str
    ja: str
    table: TableName | None = None
    owner: Owner | None = None
    keys: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    links: tuple[Link, ...] = field(default=())
    sets: tuple[RowsOf, ...] = ()

    @property
    def parent(self) -> Owner | None:
        """The record that the rows belong to, where they are not that record themselves."""
        return None if self.owner == self.name else self.owner

    @cached_property
    def named(self) -> tuple[Field, ...]:
        """What formulas can name."""
        return tuple(item for item in self.fields if item.in_formulas)

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields that are columns of the table, in their order."""
        return tuple(item for item in self.fields if item.in_a_column)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {item.name: item for item in self.fields}

    @cached_property
    def link(self) -> Mapping[str, Link]:
        """The links by their names."""
        return {link.name: link for link in self.links}

    def gathered(self, step: str) -> RowsOf | None:
        """The set that a step of a formula's path is: the name of one, or ``of_same``; None for
        another step.
        """
        name = step if keys_in(step) is None else "same"
        return next((rows for rows in self.sets if rows.name == name), None)

    def rows_of(self, name: SetName) -> RowsOf:
        """The set of some name. Raises StopIteration where there is none."""
        return next(rows for rows in self.sets if rows.name == name)

    def follow(self, step: str) -> Link:
        """The link that a step of a formula's path is: a link's name, or ``of_kind`` of one.
        Raises KeyError where there is none.
        """
        link = self.link.get(step)
        if link is not None:
            return link
        match = _OF_KIND.fullmatch(step)
        if match is None:
            raise KeyError(step)
        return self.link[match["link"]]._replace(name=step, kind=match["kind"])

    def names(self, *kinds: Kind) -> tuple[str, ...]:
        """What formulas can name of some kinds."""
        return tuple(item.name for item in self.named if item.kind in kinds)


# Keys come first, as tables write them.
_BOOK: Final = Field("book", "text", origin="key", key=True)
_FORM: Final = Field("form", "text", origin="key", key=True)
_FISCAL_YEAR: Final = Field(
    "fiscal_year", "number", "fiscal year", "年度", key=True, between=_YEARS
)
_OF_SHEET: Final = Field("sheet", "number", origin="key", key=True, between=_COUNTS)
_OF_KPI: Final = Field("kpi", "number", origin="key", key=True, between=_COUNTS)
# The fiscal year of rows that have none of their own is their sheet's or KPI's.
_YEAR_OF_OWNER: Final = Field("fiscal_year", "number", origin="key", key=True, between=_YEARS)
_YEAR: Final = Field("year", "number", "fiscal year", "年度", key=True, between=_YEARS)
_COLUMN: Final = Field("column", "text", origin="key")

_DOCUMENT: Final = Field("document", "text", "document", "文書", named=False, fill="path")
_PLACE: Final = Field("place", "place", "place", "場所")
_PLACES: Final = Field("places", "places", "places of texts", "記載の場所")
_OWN_FIGURES: Final = Field("figures", "figures", "figures", "様式独自の数値", named=False)

_STEPS: Final = (("prior", -1, "year before", "前年度"), ("next", 1, "year after", "翌年度"))


def _steps(each: Each) -> tuple[Link, ...]:
    """The links to the rows before and after."""
    return tuple(Link(name, each, "row", step=step, en=en, ja=ja) for name, step, en, ja in _STEPS)


def _earlier(each: Each, *, has_years: bool = True) -> tuple[Link, ...]:
    """The links to last year's book; ``own`` are those to the year that it evaluates itself."""
    en, ja = OTHER_BOOKS["earlier"]
    same = Link("earlier", each, "book", other="earlier", en=en, ja=ja)
    if not has_years:
        return (same,)
    return same, same._replace(name="earlier.own", evaluated=True)


def _accounts(each: Each) -> Link:
    en, ja = OTHER_BOOKS["accounts"]
    return Link("accounts", each, "book", other="accounts", en=en, ja=ja)


_SETS: Final[tuple[tuple[SetName, str, str], ...]] = (
    ("rows", "all rows", "全行"),
    ("same", "the rows of the same {}", "{}が同じ行"),
    ("details", "the rows that it totals", "内訳の行"),
    ("children", "the rows below it", "下位の行"),
)


def _sets(each: Each, *names: SetName) -> tuple[RowsOf, ...]:
    """The sets of rows of a kind, from a row of that kind."""
    return tuple(RowsOf(name, each, en, ja) for name, en, ja in _SETS if name in names)


def _parent(each: Each) -> Link:
    return Link("parent", each, "parent", en="parent", ja="上位の行")


_TO_SHEET: Final = Link("sheet", "sheet", "owner", en="sheet", ja="シート")
_EVALUATED: Final = Link(
    "evaluated", "year", "column", kind="settled", en="evaluated year", ja="評価対象年度"
)
_DIRECTED: Final = Link(
    "directed",
    "year",
    "column",
    kind="budgeted",
    lagged=True,
    en="directed year",
    ja="評価を反映する年度",
)


def _read_in_words(kind: Kind, *named: tuple[str, str, str]) -> Iterator[Field]:
    """What claims are made of, by name, with labels; the reader of a claim gives those it has."""
    for name, en, ja in named:
        yield Field(name, kind, en, ja, origin="derived")


_SHEET: Final = Scope(
    "sheet",
    "each sheet",
    "シートごと",
    table="sheets",
    owner="sheet",
    keys=("book", "sheet"),
    links=(
        _EVALUATED,
        _parent("sheet"),
        *_earlier("sheet", has_years=False),
        _accounts("sheet"),
    ),
    sets=(
        *_sets("sheet", "rows", "same", "details", "children"),
        RowsOf("years", "year", "its columns", "各年度の列"),
    ),
    fields=(
        _BOOK,
        _OF_SHEET,
        _FORM,
        _FISCAL_YEAR,
        _DOCUMENT,
        Field("number", "number", "number", "番号", fill="number", between=_COUNTS),
        Field("identifier", "text", "identifier", "識別番号", sparse=True),
        Field("name", "text", "name", "名称", headed=True),
        Field("role", "text", "kind of row", "行の種類", sparse=True),
        Field("parent", "text", "parent", "上位の行", headed=True, sparse=True),
        Field("totals", "texts", "what it totals", "合計の対象", named=False, sparse=True),
        Field(
            "block",
            "number",
            "block of rows",
            "行のまとまり",
            named=False,
            between=_COUNTS,
            sparse=True,
        ),
        Field(
            "since",
            "number",
            "first block",
            "最初のまとまり",
            named=False,
            between=_COUNTS,
            sparse=True,
        ),
        Field("budget_stages", "texts", "stages of the budget", "予算の区分"),
        Field("department", "text", "department", "所管課・室", headed=True),
        Field("category", "text", "category", "分類", headed=True),
        Field("plans", "texts", "plans it rests on", "根拠となる計画", headed=True),
        Field("status", "text", "state", "区分"),
        Field("population", "figure", "population", "人口"),
        Field("population_as_of", "day", "population as of", "人口の基準日", named=False),
        Field("cost_per_capita", "figure", "cost per capita", "市民一人あたりの費用"),
        Field(
            "bond_burden_per_capita",
            "figure",
            "bond burden per capita",
            "市民一人あたりの将来負担額",
        ),
        Field("purpose", "text", "purpose and outline", "目的と概要", headed=True),
        Field("planned", "text", "plan", "年度当初計画", named=False, headed=True),
        Field("achieved", "text", "results", "事業の実績と成果", named=False, headed=True),
        Field("undivided", "text", "undivided", "計画と実績の別が不明な記載", named=False),
        Field("captions", "text", "captions", "その他の記載", named=False),
        _OWN_FIGURES,
        Field("evaluations", "rows", "evaluations", "評価", table="evaluations"),
        Field("years", "rows", "columns", "年度の列", table="years"),
        _PLACE,
        _PLACES,
    ),
)

_YEAR_SCOPE: Final = Scope(
    "year",
    "each column of a sheet",
    "シートの年度の列ごと",
    table="years",
    owner="sheet",
    keys=("book", "sheet", "year", "kind"),
    links=(
        *_steps("year"),
        _TO_SHEET,
        _parent("year"),
        *_earlier("year"),
        _accounts("year"),
    ),
    sets=_sets("year", "rows", "same", "details", "children"),
    fields=(
        _BOOK,
        _OF_SHEET,
        _YEAR,
        Field("kind", "text", "kind of column", "列の種類", key=True),
        _FORM,
        _YEAR_OF_OWNER,
        _COLUMN,
        Field("total_cost", "figure", "total cost", "事業費総額", unit="form"),
        Field("funding", "figures", "funding", "財源内訳", unit="form"),
        Field("staff_cost", "figure", "staff cost", "職員人件費", unit="form"),
        Field("headcount", "figure", "headcount", "職員数"),
        _OWN_FIGURES,
    ),
)

_EVALUATION: Final = Scope(
    "evaluation",
    "each evaluation",
    "評価ごと",
    table="evaluations",
    owner="sheet",
    keys=("book", "sheet", "year"),
    links=(
        *_steps("evaluation"),
        _DIRECTED,
        _EVALUATED,
        _TO_SHEET,
        *_earlier("evaluation"),
    ),
    sets=_sets("evaluation", "rows", "same"),
    fields=(
        _BOOK,
        _OF_SHEET,
        _YEAR,
        _FORM,
        _YEAR_OF_OWNER,
        _COLUMN,
        Field("result", "text", "evaluation", "評価"),
        Field("meaning", "text", "meaning", "評価の意味", fill="form"),
        Field("reason", "text", "reason for no evaluation", "評価がない理由"),
        Field("reason_code", "text", "reason code", "評価がない理由の区分", named=False),
        Field("issues", "text", "issues", "課題"),
        Field("direction", "text", "direction", "今後の方向性"),
        _PLACE,
        _PLACES,
    ),
)

_KPI: Final = Scope(
    "kpi",
    "each KPI",
    "KPIごと",
    table="kpis",
    owner="kpi",
    keys=("book", "kpi"),
    links=_earlier("kpi", has_years=False),
    sets=_sets("kpi", "rows", "same"),
    fields=(
        _BOOK,
        _OF_KPI,
        _FORM,
        _FISCAL_YEAR,
        _DOCUMENT,
        Field("number", "number", "number", "番号", named=False, fill="number", between=_COUNTS),
        Field("project", "text", "project", "交付対象事業の名称"),
        Field("department", "text", "department", "所管課・室"),
        Field("grant_type", "text", "grant type", "交付金の種別"),
        Field("summary", "text", "summary", "事業の概要", named=False),
        Field("name", "text", "name", "名称"),
        Field("target", "figure", "target", "指標値", unit="kpi", part="target"),
        Field("unit", "text", "unit", "単位"),
        Field("due", "month", "due", "年月", named=False, pattern=_MONTH),
        Field("direction", "text", "direction", "方向", fill="form"),
        Field(
            "direction_source", "text", "where the direction came from", "方向の根拠", fill="form"
        ),
        Field("declared_achieved", "text", "declared achievement", "達成状況"),
        Field("declared_rate", "figure", "declared rate", "達成率", part="rate"),
        Field(
            "actuals", "figures", "actual", "実績値", unit="kpi", part="actual", table="kpi_years"
        ),
        Field(
            "due_actual",
            "figure",
            "due actual",
            "期限の年度の実績値",
            origin="derived",
            unit="kpi",
            part="actual",
            table="kpi_years",
        ),
        Field("due_year", "number", "due year", "期限の年度", origin="derived"),
        Field(
            "first_year",
            "number",
            "first year",
            "最初の年度",
            origin="derived",
            table="kpi_years",
        ),
        Field(
            "last_printed_year",
            "number",
            "last printed year",
            "最後の年度",
            origin="derived",
            table="kpi_years",
        ),
        Field("target_bound", "text", "target bound", "指標値を含むか", origin="derived"),
        _PLACE,
        _PLACES,
    ),
)

_KPI_YEAR: Final = Scope(
    "kpi_year",
    "each year of a KPI",
    "KPIの年度ごと",
    table="kpi_years",
    owner="kpi",
    keys=("book", "kpi", "year"),
    links=(
        *_steps("kpi_year"),
        Link("kpi", "kpi", "owner", en="KPI", ja="指標"),
        *_earlier("kpi_year"),
    ),
    sets=_sets("kpi_year", "rows", "same"),
    fields=(
        _BOOK,
        _OF_KPI,
        _YEAR,
        Field("form", "text", origin="key", key=True, optional=True),
        Field("fiscal_year", "number", origin="key", key=True, optional=True, between=_YEARS),
        Field("actual", "figure", "actual", "実績値", unit="kpi", part="actual"),
    ),
)

_CLAIM: Final = Scope(
    "claim",
    "each claim of the text",
    "文中の記述ごと",
    owner="sheet",
    links=(_TO_SHEET, _EVALUATED),
    fields=(
        *_read_in_words(
            "text",
            ("kind", "kind of claim", "記述の種類"),
            ("section", "section", "記載欄"),
            ("noun", "what is counted", "数えているもの"),
            ("counter", "counter", "単位の語"),
            ("other_counter", "other counter", "もう一方の単位の語"),
            ("direction", "direction of the change", "増減の向き"),
            ("bound", "bound", "以上・以下の別"),
            ("qualifier", "qualifier", "約・延べなどの語"),
            ("within", "where its figures stand", "数値の記載範囲"),
            ("weekday", "weekday", "曜日"),
            ("calendar_weekday", "weekday of the calendar", "暦の曜日"),
        ),
        *_read_in_words(
            "figure",
            ("whole", "the whole", "全体"),
            ("part", "the part", "部分"),
            ("ratio", "the share", "割合"),
            ("rest", "the rest", "残り"),
            ("total", "the total", "合計"),
            ("before", "the earlier figure", "前の数値"),
            ("after", "the later figure", "後の数値"),
            ("difference", "the change", "増減"),
            ("times", "how many times", "倍率"),
            ("product", "the product", "積"),
            ("stated", "the figure in the text", "文中の数値"),
            ("other", "the other figure", "もう一方の数値"),
            ("printed", "the figure in the table", "表の数値"),
            ("target", "the target", "目標"),
            ("actual", "the actual", "実績"),
        ),
        *_read_in_words(
            "figures", ("parts", "the parts", "内訳"), ("factors", "the factors", "掛ける数値")
        ),
        *_read_in_words(
            "number",
            ("counted", "the number counted", "数えた件数"),
            ("day", "the day", "日"),
            ("month", "the month", "月"),
            ("days_in_month", "days in the month", "その月の日数"),
            ("span", "length of the period", "期間の長さ"),
            ("stated_span", "stated length", "記載された期間の長さ"),
            ("year", "the year", "年"),
            ("other_year", "the other year", "もう一方の年"),
            ("fiscal_year", "the fiscal year of the date", "日付の年度"),
        ),
    ),
)

_WHOLE_BOOK: Final = Scope(
    "book",
    "the whole book",
    "冊子全体",
    links=_earlier("book", has_years=False),
    fields=(
        Field("name", "text", "name", "名称", named=False),
        Field("form", "text", "form", "様式", named=False),
        _FISCAL_YEAR,
        Field("documents", "rows", "documents", "文書", table="documents"),
        Field("sheets", "rows", "sheets", "シート", table="sheets"),
        Field("kpis", "rows", "KPIs", "指標", table="kpis"),
    ),
)

DOCUMENT: Final = Scope(
    "document",
    "each document",
    "文書ごと",
    table="documents",
    keys=("book", "form", "fiscal_year", "document"),
    fields=(
        _BOOK,
        _FORM,
        _FISCAL_YEAR,
        Field("document", "text", origin="key"),
        # The column of the path is the key.
        Field("path", "text", "document", "文書", table="documents"),
        Field("sha256", "text", "SHA-256", "SHA-256"),
        Field("sheets", "number", "sheets", "シート数"),
        Field("kpis", "number", "KPIs", "指標数"),
        Field("figures", "number", "figures read", "読み取った数値の数"),
        Field("unread", "messages", "unread numbers", "読み取れなかった数値"),
        Field("parts", "messages", "parts not audited", "対象外の部分"),
        Field("remarks", "messages", "remarks", "読み取りの指摘"),
        Field("not_checked", "messages", "not checked", "点検していないもの"),
    ),
)
"""A document is no scope, but has a table."""

SCOPES: Final[Mapping[Each, Scope]] = {
    "sheet": _SHEET,
    "year": _YEAR_SCOPE,
    "evaluation": _EVALUATION,
    "kpi": _KPI,
    "kpi_year": _KPI_YEAR,
    "claim": _CLAIM,
    "book": _WHOLE_BOOK,
}

TABLES: Final[Mapping[TableName, Scope]] = {
    "documents": DOCUMENT,
    "sheets": _SHEET,
    "years": _YEAR_SCOPE,
    "evaluations": _EVALUATION,
    "kpis": _KPI,
    "kpi_years": _KPI_YEAR,
}
"""The record that each row of a table is."""

TABLE_OF: Final[Mapping[Each, TableName]] = {
    each: scope.table for each, scope in SCOPES.items() if scope.table is not None
}
"""The table of each scope that has one."""

EACH_OF: Final[Mapping[TableName, Each]] = {table: each for each, table in TABLE_OF.items()}
"""The scope of each table whose rows are judged."""

HEADED: Final = tuple(item.name for item in _SHEET.fields if item.headed)
"""The texts of a sheet that stand under headings."""

BOOK_KEYS: Final = ("book", "form", "fiscal_year")
"""The columns that tell which book a row is of."""


PREFIXES: Final[Mapping[str, str]] = {"evaluation": "evaluations.", "claim": "claims."}
"""What stands before the names of a scope where those of all scopes are listed together."""


def followed(each: str, steps: Sequence[str]) -> tuple[tuple[Link, ...], Each | None, str]:
    """The links that a path follows from a row of ``each``, the scope that they lead to (None for
    one that there is not), and the name there.
    """
    here: Each | None = next((scope for scope in EACH if scope == each), None)
    links: list[Link] = []
    rest = list(steps)
    while here is not None and len(rest) > 1:
        scope = SCOPES[here]
        size = 2 if ".".join(rest[:2]) in scope.link else 1
        step = ".".join(rest[:size])
        if step not in scope.link and kind_in(step) is None:
            break
        links.append(scope.follow(step))
        here, rest = links[-1].to, rest[size:]
    return tuple(links), here, ".".join(rest)


def japanese_label(path: str, each: str | None = None) -> str:
    """What Japanese calls a name of formulas with the links before it: ``prior.total_cost`` is
    前年度の事業費総額. A name that no scope has stands as it is. ``each`` is the scope of the row;
    names of claims are known on their own rows alone.
    """
    words = {"funding": "財源内訳", "own": "評価対象年度"}
    labels: dict[str, str] = {}
    for scope in SCOPES.values():
        words |= {link.name: link.ja for link in scope.links}
        if scope.name == "claim":
            continue
        for item in scope.fields:
            if item.ja and item.kind not in ("rows", "place", "places"):
                labels.setdefault(item.name, item.ja)
    if each == "claim" and "." not in path:
        labels |= {item.name: item.ja for item in SCOPES["claim"].fields}
    *before, last = path.split(".")
    named = [_KIND.sub(r"「\1」", words.get(word, word)) for word in before]
    return "の".join([*named, labels.get(last, last)])


_KIND: Final = re.compile(r'^as\("(.*)"\)$')


def figure_names(each: Each) -> tuple[str, ...]:
    """The figures that the records of a scope hold whatever their form, each in a field."""
    return tuple(
        item.name
        for item in SCOPES[each].fields
        if item.kind == "figure" and item.origin == "record"
    )
