"""What ``locate`` answers on small records, in full: every suspect, every span, every belief.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from auditor.records.errors import AuditorError
from auditor.suspects.locating import locate
from tests.suspects.recorded import Recorder, Stored, suspect_lines

STORED: Final = Stored("locate")
TOTAL: Final = ["total == a + b + c"]
RATE: Final = ["rate == 100 * part / whole"]
HALF: Final[dict[str, Any]] = {"rounding": {"rate": "half_up"}, "steps": {"rate": "0.1"}}
YEARS: Final = ("2022", "2023", "2024")


def case(values: dict[str, Any], formulas: list[str], **options: Any) -> dict[str, Any]:
    return {"values": values, "formulas": formulas, **options}


def of_sum(total: Any, a: Any, b: Any, c: Any, **options: Any) -> dict[str, Any]:
    return case({"total": total, "a": a, "b": b, "c": c}, TOTAL, **options)


def by_year(names: str, *columns: str, **options: Any) -> dict[str, Any]:
    """Columns of figures by year, each with a total of the other names."""
    first, *rest = names.split()
    values: dict[str, Any] = {}
    for year, column in zip(YEARS, columns, strict=False):
        figures = [None if each == "-" else int(each) for each in column.split()]
        values |= {f"{name}_{year}": one for name, one in zip(names.split(), figures, strict=True)}
    formulas = [
        f"{first}_{year} == sum({', '.join(f'{name}_{year}' for name in rest)})"
        for year, _ in zip(YEARS, columns, strict=False)
    ]
    return case(values, formulas + options.pop("more", []), **options)


CASES: Final[dict[str, dict[str, Any]]] = {
    # One slip of the hand.
    "mistyped": of_sum(8931, 4000, 3031, 1000),
    "swapped": of_sum(8301, 4000, 3031, 1000),
    "dropped": of_sum(831, 4000, 3031, 1000),
    "dropped in front": of_sum(31, 4000, 3031, 1000),
    "doubled": of_sum(80031, 4000, 3031, 1000),
    "inserted": of_sum(89031, 4000, 3031, 1000),
    "sign": of_sum(8031, 4000, -3031, 1000),
    "sign of a total": of_sum(-8031, 4000, 3031, 1000),
    "thousandfold": of_sum(8031, 4000, 3031, 1000000),
    "a thousandth": of_sum(8031, 4, 3031, 1000),
    "part left out": of_sum(7031, 4000, 3031, 1000),
    "part left out twice the same": of_sum(7000, 4000, 3000, 3000),
    "neighbour": of_sum(8031, 4000, 4000, 1000),
    "arbitrary": of_sum(5555, 4000, 3031, 1000),
    "by one": of_sum(8032, 4000, 3031, 1000),
    "round figures": of_sum(900000, 400000, 300000, 100000),
    "nought": of_sum(0, 4000, 3031, 1000),
    "nought in a part": of_sum(8031, 4000, 0, 1000),
    "small": of_sum(9, 1, 2, 3),
    "negative true": of_sum(3000, 4000, 3031, 1000),
    "all negative": of_sum(-8301, -4000, -3031, -1000),
    "blank part": of_sum(8031, 4000, None, 1000),
    "two blank parts": of_sum(8031, 4000, None, None),
    "blank total": of_sum(None, 4000, 3031, 1000),
    "nothing but the total": of_sum(8031, None, None, None),
    "weights": of_sum(8301, 4000, 3031, 1000, weights={"total": 3, "a": 0.5}),
    "fixed": of_sum(8301, 4000, 3031, 1000, fixed=["total"]),
    "all but one fixed": of_sum(8301, 4000, 3031, 1000, fixed=["total", "a", "b"]),
    "limit": of_sum(8301, 4000, 3031, 1000, limit=2),
    "two slips": of_sum(160155, 53240, 7185, 100000, limit=20),
    "tenths": of_sum("80.31", "40.0", "30.30", "10", steps="0.1"),
    "large": of_sum(10**15, 10**15 - 1, 20, 3),
    "very large": of_sum(10**19, 10**19 - 1, 20, 3),
    # Rates and products.
    "rate": case({"rate": "37.5", "part": 30, "whole": 90}, RATE, **HALF),
    "rate by a step": case({"rate": "33.4", "part": 30, "whole": 90}, RATE, **HALF),
    "rate of nothing": case({"rate": "33.4", "part": 30, "whole": 0}, RATE, **HALF),
    "rate of a blank": case({"rate": "33.4", "part": 30, "whole": None}, RATE, **HALF),
    "rate cut": case(
        {"rate": "37.5", "part": 30, "whole": 90},
        RATE,
        rounding={"rate": "truncate"},
        steps={"rate": "0.1"},
    ),
    "rate up": case(
        {"rate": "-37.5", "part": -30, "whole": 90},
        RATE,
        rounding={"rate": "up"},
        steps={"rate": "0.1"},
    ),
    "rate with a point lost": case({"rate": "333", "part": 30, "whole": 90}, RATE, **HALF),
    "share for a percentage": case({"rate": "0.333", "part": 30, "whole": 90}, RATE, **HALF),
    "percentage for a share": case(
        {"rate": "33.3", "part": 30, "whole": 90},
        ["rate == part / whole"],
        rounding={"rate": "half_up"},
        steps={"rate": "0.001"},
    ),
    "two rates of one whole": case(
        {"rate": "31.2", "part": 30, "whole": 69, "other": "13.0", "share": 9},
        [*RATE, "other == 100 * share / whole"],
        rounding={"rate": "half_up", "other": "half_up"},
        steps={"rate": "0.1", "other": "0.1"},
    ),
    "product": case({"cost": 36940, "staff": 5, "unit": 7832}, ["cost == staff * unit"]),
    "product with a point lost": case(
        {"cost": 40634, "staff": 55, "unit": 7388},
        ["cost == staff * unit"],
        steps={"staff": "0.1"},
        rounding={"cost": "half_up"},
        fixed=["unit"],
    ),
    "product of three": case(
        {"cost": 30, "x": 2, "y": 3, "z": 4}, ["cost == x * y * z"], weights={"y": 2}
    ),
    "product with a negative": case({"cost": -30, "x": -2, "y": 3}, ["cost == x * y"]),
    "product of negatives": case({"cost": 30, "x": -2, "y": -3}, ["cost == x * y"]),
    "product and sum": case(
        {"cost": 47, "x": 4, "y": 5, "z": 7}, ["cost == x * (y + z)"], fixed=["y"]
    ),
    "quotient of a sum": case({"mean": 9, "x": 4, "y": 5, "n": 3}, ["mean == (x + y) / n"]),
    "quotient by a rate": case({"x": 9, "y": 4, "n": 3}, ["x / n == y"]),
    "square": case({"x": 5, "y": 24}, ["x * x == y"]),
    "factor of a hundredth": case({"x": 70, "y": 35}, ["x * 0.25 == y"]),
    "divided by a number": case({"x": 70, "y": 35}, ["x / 4 == y"]),
    "minus": case({"rest": 40, "all": 100, "used": 35}, ["rest == all - used"]),
    "negative sum": case({"rest": 40, "all": 100, "used": 35}, ["-rest == -(all - used)"]),
    # Distances, least and greatest.
    "distance": case({"x": 40, "y": 50}, ["abs(x - y) <= 3"]),
    "distance is": case({"x": 40, "y": 50, "d": 9}, ["abs(x - y) == d"]),
    "distance is more": case({"x": 40, "y": 50, "d": 19}, ["abs(x - y) >= d"]),
    "distance of a negative": case({"x": -50, "y": 40, "d": 80}, ["d == abs(x) + y"]),
    "greatest": case({"most": 8, "x": 9, "y": 5}, ["most == max(x, y)"]),
    "least": case({"least": 6, "x": 9, "y": 5}, ["least == min(x, y)"]),
    "greatest with a blank": case({"most": 8, "x": 9, "y": None}, ["most == max(x, y)"]),
    "least of blanks": case({"least": 8, "x": None, "y": None}, ["least == min(x, y)"]),
    "greatest is at most": case({"most": 8, "x": 9, "y": 12}, ["max(x, y) <= most"]),
    "least is at least": case({"least": 6, "x": 9, "y": 5}, ["min(x, y) >= least"]),
    "least is at most": case({"least": 4, "x": 9, "y": 5}, ["min(x, y) <= least"]),
    "greatest is at least": case({"most": 28, "x": 9, "y": 12}, ["max(x, y) >= most"]),
    "greatest is below": case({"most": 9, "x": 9, "y": 5}, ["max(x, y) < most"]),
    "least is above": case({"least": 5, "x": 9, "y": 5}, ["least < min(x, y)"]),
    "greatest of a number": case({"x": 9}, ["max(x, 4) <= 6"]),
    "greatest of numbers alone": case({"x": 9}, ["max(3, 8) <= 6 or x == 8"]),
    # Bounds and conditions.
    "at most": case({"part": 90, "whole": 50}, ["part <= whole"]),
    "below": case({"part": 50, "whole": 50}, ["part < whole"]),
    "above": case({"part": 50, "whole": 50}, ["part > whole"]),
    "at least": case({"part": 40, "whole": 50}, ["part >= whole"]),
    "other than": case({"a": 5, "b": 5}, ["a != b"]),
    "bounds in a row": case({"x": 90, "y": 50, "z": 10}, ["x <= y", "y <= z"]),
    "one of": case({"x": 5, "y": 7}, ["x in [3, 6, y]"], fixed=["y"]),
    "none of": case({"x": 5, "y": 5}, ["x not in [3, 5, y]"], fixed=["y"]),
    "either": case({"x": 5, "y": 7, "z": 9}, ["x == y or x == z"]),
    "either fixed": case({"x": 5, "y": 7, "z": 9}, ["x == y or x == z"], fixed=["y", "z"]),
    "either or a bound": case({"x": 15, "y": 7, "z": 9}, ["x < y or x == z + 1"], fixed=["y", "z"]),
    "both": case({"x": 5, "y": 7, "z": 9}, ["x == y and x + 4 == z"]),
    "not both": case({"x": 5, "y": 5, "z": 9}, ["not (x == y and z == 9)"]),
    "not either": case({"x": 5, "y": 5, "z": 9}, ["not (x == y or z == 8)"]),
    "not above": case({"x": 15, "y": 5}, ["not x > y"]),
    "not below": case({"x": 1, "y": 5}, ["not x < y"]),
    "where the other is printed": case({"x": 5, "y": 7}, ["blank(y) or x == y"]),
    "where the other is blank": case({"x": 5, "y": None}, ["present(y) or x == 0"]),
    "has to be printed": case({"x": 5, "y": None}, ["present(y)", "x == 5"]),
    "has to be blank": case({"x": 5, "y": 3}, ["blank(y)", "x == 5"]),
    "a blank compared": case({"x": 5, "y": None}, ["x == y"]),
    "a blank as nought": case({"x": 5, "y": None, "z": 4}, ["x == zero(y) + z"]),
    "constant": case({"x": 5}, ["x == 7"]),
    "constant in a sum": case({"x": 5, "y": 2}, ["x == y + 7 - 1"]),
    "condition on a third": case({"x": 5, "y": 7, "z": 1}, ["z == 0 or x == y"]),
    "six sides": case(
        {"x": 5, "y": 7, "z": 1},
        [
            "x == 1 or x == 2 or x == 3 or x == 8 or x == 9 or x == 10",
            "y == 7 or y == 8 or y == 9 or y == 10 or y == 11 or y == 12",
            "z == x - 1 or z == y - 5",
        ],
    ),
    # Contradictions of several formulas.
    "in a circle": case(
        {"x": 10, "y": 4, "z": 5, "d": 2}, ["x == y + z", "d == y - z", "x + d == 2 * y"]
    ),
    "in a circle of unknowns": case(
        {"s": 10, "d": 4, "x": None, "y": None}, ["s == x + y", "d == x - y"]
    ),
    "in a circle without whole numbers": case(
        {"s": 10, "d": 5, "x": None, "y": None}, ["s == x + y", "d == x - y"]
    ),
    "three unknowns": case(
        {"s": 10, "d": 4, "e": 3, "x": None, "y": None, "z": None},
        ["s == x + y + z", "d == x - y", "e == y - z"],
    ),
    "two sums of one part": case(
        {"x": 110, "y": 220, "a": 100, "b": 20, "c": 120}, ["x == a + b", "y == a + c"]
    ),
    "two parts of one sum": case(
        {"x": 120, "a": 110, "b": 20, "p": 60, "q": 40, "r": 12, "s": 8},
        ["x == a + b", "a == p + q", "b == r + s"],
    ),
    "two that do not meet": case(
        {"x": 120, "a": 110, "b": 20, "y": 7, "p": 5, "q": 3}, ["x == a + b", "y == p + q"]
    ),
    "three that do not meet": case(
        {"x": 9, "a": 4, "b": 4, "y": 7, "p": 5, "q": 3, "z": 2, "r": 1, "s": 2},
        ["x == a + b", "y == p + q", "z == r + s"],
    ),
    "a bound beside an equation": case(
        {"x": 120, "a": 110, "b": 20, "most": 100}, ["x == a + b", "x <= most"], fixed=["most"]
    ),
    "can't be": case({"x": 1, "y": 5, "z": 9}, ["x == y + 1", "y == x + 1", "z >= 0"]),
    "can't be whole": case({"x": 1, "y": 5}, ["2 * x == 2 * y + 1"]),
    "can't be with what is fixed": case({"x": 1, "y": 5}, ["x == y", "x > 8"], fixed=["y"]),
    "undecided": case(
        {f"x{number}": number for number in range(9)},
        [f"x{number} == x{number - 1} + x{number - 2} + 1" for number in range(2, 9)],
        nodes=4,
    ),
    # Cells that changed places, columns, rows.
    "exchanged": case(
        {"a": 4711, "b": 9, "c": 100, "left": 109, "right": 4811, "sum": 4720},
        ["left == a + c", "right == b + c", "sum == a + b"],
    ),
    "exchanged with a blank": by_year("t x y z", "900 500 400 -", "800 - 300 500"),
    "bounds exchanged": case({"x": 90, "y": 50, "z": 10}, ["x <= y <= z"]),
    "total of another year": by_year("t x y", "900 500 400", "900 711 630"),
    "part of another year": by_year("t x y", "900 500 400", "841 500 341", "841 211 630"),
    "columns exchanged": by_year(
        "t x y r",
        "905 504 401 10",
        "1341 711 630 30",
        more=["r_2022 == x_2023 - 701", "r_2023 == x_2022 - 474", "x_2022 == 711 or y_2023 == 0"],
    ),
    "parts of columns exchanged": by_year("t x y", "1341 504 401", "905 711 630"),
    "rows exchanged": by_year(
        "t x y z", "905 401 300 204", "1341 230 411 700", more=["x_2022 <= 300", "x_2023 >= 411"]
    ),
    "column in thousands": by_year(
        "t x y", "905 504 401", "1341000 711000 630000", more=["t_2023 <= t_2022 * 2"]
    ),
    "one figure of a column in thousands": by_year(
        "t x y", "905 504 401", "1341000 - -", more=["t_2023 == t_2022 + 436"]
    ),
    "column in ones": by_year(
        "t x y",
        "905000 504000 401000",
        "1341 711 630",
        more=["t_2023 * 10 >= t_2022"],
        fixed=["t_2022"],
    ),
    "column copied": by_year(
        "t x y z",
        "905 504 300 101",
        "905 504 300 101",
        more=["t_2023 == 1341", "x_2023 + y_2023 <= 760"],
    ),
    "rows copied": by_year(
        "t x y",
        "905 504 504",
        "1341 711 711",
        "905 505 505",
    ),
    "nothing in common": by_year("t x y", "905 504 402", "1341 711 631", "77 40 36"),
    # Words.
    "a word": case(
        {"flag": "yes", "x": 5, "y": 7},
        ['flag == "no" or x >= y'],
        words={"flag": ["yes", "no", "maybe"]},
    ),
    "a word of several formulas": case(
        {"flag": "yes", "kind": "a", "x": 5, "y": 7},
        ['flag == "no" or x >= y', 'kind == "b" or flag != "yes"'],
        words={"flag": ["yes", "no"], "kind": ["a", "b", "c"]},
    ),
    "a word that is fixed": case(
        {"flag": "yes", "x": 5, "y": 7},
        ['flag == "no" or x >= y'],
        words={"flag": ["yes", "no"]},
        fixed=["flag", "y"],
    ),
    "a word beside a sum": case(
        {"flag": "yes", "x": 5, "y": 7, "z": 14},
        ['flag == "no" or x >= y', "z == x + y"],
        words={"flag": ["yes", "no"]},
    ),
    "a word that is missing": case(
        {"flag": None, "x": 5, "y": 7}, ['flag == "no" or x >= y'], words={"flag": ["yes", "no"]}
    ),
    "no word fits": case(
        {"flag": "yes", "x": 5, "y": 7}, ['flag == "never"'], words={"flag": ["yes", "no"]}
    ),
    "exchanged in one of two": case(
        {"t": 20, "x": 4, "y": 8, "s": 9, "p": 4, "q": 4},
        ["t == 2 * x + y", "s == p + q", "x <= p + 100"],
    ),
    "exchanged in both of two": case(
        {"t": 20, "x": 4, "y": 8, "s": 40, "p": 10, "q": 20},
        ["t == 2 * x + y", "s == p + q + p", "x <= p + 100"],
    ),
    "a rate of the sum": case(
        {"rate": "37.5", "a": 30, "b": 12, "whole": 90},
        ["rate == 100 * (a + b) / whole"],
        **HALF,
    ),
    "a difference of products": case(
        {"x": 4, "y": 5, "z": 3, "u": 2, "d": 4}, ["d == x * y - z * (u + x)"]
    ),
    "bounds in a circle": case(
        {"x": 9, "y": 5, "z": 2}, ["x + y <= 10", "y + z >= 9", "x - z <= 3", "x + z >= 8"]
    ),
    "three sums of three": case(
        {"a": 5, "b": 6, "c": 7, "p": 12, "q": 14, "r": 13},
        ["p == a + b", "q == b + c", "r == a + c"],
    ),
    "unknowns of a range": case(
        {"s": 10, "x": None, "y": None, "z": 4}, ["s == x + y", "x >= z", "y >= z", "z == 5"]
    ),
    "a blank beside two sums": case(
        {"s": 10, "t": 16, "x": None, "y": 4, "z": 9}, ["s == x + y", "t == x + z"]
    ),
    "a mistyped digit with a bound": case(
        {"x": 5, "y": 9, "z": 41, "most": 20}, ["z == x + y", "z <= most", "y > x"]
    ),
    "a word that is none": case({"flag": 5, "x": 1}, ["x == 1"], words={"flag": ["yes"]}),
    "a word of no value": case({"x": 1}, ["x == 1"], words={"flag": ["yes"]}),
    "words in one text": case({"flag": "yes", "x": 1}, ["x == 1"], words={"flag": "yes"}),
    "fixed in one text": case({"x": 5, "y": 7}, ["x == y"], fixed="y"),
    "a greatest of numbers and blanks": case({"x": 9, "y": None}, ["x <= max(y, 4)"]),
    "a distance from a blank": case({"x": 9, "y": None, "d": 2}, ["abs(x - y) <= d"]),
    "divided by a blank": case({"x": 9, "y": None}, ["x / y == 3"]),
    "divided by nothing": case({"x": 9}, ["x / 0 == 3", "x == 8"]),
    "a part printed": case({"x": 9, "y": None, "z": None}, ["present(sum(y, z))", "x == 8"]),
    "no part printed": case({"x": 9, "y": 3, "z": None}, ["blank(sum(y, z))", "x == 8"]),
    "a word in a sum": case({"flag": "a", "x": 9}, ["flag == x"], words={"flag": ["a"]}),
    "formulas in one text": {"values": {"x": 1, "y": 2}, "formulas": "x == y"},
    "values without names": {"values": [1, 2], "formulas": ["x == y"]},
    "no nodes": case({"x": 1}, ["x == 2"], nodes=0),
    "one node": case({"x": 1}, ["x == 2"], nodes=1),
    # Nothing to say.
    "right": of_sum(8031, 4000, 3031, 1000),
    "no formula": case({"x": 1}, []),
}


@pytest.mark.parametrize("name", CASES)
def test_locate_says_what_it_said(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(monkeypatch)
    said: dict[str, Any]
    try:
        suspects = locate(**CASES[name])
    except AuditorError as refusal:
        said = {"refused": [type(refusal).__name__, *getattr(refusal, "formulas", ())]}
    else:
        said = {
            "suspects": suspect_lines(suspects),
            "none_of_these": str(suspects.none_of_these),
            "complete": suspects.complete,
            "certain": suspects.certain,
        }
    STORED.compare(name, recorder.answer(said))


def test_each_stored_answer_has_a_case() -> None:
    STORED.cases_are(CASES)
