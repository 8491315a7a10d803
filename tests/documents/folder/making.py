"""Makes the folder: workbooks of departments and a table of indicators, clean or with one fault
a sheet, spread at random. The same seed gives the same bytes.

``python -m tests.documents.folder.making SEED FOLDER`` writes both versions, with the faults in
``faults.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.documents.folder.faults import HIDDEN_KINDS, INDICATOR_KINDS, KINDS, Answer
from tests.documents.folder.layout import indicator_sheet, worksheet
from tests.documents.folder.sheets import Indicator, Project, departments, indicators
from tests.documents.workbook_writer import workbook_bytes

__all__ = ["COPY", "Folder", "PutIn", "made", "written"]

COPY: Final = "sheet_copied"
"""The kind of a sheet that holds another's figures."""

_FAULTS: Final = {**KINDS, **HIDDEN_KINDS}
_INDICATORS: Final = "KPI実績.xlsx"
_TEXTS: Final = {
    "title": "令和6年度デジタル田園都市国家構想交付金事業の実績",
    "grant": "【デジタル田園都市国家構想交付金（地方創生推進タイプ）対象事業】",
}


@dataclass(frozen=True)
class PutIn:
    """A fault that was put in: its kind, where, and the answer. ``is_hidden``: no figure of the
    folder contradicts it. ``twin`` is the sheet that it copied.
    """

    kind: str
    document: str
    answer: Answer
    sheet: int | None = None
    kpi: int | None = None
    is_hidden: bool = False
    twin: tuple[str, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """The fault as ``faults.json`` tells it."""
        return {
            "kind": self.kind,
            "document": self.document,
            "sheet": self.sheet,
            "kpi": self.kpi,
            "hidden": self.is_hidden,
            "cells": [
                {"field": name, "year": year, "right": value}
                for (name, year), value in self.answer.cells.items()
            ],
            "followers": sorted([name, year or ""] for name, year in self.answer.followers),
            "codes": sorted(self.answer.codes),
        }


@dataclass(frozen=True)
class Folder:
    """Workbooks by file name, clean and with faults, and the faults."""

    clean: dict[str, bytes]
    faulty: dict[str, bytes]
    faults: tuple[PutIn, ...]
    sheets: int


def made(
    seed: int,
    *,
    books: int = 30,
    sheets: int = 104,
    rows: int = 20,
    kinds: Iterable[str] | None = None,
) -> Folder:
    """A folder of ``books`` workbooks with ``sheets`` sheets and a table with ``rows`` indicators.

    It has one fault of each kind of ``kinds`` (all of them, if none are named); a kind that no
    free sheet offers is left out.
    """
    random = Random(seed)
    clean = departments(random, books, sheets)
    table = indicators(random, rows)
    chosen = [*KINDS, COPY, *HIDDEN_KINDS, *INDICATOR_KINDS] if kinds is None else list(kinds)
    random.shuffle(chosen)
    faulty = [[project.copied() for project in projects] for projects in clean]
    names = [f"{number:02}_{of[0].department}.xlsx" for number, of in enumerate(clean, 1)]
    putting = _Putting(random, clean, faulty, names)
    # What few sheets offer is put in first.
    for kind in sorted(
        (kind for kind in chosen if kind not in INDICATOR_KINDS), key=putting.offers
    ):
        putting.put(kind)
    rows_after = list(table)
    at = random.sample(range(rows), min(rows, len(INDICATOR_KINDS)))
    for number, (kind, fault) in zip(at, INDICATOR_KINDS.items(), strict=True):
        if kind in chosen:
            rows_after[number], answer = fault(random, table[number])
            putting.faults.append(PutIn(kind, _INDICATORS, answer, kpi=number + 1))
    return Folder(
        _workbooks(names, clean, table),
        _workbooks(names, faulty, rows_after),
        tuple(putting.faults),
        sheets,
    )


class _Putting:
    """Puts faults into sheets that have none."""

    def __init__(
        self,
        random: Random,
        clean: Sequence[Sequence[Project]],
        faulty: Sequence[list[Project]],
        names: Sequence[str],
    ) -> None:
        self.random, self.clean, self.faulty, self.names = random, clean, faulty, names
        self.faults: list[PutIn] = []
        self.free = [
            (document, number)
            for document, projects in enumerate(clean)
            for number in range(len(projects))
        ]
        random.shuffle(self.free)

    def offers(self, kind: str) -> int:
        """How many free sheets offer what a kind needs."""
        if kind == COPY:
            return len(self.free)
        trial = Random(0)
        projects = (self._clean(at).copied() for at in self.free)
        return sum(_FAULTS[kind](trial, project) is not None for project in projects)

    def put(self, kind: str) -> None:
        """Put a fault into the first free sheet that offers what it needs."""
        if kind == COPY:
            self._copy()
            return
        for at in self.free:
            project = self._clean(at).copied()
            answer = _FAULTS[kind](self.random, project)
            if answer is not None:
                self._keep(at, project, kind, answer)
                return

    def _keep(
        self,
        at: tuple[int, int],
        project: Project,
        kind: str,
        answer: Answer,
        twin: tuple[str, int] | None = None,
    ) -> None:
        document, number = at
        self.free.remove(at)
        self.faulty[document][number] = project
        self.faults.append(
            PutIn(
                kind,
                self.names[document],
                answer,
                sheet=number + 1,
                is_hidden=kind in HIDDEN_KINDS,
                twin=twin,
            )
        )

    def _copy(self) -> None:
        """Give a sheet the figures of another department's, kept in the same way."""
        pairs = permutations(self.free, 2)
        pair = next((pair for pair in pairs if self._are_alike(*pair)), None)
        if pair is None:
            return
        at, source = pair
        self.free.remove(source)
        copy = self._clean(source).copied()
        project = self._clean(at)
        copy.name, copy.department = project.name, project.department
        copy.words = dict(project.words)
        twin = self.names[source[0]], source[1] + 1
        answer = Answer(codes=frozenset({"BOK002", "BOK006"}))
        self._keep(at, copy, COPY, answer, twin)

    def _clean(self, at: tuple[int, int]) -> Project:
        document, number = at
        return self.clean[document][number]

    def _are_alike(self, at: tuple[int, int], other: tuple[int, int]) -> bool:
        """Whether two sheets of different workbooks have formulas and blanks in the same cells."""
        one, two = self._clean(at), self._clean(other)
        return at[0] != other[0] and one.style == two.style and one.is_new == two.is_new


def _workbooks(
    names: Sequence[str], folder: Sequence[Sequence[Project]], rows: Sequence[Indicator]
) -> dict[str, bytes]:
    """The workbooks by file name."""
    books = {
        name: workbook_bytes(
            [worksheet(project, project.name) for project in projects], bordered=True
        )
        for name, projects in zip(names, folder, strict=True)
    }
    return {**books, _INDICATORS: workbook_bytes([indicator_sheet(rows, _TEXTS)], bordered=True)}


def written(books: Mapping[str, bytes], folder: Path) -> None:
    """Write workbooks into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in books.items():
        (folder / name).write_bytes(data)


def main() -> None:
    seed, out = int(sys.argv[1]), Path(sys.argv[2])
    folder = made(seed)
    written(folder.clean, out / "clean")
    written(folder.faulty, out / "faulty")
    faults = [fault.as_json() for fault in folder.faults]
    text = json.dumps(faults, ensure_ascii=False, indent=1)
    (out / "faults.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
