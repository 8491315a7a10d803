"""Whether a KPI reached its target: judged on the actual of the year in which it is due."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from auditor.records.figures import Figure, Record, shown
from auditor.records.model import Direction, DirectionSource, Kpi

__all__ = ["Achievement", "AchievementOutcome", "TargetBound", "achievement", "target_bound"]

AchievementOutcome = Literal["achieved", "missed", "not_due", "unknown"]
TargetBound = Literal["inclusive", "exclusive"]
"""Whether a target includes its own value."""

# A target printed with one of these is not reached by meeting it: 5件未満 stands for fewer than
# five.
STRICT: Final = ("未満", "超")
_TENTH: Final = Decimal("0.1")


class Achievement(Record):
    """What became of a target.

    ``rate`` is actual / target in per cent, rounded half up to 0.1, whichever direction is
    better; it is None where either is no number or the target is 0. ``year`` is the fiscal year
    in which the target is due, ``actual`` what was printed for it.
    """

    outcome: AchievementOutcome
    rate: Decimal | None = None
    year: int | None = None
    actual: Figure | None = None
    direction: Direction
    direction_source: DirectionSource


def achievement(kpi: Kpi) -> Achievement:
    """Judge a KPI on its due year.

    The outcome is ``not_due`` where that year lies after the last printed one or after the
    report's, and ``unknown`` where a figure that it takes is missing, a dash or text.
    """
    year = kpi.due_year
    actual = kpi.actuals.get(str(year)) if year is not None else None
    target = kpi.target.value if kpi.target.state == "number" else None
    reached = actual.value if actual is not None and actual.state == "number" else None

    outcome: AchievementOutcome = "unknown"
    if year is not None and year > min([kpi.fiscal_year, *_last_printed(kpi)]):
        outcome = "not_due"
    elif target is not None and reached is not None:
        outcome = "achieved" if _reaches(reached, target, kpi) else "missed"
    return Achievement(
        outcome=outcome,
        rate=None if target is None or reached is None else _rate(reached, target),
        year=year,
        actual=actual,
        direction=kpi.direction,
        direction_source=kpi.direction_source,
    )


def _last_printed(kpi: Kpi) -> list[int]:
    return [max(int(year) for year in kpi.actuals)] if kpi.actuals else []


def target_bound(kpi: Kpi) -> TargetBound:
    """Whether a target is reached by meeting it exactly."""
    return "exclusive" if kpi.target.printed.rstrip().endswith(STRICT) else "inclusive"


def _reaches(actual: Decimal, target: Decimal, kpi: Kpi) -> bool:
    if actual == target:
        return target_bound(kpi) == "inclusive"
    return actual > target if kpi.direction == "higher" else actual < target


def _rate(actual: Decimal, target: Decimal) -> Decimal | None:
    return shown(Fraction(actual) * 100 / Fraction(target), "half_up", _TENTH) if target else None
