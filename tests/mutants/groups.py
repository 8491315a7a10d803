"""What is changed, and which tests are near it: modules in groups, each with its tests, the nearest
first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["GROUPS", "ROOT", "Group"]

ROOT: Final = Path(__file__).resolve().parents[2]


class Group(NamedTuple):
    """Modules, as paths and patterns below the repository, and the tests near them."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self) -> list[Path]:
        """Its modules, in their order."""
        files = {file: None for pattern in self.modules for file in sorted(ROOT.glob(pattern))}
        return [file for file in files if file.name != "__init__.py"]

    def distance(self, test: str) -> int:
        """Where among its tests one stands, 0 for the nearest."""
        return next(at for at, path in enumerate(self.tests) if test.startswith(path))


_READERS: Final = (
    "tests/readers/test_placing.py",
    "tests/readers/test_headings_of_grids.py",
    "tests/readers/test_text_places.py",
    "tests/readers/test_sheet_text.py",
    "tests/readers/test_text_moved.py",
    "tests/readers/test_lost_headings.py",
    "tests/readers/test_sheet_labels.py",
    "tests/readers/test_grid_labels.py",
    "tests/readers/test_labels_over_year_rows.py",
    "tests/readers/test_shifted_years.py",
    "tests/readers/test_steps_of_years.py",
    "tests/readers/test_years_of_sheets.py",
    "tests/readers/test_fiscal_years.py",
    "tests/readers/test_several_projects.py",
    "tests/readers/test_kinds.py",
    "tests/readers/test_kinds_in_rows.py",
    "tests/readers/test_unread_places.py",
    "tests/readers/test_alike.py",
)

_RULES: Final = (
    "tests/rules/test_row_values.py",
    "tests/rules/test_verdicts.py",
    "tests/rules/test_kpi.py",
    "tests/rules/test_beside.py",
    "tests/rules/test_sums.py",
    "tests/rules/test_rows_of_other_books.py",
)
_AUDITING: Final = (
    "tests/auditing/test_parts_of_reports.py",
    "tests/auditing/test_stated_reports.py",
    "tests/auditing/test_stated_sessions.py",
    "tests/auditing/test_books_judged.py",
    "tests/auditing/test_prose_ahead.py",
    "tests/auditing/test_causes.py",
    "tests/auditing/test_fail_closed.py",
    "tests/auditing/test_options.py",
    "tests/auditing/test_outcome_rows.py",
    "tests/api/test_report_in_python.py",
)
_FORMULA: Final = (
    "tests/formula/test_judge_steps.py",
    "tests/formula/test_stated_deciders.py",
    "tests/formula",
)

GROUPS: Final = (
    Group(
        "figures",
        ("auditor/records/figures.py", "auditor/records/decimals.py"),
        (
            "tests/records/test_printed_cells.py",
            "tests/records/test_cells_read_whole.py",
            "tests/records/test_intervals_of_a_grid.py",
            "tests/records/test_figures.py",
            "tests/test_exactness.py",
            *_FORMULA,
        ),
    ),
    Group(
        "fields",
        ("auditor/records/fields.py",),
        (
            "tests/records/test_names_of_records.py",
            "tests/records/test_fields.py",
            "tests/records/test_nothing_is_lost.py",
            *_FORMULA,
            *_RULES,
        ),
    ),
    Group(
        "judge",
        ("auditor/formula/judge.py", "auditor/formula/deciding.py"),
        (*_FORMULA, "tests/test_exactness.py", *_RULES),
    ),
    Group(
        "columns",
        ("auditor/formula/columns/*.py",),
        (
            "tests/formula/test_arithmetic_of_columns.py",
            "tests/formula/test_columns_of_rows.py",
            "tests/tables/test_columns.py",
            "tests/tables/test_rounding_modes.py",
            "tests/tables/test_sets_in_columns.py",
            "tests/tables/test_links_of_rows.py",
        ),
    ),
    Group(
        "rows",
        ("auditor/rules/rows.py",),
        (
            "tests/rules/test_stated_rows.py",
            "tests/rules/test_sets.py",
            "tests/rules/test_claim_rows.py",
            *_RULES,
            *_AUDITING,
            *_FORMULA,
        ),
    ),
    Group(
        "verdicts",
        ("auditor/rules/verdicts.py", "auditor/rules/findings.py"),
        (*_RULES, *_AUDITING),
    ),
    Group(
        "auditing",
        (
            "auditor/auditing/session.py",
            "auditor/auditing/collector.py",
            "auditor/auditing/book_findings.py",
            "auditor/auditing/judged_rows.py",
            "auditor/auditing/prose.py",
            "auditor/auditing/prose_ahead.py",
            "auditor/auditing/documents.py",
            "auditor/auditing/causes.py",
            "auditor/auditing/report.py",
            "auditor/auditing/row_choice.py",
            "auditor/auditing/options.py",
        ),
        (*_AUDITING, *_RULES),
    ),
    Group("kpi", ("auditor/rules/kpi.py",), ("tests/rules/test_kpi.py", *_RULES)),
    Group(
        "suspects",
        ("auditor/suspects/*.py",),
        (
            "tests/suspects/test_stated_sheets.py",
            "tests/suspects/test_stated_plain.py",
            "tests/suspects",
        ),
    ),
    Group(
        "coverage",
        ("auditor/drafting/coverage.py",),
        ("tests/drafting/test_coverage.py", "tests/drafting/test_drafts.py"),
    ),
    Group(
        "placing",
        (
            "auditor/readers/text/placement.py",
            "auditor/readers/grid/headers.py",
            "auditor/readers/shifted.py",
        ),
        _READERS,
    ),
)
