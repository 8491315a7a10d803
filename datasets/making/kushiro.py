"""Makes the Kushiro data sets from the figures of the two excerpts: ``python
datasets/making/kushiro.py FOLDER``.

FOLDER holds ``expected-records.json`` and the table of indicators; only figures, names and
headings are taken from it.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from auditor.auditing.session import load
from auditor.readers.json.reader import RecordsJsonReader
from auditor.readers.json.writing import dump_records
from auditor.readers.source import Source

TARGET: Final = Path(__file__).resolve().parents[1] / "auditor_datasets" / "kushiro"
FORM: Final = "kushiro"
Records = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One fault: where it is put, what is printed there instead, and which codes must fire
    because of it.
    """

    number: int
    field: str
    year: str | None
    now: str | None
    slip: str
    codes: tuple[str, ...]


SHEETS: Final = (
    Change(
        1, "total_cost", "2024", "8,300", "two neighbouring digits swapped", ("FND001", "PCC001")
    ),
    Change(2, "staff_cost", "2024", "4,343", "two neighbouring digits swapped", ("STF001",)),
    Change(3, "population", None, "152,857", "two neighbouring digits swapped", ("BOK001",)),
    Change(3, "achieved", None, "あああああ", "leftover filler", ("TXT001",)),
    Change(
        4,
        "evaluations",
        "2023",
        "終了",
        "a rating that the next one contradicts",
        ("EVL001", "EVL003"),
    ),
    Change(5, "total_cost", "2025", "13,347,261", "a digit typed twice", ("FND001",)),
    Change(
        6, "bond_burden_per_capita", None, "5.0", "a figure left in from another sheet", ("PCC002",)
    ),
    Change(6, "year", "2025", "2028", "the year 令和10 for 令和7", ("BOK004",)),
    Change(
        7, "source", "2024", "local_bonds", "an amount under the wrong funding source", ("PCC002",)
    ),
    Change(8, "cost_per_capita", None, "51.8", "the ratio of another year's total", ("PCC001",)),
    Change(
        9, "column", "2024", "2023", "a whole column copied from last year", ("BOK005", "STF001")
    ),
    Change(10, "funding.general_revenue", "2024", "5,359", "a sign dropped", ("FND001",)),
    Change(10, "total_cost", "2025", None, "a total left out", ("FND003",)),
)
KPIS: Final = (
    Change(
        2, "declared_achieved", None, "achieved", "a missed target declared achieved", ("KPI001",)
    ),
    Change(2, "declared_rate", None, "87.1", "two neighbouring digits swapped", ("KPI003",)),
    Change(4, "actuals", "2023", "-", "the actual of the due year left out", ("KPI002",)),
    Change(9, "declared_achieved", None, "missed", "a met target declared missed", ("KPI001",)),
)


def figure(printed: str | None) -> Records | None:
    """A figure as the records write it; the reader adds state and unit."""
    return (
        None
        if printed is None
        else {
            "value": printed.replace(",", "").replace("△", "-").replace(" ", ""),
            "printed": printed,
        }
    )


def actuals(table: Path) -> Mapping[str, list[str]]:
    """The last five cells of each indicator's row, by the indicator's name: the records leave out
    what a dash looked like.
    """
    rows = csv.reader(table.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    return {row[2]: row[-5:] for row in rows if len(row) == 11}


def clean(folder: Path) -> tuple[Records, Records]:
    """The records of the sheets and of the indicators."""
    held = json.loads((folder / "expected-records.json").read_text(encoding="utf-8"))
    reasons = load().forms[FORM].reasons
    for number, sheet in enumerate(held["sheets"], 1):
        sheet |= {"document": "kushiro-r6.json", "number": number}
        for year, evaluation in sheet["evaluations"].items():
            evaluation["year"] = int(year)
            if evaluation["result"] is None:
                evaluation["reason"] = reasons[sheet["status"]]
    printed = actuals(next(folder.glob("*kpi*.tsv")))
    for number, kpi in enumerate(held["kpis"], 1):
        del kpi["achieved_in_due_year"]
        kpi |= {"document": "kushiro-r5-kpi.json", "number": number, "fiscal_year": 2023}
        for (year, actual), cell in zip(kpi["actuals"].items(), printed[kpi["name"]], strict=True):
            if actual is None:
                kpi["actuals"][year] = {"value": None, "state": "dash", "printed": cell}
    return {"sheets": held["sheets"]}, {"kpis": held["kpis"]}


def put(record: Records, change: Change) -> str:
    """Put a fault into a record and return what was printed there."""
    if change.field == "column":
        assert change.year is not None and change.now is not None
        own = {
            key: value
            for key, value in record["years"][change.year].items()
            if key in ("year", "kind")
        }
        record["years"][change.year] = {**record["years"][change.now], **own}
        return change.year
    if change.field == "source":
        assert change.year is not None and change.now is not None
        funding = record["years"][change.year]["funding"]
        funding["general_revenue"], funding[change.now] = (
            funding[change.now],
            funding["general_revenue"],
        )
        return "general_revenue"
    if change.field == "evaluations" and change.year is not None:
        was = record["evaluations"][change.year]["result"]
        record["evaluations"][change.year] = {"year": int(change.year), "result": change.now}
        return str(was)
    if change.field in ("declared_achieved", "achieved"):
        record[change.field] = change.now
        return ""
    if change.field == "year":
        year = record["years"][change.year]
        year["year"] = int(change.now or 0)
        return str(change.year)
    holder: Records = (
        record
        if change.year is None
        else record["actuals"]
        if change.field == "actuals"
        else record["years"][change.year]
    )
    key = str(change.year) if change.field == "actuals" else change.field
    if change.field.startswith("funding."):
        holder, key = holder["funding"], change.field.removeprefix("funding.")
    was = (holder.get(key) or {}).get("printed", "")
    holder[key] = (
        {"value": None, "state": "dash", "printed": "-"}
        if change.now == "-"
        else figure(change.now)
    )
    return str(was)


def write(name: str, records: Records) -> None:
    """Let the program's reader complete the records, and write them as the program does."""
    held = {"documents": [{"path": f"{name}.json", "form": FORM}], **records}
    source = Source(f"{name}.json", json.dumps(held, ensure_ascii=False).encode())
    result = RecordsJsonReader().read_records(source, load().forms)
    problems = [why.why.en for why in result.not_checked] + [
        r.printed for b in result.books for d in b.documents for r in d.remarks
    ]
    if problems:
        raise SystemExit(f"{name}: {problems}")
    (TARGET / f"{name}.json").write_text(dump_records(result.books), encoding="utf-8")


def spoil(name: str, records: Records, changes: tuple[Change, ...]) -> None:
    """Write the copy with faults, and the list of them."""
    key, of = ("sheets", "sheet") if "sheets" in records else ("kpis", "kpi")
    listed = [
        {
            of: change.number,
            "field": change.field,
            "year": change.year,
            "was": put(records[key][change.number - 1], change),
            "printed": change.now or "",
            "slip": change.slip,
            "codes": list(change.codes),
        }
        for change in changes
    ]
    for record in records[key]:
        record["document"] = f"{name}.json"
    write(name, records)
    text = json.dumps({"faults": listed}, ensure_ascii=False, indent=1)
    (TARGET / f"{name}.faults.json").write_text(text + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    TARGET.mkdir(exist_ok=True)
    for index, (name, changes) in enumerate((("kushiro-r6", SHEETS), ("kushiro-r5-kpi", KPIS))):
        write(name, clean(folder)[index])
        spoil(f"{name}-faulty", clean(folder)[index], changes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
