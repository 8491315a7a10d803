"""The search against Google's CP-SAT (test extra ``ortools``): the same minimal weight on a
thousand random records.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from auditor.suspects.locating import locate

CELLS = tuple(
    f"{name}_{year}" for year in (1, 2) for name in ("total", "a", "b", "c", "rate", "sum")
)
FORMULAS = tuple(
    formula
    for year in (1, 2)
    for formula in (
        f"total_{year} == a_{year} + b_{year} + c_{year}",
        f"rate_{year} == 100 * total_{year} / people",
        f"sum_{year} == " + ("total_1" if year == 1 else "sum_1 + total_2"),
        f"a_{year} <= total_{year}",
        f"not a_{year} > 500 or b_{year} >= 100",
    )
)


def consistent(random: Random) -> dict[str, int]:
    record: dict[str, int] = {"people": random.randrange(50, 5000)}
    running = 0
    for year in (1, 2):
        parts = {name: random.randrange(0, 900) for name in "abc"}
        if parts["a"] > 500:
            parts["b"] = max(parts["b"], 100)
        total = sum(parts.values())
        running += total
        rate = int(Fraction(1000 * total, record["people"]) + Fraction(1, 2))  # in tenths, half up
        record |= {f"{name}_{year}": value for name, value in parts.items()}
        record |= {f"total_{year}": total, f"rate_{year}": rate, f"sum_{year}": running}
    return record


def weight_by_cpsat(record: dict[str, int], weights: dict[str, int]) -> int:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    far = 10**6
    cells = {name: model.new_int_var(-far, far, name) for name in CELLS}
    wrong = {name: model.new_bool_var(f"wrong {name}") for name in CELLS}
    for name in CELLS:
        model.add(cells[name] == record[name]).only_enforce_if(~wrong[name])
    people = record["people"]
    for year in (1, 2):
        total, a, b = cells[f"total_{year}"], cells[f"a_{year}"], cells[f"b_{year}"]
        model.add(total == a + b + cells[f"c_{year}"])
        # rate/10 ± 0.05 around 100·total/people, the end away from zero open, in units of
        # 1/(20·people)
        distance = 2000 * total - 2 * people * cells[f"rate_{year}"]
        low, high = model.new_bool_var(f"below {year}"), model.new_bool_var(f"above {year}")
        model.add(cells[f"rate_{year}"] > 0).only_enforce_if(high)
        model.add(cells[f"rate_{year}"] <= 0).only_enforce_if(~high)
        model.add(cells[f"rate_{year}"] < 0).only_enforce_if(low)
        model.add(cells[f"rate_{year}"] >= 0).only_enforce_if(~low)
        model.add(distance >= -people).only_enforce_if(high)
        model.add(distance >= -people + 1).only_enforce_if(~high)
        model.add(distance <= people).only_enforce_if(low)
        model.add(distance <= people - 1).only_enforce_if(~low)
        model.add(
            cells[f"sum_{year}"]
            == (cells["total_1"] if year == 1 else cells["sum_1"] + cells["total_2"])
        )
        model.add(a <= total)
        small = model.new_bool_var(f"small {year}")
        model.add(a <= 500).only_enforce_if(small)
        model.add(b >= 100).only_enforce_if(~small)
    model.minimize(sum(weights[name] * wrong[name] for name in CELLS))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def test_the_minimal_weight_is_that_of_cpsat() -> None:
    pytest.importorskip("ortools", reason="the cross-check needs the extra `crosscheck` (ortools)")
    random = Random(7)
    for _ in range(1000):
        record = consistent(random)
        for name in random.sample(CELLS, random.randrange(1, 4)):
            record[name] = random.choice(
                (record[name] + random.randrange(-300, 300), random.randrange(0, 3000))
            )
        weights = {name: random.choice((2, 2, 3, 5)) for name in CELLS}
        found = locate(
            {**record, "rate_1": record["rate_1"] / 10, "rate_2": record["rate_2"] / 10},
            FORMULAS,
            weights=weights,
            steps={"rate_1": "0.1", "rate_2": "0.1"},
            rounding={"rate_1": "half_up", "rate_2": "half_up"},
            fixed=["people"],
            limit=200,
            nodes=50_000,
        )
        assert found.complete
        ours = min((sum(weights[name] for name in one.fields) for one in found), default=0)
        assert ours == weight_by_cpsat(record, weights), record
