"""KPI007: two indicators seldom have the same figures throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import auditor
from auditor.records.model import Kpi
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed, first_of

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables


def _settle(tables: Tables) -> Settled:
    """An indicator passes if what its figures come to stands alone in its book; those for which
    it does not are left together.
    """
    import narwhals as nw

    from auditor.engines.settling import by_place, mixed, number_of

    if not tables.has("kpi_year"):
        return tables.settled(tables.keys("kpi"), otherwise="not_applicable")
    target, actual = tables.printed("kpi", "target"), tables.printed("kpi_year", "actual")
    kpis = tables.with_owned(
        "kpi",
        tables.of_owners(
            "kpi_year",
            sums={
                "mixed": by_place(mixed([actual.value])),
                "actuals": number_of(~actual.value.is_null()),
            },
            anywhere={"open": actual.open},
        ),
        {"target": target.value, "target open": number_of(target.open)},
    )
    opened = nw.col("open").fill_null(0) + nw.col("target open")
    few = (nw.col("actuals") < 2).fill_null(True)
    return tables.settled(
        tables.alone(
            kpis.with_columns(opened.alias("open")), ["target", "mixed", "actuals"], "open"
        ),
        ("#open", None),
        (nw.col("target").is_null() | few, "not_applicable"),
        ("#alone", "pass"),
        otherwise=None,
    )


@auditor.rule(
    """
code = "KPI007"
name = "identical-kpis"
severity = "note"
each = "kpi"
looks_at = "undecided"
since = "0.1"

[title]
en = "Another indicator of the book has the same figures throughout"
ja = "冊子の別の指標と、目標値・実績値がすべて同じです"
[why]
en = "Target and actuals that agree in every year are often a row that was copied and not filled in anew."
ja = "目標値と実績値がすべての年度で一致する場合、行を写したまま書き換えていないことがよくあります。"
[action]
en = "Compare the two rows with their sources; if they really agree, no change is needed."
ja = "二つの行を元の資料と照合してください。実際に同じであれば訂正は不要です。"

[[cases]]
form = "kushiro"
name = "企業数"
target = 2
actuals = { 2022 = 1, 2023 = 1 }
book = [{ name = "社数", target = 2, actuals = { 2022 = 1, 2023 = 3 } }]
outcome = "pass"

[[cases]]
form = "kushiro"
name = "企業数"
target = 2
actuals = { 2022 = 1, 2023 = 1 }
book = [{ name = "社数", target = 2, actuals = { 2022 = 1, 2023 = 1 } }]
outcome = "fail"

[[cases]]
form = "kushiro"
note = "one figure alone proves nothing"
name = "企業数"
target = 2
actuals = { 2023 = 1 }
book = [{ name = "社数", target = 2, actuals = { 2023 = 1 } }]
outcome = "not_applicable"
""",
    settle=_settle,
    names={"kpi": ("target",), "kpi_year": ("actual",)},
)
def identical_kpis(row: Row) -> Verdict:
    """Compare target and all printed actuals; indicators with fewer than two actuals are left
    alone.
    """
    kpi = row.kpi
    assert kpi is not None
    if kpi.target.value is None or len(_figures(kpi)) < 3:
        return NOT_APPLICABLE
    twins = [twin for twin in row.rows.once(_alike)[_figures(kpi)] if twin is not kpi]
    if not twins:
        return PASS
    others = first_of(twins, lambda twin: _named(twin, kpi))
    detail = Text(
        en=f"Target and actuals are those of another indicator: {others.en}",
        ja=f"目標値・実績値が別の指標とすべて同じです：{others.ja}",
    )
    return failed(
        (row, "target"),
        *((row, name) for name in row.groups["actuals"] if row.figure(name)),
        detail=detail,
    )


def _named(twin: Kpi, kpi: Kpi) -> Text:
    """Another indicator; in Japanese with its document and project where they are others."""
    document = f"{twin.document} の" if twin.document != kpi.document else ""
    project = f"（{twin.project}）" if twin.project and twin.project != kpi.project else ""
    return Text(
        en=" / ".join(filter(None, (twin.project, twin.name))),
        ja=f"{document}KPI{twin.number}「{twin.name}」{project}",
    )


def _figures(kpi: Kpi) -> tuple[tuple[str, object], ...]:
    """The target and all printed actuals."""
    actuals = (
        (year, figure.value)
        for year, figure in sorted(kpi.actuals.items())
        if figure.value is not None
    )
    return (("target", kpi.target.value), *actuals)


def _alike(rows: Rows) -> dict[tuple[tuple[str, object], ...], list[Kpi]]:
    found: dict[tuple[tuple[str, object], ...], list[Kpi]] = {}
    for kpi in rows.book.kpis:
        found.setdefault(_figures(kpi), []).append(kpi)
    return found
