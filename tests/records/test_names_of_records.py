"""The catalogue, said once more the other way round: not field by field, but for each thing that a
field can be, which fields are it. What a path leads to and what Japanese calls it, too.

A new field need not stand here: what is said is said of the fields that are named in ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from auditor.records.fields import (
    BOOK_KEYS,
    DOCUMENT,
    HEADED,
    SCOPES,
    Each,
    Field,
    Holder,
    Kind,
    Link,
    RowsOf,
    Scope,
    figure_names,
    followed,
    japanese_label,
    keys_in,
    kind_in,
    of_kind,
    of_same,
)

ALL: Final[Mapping[Holder, Scope]] = {**SCOPES, "document": DOCUMENT}
YEARS: Final = (1800, 2999)
COUNTS: Final = (1, 1_000_000_000_000)
MONTH: Final = "^[0-9]{4}-(0[1-9]|1[0-2])$"

# The fields of each record by their kinds, those of a kind in their order.
KINDS: Final[Mapping[Holder, Mapping[Kind, str]]] = {
    "sheet": {
        "text": "book form document identifier name role parent department category status purpose "
        "planned achieved undivided captions",
        "texts": "totals budget_stages plans",
        "number": "sheet fiscal_year number block since",
        "figure": "population cost_per_capita bond_burden_per_capita",
        "figures": "figures",
        "day": "population_as_of",
        "rows": "evaluations years",
        "place": "place",
        "places": "places",
    },
    "year": {
        "text": "book kind form column",
        "number": "sheet year fiscal_year",
        "figure": "total_cost staff_cost headcount",
        "figures": "funding figures",
    },
    "evaluation": {
        "text": "book form column result meaning reason reason_code issues direction",
        "number": "sheet year fiscal_year",
        "place": "place",
        "places": "places",
    },
    "kpi": {
        "text": "book form document project department grant_type summary name unit direction "
        "direction_source declared_achieved target_bound",
        "number": "kpi fiscal_year number due_year first_year last_printed_year",
        "figure": "target declared_rate due_actual",
        "figures": "actuals",
        "month": "due",
        "place": "place",
        "places": "places",
    },
    "kpi_year": {"text": "book form", "number": "kpi year fiscal_year", "figure": "actual"},
    "claim": {
        "text": "kind section noun counter other_counter direction bound qualifier within weekday "
        "calendar_weekday",
        "figure": "whole part ratio rest total before after difference times product stated other "
        "printed target actual",
        "figures": "parts factors",
        "number": "counted day month days_in_month span stated_span year other_year fiscal_year",
    },
    "book": {"text": "name form", "number": "fiscal_year", "rows": "documents sheets kpis"},
    "document": {
        "text": "book form document path sha256",
        "number": "fiscal_year sheets kpis figures",
        "messages": "unread parts remarks not_checked",
    },
}

STATED: Final[Mapping[Holder, frozenset[str]]] = {
    record: frozenset(" ".join(names.values()).split()) for record, names in KINDS.items()
}

# For each thing that a field can be, the fields that are it. All others are not.
TRAITS: Final[Mapping[str, tuple[Callable[[Field], bool], Mapping[Holder, str]]]] = {
    "only tables write it": (
        lambda field: field.origin == "key",
        {
            "sheet": "book sheet form",
            "year": "book sheet form fiscal_year column",
            "evaluation": "book sheet form fiscal_year column",
            "kpi": "book kpi form",
            "kpi_year": "book kpi form fiscal_year",
            "document": "book form document",
        },
    ),
    "it follows from others": (
        lambda field: field.origin == "derived",
        {
            "kpi": "due_actual due_year first_year last_printed_year target_bound",
            "claim": " ".join(KINDS["claim"].values()),
        },
    ),
    "its cells have to be filled": (
        lambda field: field.key,
        {
            "sheet": "book sheet form fiscal_year",
            "year": "book sheet year kind form fiscal_year",
            "evaluation": "book sheet year form fiscal_year",
            "kpi": "book kpi form fiscal_year",
            "kpi_year": "book kpi year form fiscal_year",
            "book": "fiscal_year",
            "document": "book form fiscal_year",
        },
    ),
    "its column can be left out": (lambda field: field.optional, {"kpi_year": "form fiscal_year"}),
    "it is written where it is not the usual": (
        lambda field: field.sparse,
        {"sheet": "identifier role parent totals block since"},
    ),
    "no formula can name it": (
        lambda field: not field.named,
        {
            "sheet": "document totals block since population_as_of planned achieved undivided "
            "captions figures",
            "year": "figures",
            "evaluation": "reason_code",
            "kpi": "document number summary due",
            "book": "name form",
        },
    ),
    "it stands under a heading": (
        lambda field: field.headed,
        {"sheet": "name parent department category plans purpose planned achieved"},
    ),
    "a blank is the number of the record": (
        lambda field: field.fill == "number",
        {"sheet": "number", "kpi": "number"},
    ),
    "a blank is the table's path": (
        lambda field: field.fill == "path",
        {"sheet": "document", "kpi": "document"},
    ),
    "a blank is what the form says": (
        lambda field: field.fill == "form",
        {"evaluation": "meaning", "kpi": "direction direction_source"},
    ),
    "its unit may be the form's": (
        lambda field: field.unit == "form",
        {"year": "total_cost funding staff_cost"},
    ),
    "its unit is the KPI's": (
        lambda field: field.unit == "kpi",
        {"kpi": "target actuals due_actual", "kpi_year": "actual"},
    ),
    "it is a target": (lambda field: field.part == "target", {"kpi": "target"}),
    "it is a rate": (lambda field: field.part == "rate", {"kpi": "declared_rate"}),
    "it is an actual": (
        lambda field: field.part == "actual",
        {"kpi": "actuals due_actual", "kpi_year": "actual"},
    ),
    "it stands in the table of columns": (lambda field: field.table == "years", {"sheet": "years"}),
    "it stands in the table of evaluations": (
        lambda field: field.table == "evaluations",
        {"sheet": "evaluations"},
    ),
    "it stands in the table of a KPI's years": (
        lambda field: field.table == "kpi_years",
        {"kpi": "actuals due_actual first_year last_printed_year"},
    ),
    "it stands in the table of documents": (
        lambda field: field.table == "documents",
        {"book": "documents", "document": "path"},
    ),
    "it stands in the table of sheets": (lambda field: field.table == "sheets", {"book": "sheets"}),
    "it stands in the table of KPIs": (lambda field: field.table == "kpis", {"book": "kpis"}),
    "it is a year": (
        lambda field: field.between == YEARS,
        {
            "sheet": "fiscal_year",
            "year": "year fiscal_year",
            "evaluation": "year fiscal_year",
            "kpi": "fiscal_year",
            "kpi_year": "year fiscal_year",
            "book": "fiscal_year",
            "document": "fiscal_year",
        },
    ),
    "it counts": (
        lambda field: field.between == COUNTS,
        {
            "sheet": "sheet number block since",
            "year": "sheet",
            "evaluation": "sheet",
            "kpi": "kpi number",
            "kpi_year": "kpi",
        },
    ),
    "it has no bounds": (
        lambda field: field.between is None,
        {
            "sheet": "book form document identifier name role parent totals budget_stages "
            "department category plans status population population_as_of cost_per_capita "
            "bond_burden_per_capita purpose planned achieved undivided captions figures "
            "evaluations years place places",
            "year": "book kind form column total_cost funding staff_cost headcount figures",
            "evaluation": "book form column result meaning reason reason_code issues direction "
            "place places",
            "kpi": "book form document project department grant_type summary name target unit due "
            "direction direction_source declared_achieved declared_rate actuals due_actual "
            "due_year first_year last_printed_year target_bound place places",
            "kpi_year": "book form actual",
            "claim": " ".join(KINDS["claim"].values()),
            "book": "name form documents sheets kpis",
            "document": "book form document path sha256 sheets kpis figures unread parts remarks "
            "not_checked",
        },
    ),
    "it is a month": (lambda field: field.pattern == MONTH, {"kpi": "due"}),
    "it has a pattern": (lambda field: field.pattern != "", {"kpi": "due"}),
    "it has no label": (
        lambda field: not field.en or not field.ja,
        {
            "sheet": "book sheet form",
            "year": "book sheet form fiscal_year column",
            "evaluation": "book sheet form fiscal_year column",
            "kpi": "book kpi form",
            "kpi_year": "book kpi form fiscal_year",
            "document": "book form document",
        },
    ),
}

# The names of formulas, and the columns of tables, in their order.
NAMED: Final[Mapping[Holder, str]] = {
    "sheet": "fiscal_year number identifier name role parent budget_stages department category "
    "plans status population cost_per_capita bond_burden_per_capita purpose",
    "year": "year kind total_cost funding staff_cost headcount",
    "evaluation": "year result meaning reason issues direction",
    "kpi": "fiscal_year project department grant_type name target unit direction direction_source "
    "declared_achieved declared_rate actuals due_actual due_year first_year last_printed_year "
    "target_bound",
    "kpi_year": "year actual",
    "claim": " ".join(KINDS["claim"][kind] for kind in ("text", "figure", "figures", "number")),
    "book": "fiscal_year",
    "document": "fiscal_year path sha256 sheets kpis figures",
}
COLUMNS: Final[Mapping[Holder, str]] = {
    "sheet": "book sheet form fiscal_year document number identifier name role parent totals block "
    "since budget_stages department category plans status population population_as_of "
    "cost_per_capita bond_burden_per_capita purpose planned achieved undivided captions",
    "year": "book sheet year kind form fiscal_year column total_cost staff_cost headcount",
    "evaluation": "book sheet year form fiscal_year column result meaning reason reason_code "
    "issues direction",
    "kpi": "book kpi form fiscal_year document number project department grant_type summary name "
    "target unit due direction direction_source declared_achieved declared_rate",
    "kpi_year": "book kpi year form fiscal_year actual",
    "claim": "",
    "book": "name form fiscal_year",
    "document": "book form fiscal_year document sha256 sheets kpis figures unread parts remarks "
    "not_checked",
}

# Table, owner, the record that rows belong to, keys, and labels.
RECORDS: Final[Mapping[Holder, tuple[str | None, str | None, str | None, str, str, str]]] = {
    "sheet": ("sheets", "sheet", None, "book sheet", "each sheet", "シートごと"),
    "year": (
        "years",
        "sheet",
        "sheet",
        "book sheet year kind",
        "each column of a sheet",
        "シートの年度の列ごと",
    ),
    "evaluation": (
        "evaluations",
        "sheet",
        "sheet",
        "book sheet year",
        "each evaluation",
        "評価ごと",
    ),
    "kpi": ("kpis", "kpi", None, "book kpi", "each KPI", "KPIごと"),
    "kpi_year": (
        "kpi_years",
        "kpi",
        "kpi",
        "book kpi year",
        "each year of a KPI",
        "KPIの年度ごと",
    ),
    "claim": (None, "sheet", "sheet", "", "each claim of the text", "文中の記述ごと"),
    "book": (None, None, None, "", "the whole book", "冊子全体"),
    "document": (
        "documents",
        None,
        None,
        "book form fiscal_year document",
        "each document",
        "文書ごと",
    ),
}

# The ways from a row to another: ``{}`` is the scope of the row.
LINKS: Final[Mapping[str, Link]] = {
    "prior": Link("prior", "year", "row", -1, en="year before", ja="前年度"),
    "next": Link("next", "year", "row", 1, en="year after", ja="翌年度"),
    "sheet": Link("sheet", "sheet", "owner", en="sheet", ja="シート"),
    "kpi": Link("kpi", "kpi", "owner", en="KPI", ja="指標"),
    "parent": Link("parent", "year", "parent", en="parent", ja="上位の行"),
    "evaluated": Link(
        "evaluated", "year", "column", 0, "settled", en="evaluated year", ja="評価対象年度"
    ),
    "directed": Link(
        "directed",
        "year",
        "column",
        0,
        "budgeted",
        lagged=True,
        en="directed year",
        ja="評価を反映する年度",
    ),
    "earlier": Link(
        "earlier",
        "year",
        "book",
        0,
        "",
        False,
        en="last year's book",
        ja="前年度の冊子",
        other="earlier",
        evaluated=False,
    ),
    "earlier.own": Link(
        "earlier.own",
        "year",
        "book",
        0,
        "",
        False,
        en="last year's book",
        ja="前年度の冊子",
        other="earlier",
        evaluated=True,
    ),
    "accounts": Link(
        "accounts", "year", "book", 0, "", en="the accounts", ja="財務会計", other="accounts"
    ),
}
ELSEWHERE: Final = {"sheet", "kpi", "evaluated", "directed"}
"""The links that lead to one scope from everywhere; others stay in the row's own."""
LINKS_OF: Final[Mapping[Holder, str]] = {
    "sheet": "evaluated parent earlier accounts",
    "year": "prior next sheet parent earlier earlier.own accounts",
    "evaluation": "prior next directed evaluated sheet earlier earlier.own",
    "kpi": "earlier",
    "kpi_year": "prior next kpi earlier earlier.own",
    "claim": "sheet evaluated",
    "book": "earlier",
    "document": "",
}
SETS: Final = {
    "rows": ("all rows", "全行"),
    "same": ("the rows of the same {}", "{}が同じ行"),
    "details": ("the rows that it totals", "内訳の行"),
    "children": ("the rows below it", "下位の行"),
    "years": ("its columns", "各年度の列"),
}
SETS_OF: Final[Mapping[Holder, str]] = {
    "sheet": "rows same details children years",
    "year": "rows same details children",
    "evaluation": "rows same",
    "kpi": "rows same",
    "kpi_year": "rows same",
    "claim": "",
    "book": "",
    "document": "",
}


def stated_of(record: Holder) -> list[Field]:
    return [field for field in ALL[record].fields if field.name in STATED[record]]


@pytest.mark.parametrize("record", ALL)
def test_fields_by_kind(record: Holder) -> None:
    by_kind: dict[Kind, list[str]] = {}
    for field in stated_of(record):
        by_kind.setdefault(field.kind, []).append(field.name)
    assert by_kind == {kind: names.split() for kind, names in KINDS[record].items()}


@pytest.mark.parametrize("trait", TRAITS)
def test_fields_by_trait(trait: str) -> None:
    has, stated = TRAITS[trait]
    fields = {record: {field.name for field in stated_of(record) if has(field)} for record in ALL}
    assert fields == {record: set(stated.get(record, "").split()) for record in ALL}


@pytest.mark.parametrize("record", ALL)
def test_names_and_columns(record: Holder) -> None:
    scope, stated = ALL[record], STATED[record]
    named = [field.name for field in scope.named if field.name in stated]
    columns = [field.name for field in scope.columns if field.name in stated]
    assert named == NAMED[record].split()
    assert columns == COLUMNS[record].split()
    assert scope.by_name == {field.name: field for field in scope.fields}
    for kind in ("text", "figure"):
        of_this = KINDS[record].get(kind, "").split()  # type: ignore[call-overload]
        names = [name for name in scope.names(kind) if name in stated]
        assert names == [name for name in named if name in of_this]
    every = scope.names("text", "texts", "figure", "figures", "number", "month")
    assert every == tuple(field.name for field in scope.named)
    assert scope.names() == ()


@pytest.mark.parametrize("record", ALL)
def test_records(record: Holder) -> None:
    table, owner, parent, keys, en, ja = RECORDS[record]
    scope = ALL[record]
    assert (scope.name, scope.table, scope.owner, scope.parent) == (record, table, owner, parent)
    assert (scope.keys, scope.en, scope.ja) == (tuple(keys.split()), en, ja)


@pytest.mark.parametrize("record", ALL)
def test_links_and_sets(record: Holder) -> None:
    scope = ALL[record]
    links = [
        LINKS[name] if name in ELSEWHERE else LINKS[name]._replace(to=record)  # type: ignore[arg-type]
        for name in LINKS_OF[record].split()
    ]
    assert list(scope.links) == links
    assert scope.link == {link.name: link for link in links}
    sets = [
        RowsOf(name, "year" if name == "years" else record, *SETS[name])  # type: ignore[arg-type]
        for name in SETS_OF[record].split()
    ]
    assert list(scope.sets) == sets
    for rows in sets:
        assert scope.rows_of(rows.name) == scope.gathered(rows.name) == rows
    assert scope.gathered('same("kind", "name")') == (scope.rows_of("same") if sets else None)
    assert scope.gathered("prior") is None


def test_what_a_field_a_link_and_a_scope_are_where_nothing_is_said() -> None:
    assert Field("f", "text") == Field(
        "f",
        "text",
        en="",
        ja="",
        origin="record",
        named=True,
        key=False,
        optional=False,
        sparse=False,
        fill="default",
        unit="definition",
        headed=False,
        part=None,
        table=None,
        between=None,
        pattern="",
    )
    assert Link("l", "year", "row") == Link(
        "l", "year", "row", 0, "", lagged=False, en="", ja="", other=None, evaluated=False
    )
    scope = Scope("book", "e", "j")
    assert (scope.table, scope.owner, scope.keys) == (None, None, ())
    assert (scope.fields, scope.links, scope.sets) == ((), (), ())


def test_what_can_be_named_and_what_is_a_column() -> None:
    text = Field("f", "text")
    assert text.in_formulas
    assert text.in_a_column
    assert not text._replace(named=False).in_formulas
    assert text._replace(named=False).in_a_column
    assert not text._replace(origin="key").in_formulas
    assert text._replace(origin="key").in_a_column
    assert text._replace(origin="derived").in_formulas
    assert not text._replace(origin="derived").in_a_column
    assert text._replace(table="years").in_formulas
    assert not text._replace(table="years").in_a_column
    kinds = [
        "number",
        "figure",
        "figures",
        "text",
        "texts",
        "month",
        "day",
        "messages",
        "rows",
        "place",
        "places",
    ]
    fields = [Field(kind, kind) for kind in kinds]  # type: ignore[arg-type]
    nameable = ["number", "figure", "figures", "text", "texts", "month"]
    assert [field.name for field in fields if field.in_formulas] == nameable
    columns = ["number", "figure", "text", "texts", "month", "day", "messages"]
    assert [field.name for field in fields if field.in_a_column] == columns


def test_the_columns_and_figures_that_are_named_together() -> None:
    headed = TRAITS["it stands under a heading"][1]["sheet"].split()
    assert [name for name in HEADED if name in STATED["sheet"]] == headed
    assert BOOK_KEYS == ("book", "form", "fiscal_year")
    of_sheets = ["population", "cost_per_capita", "bond_burden_per_capita"]
    assert [name for name in figure_names("sheet") if name in STATED["sheet"]] == of_sheets
    of_years = ["total_cost", "staff_cost", "headcount"]
    assert [name for name in figure_names("year") if name in STATED["year"]] == of_years
    assert figure_names("kpi") == ("target", "declared_rate")
    assert figure_names("kpi_year") == ("actual",)
    assert figure_names("evaluation") == figure_names("claim") == figure_names("book") == ()


@pytest.mark.parametrize("kind", ["settled", "", 'with "quotes"', "in\ntwo lines", "当初予算"])
def test_steps_to_a_kind_of_column(kind: str) -> None:
    step = of_kind("earlier", kind)
    assert step == f'earlier.as("{kind}")'
    assert kind_in(step) == kind
    year = SCOPES["year"]
    assert year.follow(step) == year.link["earlier"]._replace(name=step, kind=kind)


@pytest.mark.parametrize(
    "step", ["earlier", "earlier.as", "earlier.as()", 'earlier.own.as("k")', '.as("k")', "as"]
)
def test_other_steps_name_no_kind(step: str) -> None:
    assert kind_in(step) is None


def test_steps_that_there_are_not() -> None:
    year = SCOPES["year"]
    assert year.follow("prior") is year.link["prior"]
    for step in ("directed", 'elsewhere.as("settled")', ""):
        with pytest.raises(KeyError):
            year.follow(step)
    with pytest.raises(StopIteration):
        SCOPES["kpi"].rows_of("details")


@pytest.mark.parametrize("keys", [("kind",), ("category", "kind"), ("a", "b", "c"), ("",)])
def test_sets_of_rows_alike(keys: tuple[str, ...]) -> None:
    step = of_same(keys)
    assert step == "same(" + ", ".join('"' + key + '"' for key in keys) + ")"
    assert keys_in(step) == keys


@pytest.mark.parametrize("step", ["same", "same()", 'same("a","b")', 'rows("a")', 'same("a") '])
def test_other_steps_are_no_sets_of_rows_alike(step: str) -> None:
    assert keys_in(step) is None


PATHS: Final = (
    ("year", "total_cost", (), "year", "total_cost"),
    ("year", "prior.total_cost", ("prior",), "year", "total_cost"),
    ("year", "prior", (), "year", "prior"),
    ("year", "prior.prior.kind", ("prior", "prior"), "year", "kind"),
    ("year", "sheet.population", ("sheet",), "sheet", "population"),
    ("year", "sheet.evaluated.kind", ("sheet", "evaluated"), "year", "kind"),
    ("year", "earlier.total_cost", ("earlier",), "year", "total_cost"),
    ("year", "earlier.own.total_cost", ("earlier.own",), "year", "total_cost"),
    ("year", "earlier.own", ("earlier.own",), "year", ""),
    ("year", "prior.earlier.own.kind", ("prior", "earlier.own"), "year", "kind"),
    ("year", 'earlier.as("k").kind', ('earlier.as("k")',), "year", "kind"),
    ("year", "funding.grants", (), "year", "funding.grants"),
    ("year", "prior.funding.grants.more", ("prior",), "year", "funding.grants.more"),
    ("evaluation", "directed.staff_cost", ("directed",), "year", "staff_cost"),
    ("kpi_year", "kpi.earlier.name", ("kpi", "earlier"), "kpi", "name"),
    ("claim", "sheet.name", ("sheet",), "sheet", "name"),
    ("book", "earlier.name", ("earlier",), "book", "name"),
    ("nowhere", "prior.total_cost", (), None, "prior.total_cost"),
)


@pytest.mark.parametrize(("each", "path", "names", "to", "rest"), PATHS)
def test_paths_are_followed(
    each: str, path: str, names: tuple[str, ...], to: Each | None, rest: str
) -> None:
    steps: list[str] = []
    for word in path.split("."):
        if word.startswith("as("):
            steps[-1] += f".{word}"
        else:
            steps.append(word)
    links, here, last = followed(each, steps)
    assert tuple(link.name for link in links) == names
    assert (here, last) == (to, rest)


@pytest.mark.parametrize(
    ("path", "each", "label"),
    [
        ("total_cost", None, "事業費総額"),
        ("prior.total_cost", None, "前年度の事業費総額"),
        ("prior.prior.total_cost", "year", "前年度の前年度の事業費総額"),
        ("earlier.total_cost", None, "前年度の冊子の事業費総額"),
        ("earlier.own.total_cost", None, "前年度の冊子の評価対象年度の事業費総額"),
        ('earlier.as("当初予算").total_cost', None, "前年度の冊子の「当初予算」の事業費総額"),
        ("funding.grants", None, "財源内訳のgrants"),
        ("funding", None, "財源内訳"),
        ("kpi.target", "kpi_year", "指標の指標値"),
        ("elsewhere.unknown", None, "elsewhereのunknown"),
        # Names of several scopes are what the first calls them; place and rows are no names.
        ("name", None, "名称"),
        ("year", None, "年度"),
        ("direction", None, "今後の方向性"),
        ("place", None, "place"),
        ("evaluations", None, "evaluations"),
        ("book", None, "book"),
        # Claims have names of their own, on their own rows alone.
        ("whole", None, "whole"),
        ("whole", "claim", "全体"),
        ("year", "claim", "年"),
        ("year", "year", "年度"),
        ("direction", "claim", "増減の向き"),
        ("sheet.fiscal_year", "claim", "シートの年度"),
        ("population", "claim", "人口"),
    ],
)
def test_what_japanese_calls_a_path(path: str, each: str | None, label: str) -> None:
    assert japanese_label(path, each) == label
