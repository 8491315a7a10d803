"""Indicators (KPIs) with a target for each of several years: a record for each of them.

A record has one target, which is due in one year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Kpi

__all__ = ["due_in", "is_printed", "of_each_year", "unread_in"]


def due_in(year: int) -> str:
    """The month in which the targets of a fiscal year are due, its last one."""
    return f"{year + 1:04d}-03"


def is_printed(figure: Figure) -> bool:
    """Whether anything is printed in the place of a figure but a dash."""
    return figure.state not in ("blank", "dash")


def of_each_year(kpi: Kpi, targets: Mapping[int, Figure], rates: Mapping[int, Figure]) -> list[Kpi]:
    """The records of an indicator that has targets, and rates of achievement, by their years;
    ``kpi`` is the indicator with all of its actuals, and the number of the first record.

    The record of the last year of which an actual is known has all actuals, so that they are
    judged together once; the other records have that of their own year.
    """
    years = sorted(year for year, target in targets.items() if is_printed(target))
    if not years:
        last = max(targets)
        return [_with_target(kpi, targets[last], rates.get(last))]
    reached = [year for year in years if _is_number(kpi.actuals.get(str(year)))]
    main = max(reached, default=years[0])
    records: list[Kpi] = []
    for number, year in enumerate(years, kpi.number):
        record = _with_target(kpi, targets[year], rates.get(year))
        record = record.model_copy(update={"number": number, "due": due_in(year)})
        records.append(record if year == main else _of_one_year(record, year))
    return records


def _with_target(kpi: Kpi, target: Figure, rate: Figure | None) -> Kpi:
    return kpi.model_copy(update={"target": target, "declared_rate": rate})


def _of_one_year(kpi: Kpi, year: int) -> Kpi:
    """A record with the actual of its year alone; a year to come has none yet, and lacks none."""
    actual = kpi.actuals.get(str(year))
    is_known = actual is not None and (year <= kpi.fiscal_year or is_printed(actual))
    actuals = FrozenDict({str(year): actual} if is_known else {})
    return kpi.model_copy(update={"actuals": actuals, "declared_achieved": None})


def unread_in(kpi: Kpi, parts: Collection[str]) -> Kpi:
    """An indicator of which some figures have no place, which is not the same as blank ones."""
    if not parts:
        return kpi
    target, actuals = kpi.target, kpi.actuals
    if "target" in parts:
        target = _unread(target)
    if "actuals" in parts:
        actuals = FrozenDict({year: _unread(actual) for year, actual in actuals.items()})
    return kpi.model_copy(update={"target": target, "actuals": actuals})


def _unread(figure: Figure) -> Figure:
    return figure.model_copy(update={"state": "unread"}) if figure.state == "blank" else figure


def _is_number(figure: Figure | None) -> bool:
    return figure is not None and figure.state == "number"
