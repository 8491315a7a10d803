"""The options of an audit, beside its records and rules.

One object goes from the public functions and the command down to the last loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from auditor.settings.model import AS_THEY_COME, Departments

if TYPE_CHECKING:
    import polars as pl

    from auditor.accounts.model import Ledger
    from auditor.auditing.outcome_rows import OutcomeListing
    from auditor.engines.engine import Engine
    from auditor.narrative.model import PluggedReader
    from auditor.publication.disclosures import Disclosures
    from auditor.records.model import Book, NotChecked, PassedOver
    from auditor.records.severities import FailOn
    from auditor.versions.model import ReturnedFile

__all__ = ["DEFAULTS", "AuditOptions", "FindingSink", "Progress"]

Progress = Callable[[int, int], None]
"""Called with how much is done, and how much there is: rows of the largest table; of documents, the
sheets and KPIs whose findings are being explained, which takes longest.
"""


class FindingSink(Protocol):
    """Takes every finding as a row, some at a time; a file of findings is one."""

    def write(self, frame: pl.DataFrame) -> None:
        """Take rows; ``frame`` has the columns of ``auditor.tables.findings.FINDINGS``."""


@dataclass(frozen=True)
class AuditOptions:
    """The options of an audit. Raises ValueError for a negative ``max_findings``.

    ``not_checked`` is what could not be checked by now, which the report repeats, as it does with
    the files that were ``passed_over`` and the marked copies that were ``returned``. ``fail_on`` is
    the least severity that counts for the exit code. The report lists at most ``max_findings``
    (all, for None) and counts them all; ``findings`` is written every one.

    ``left_out`` are the codes of the rules that a selection leaves out; the report repeats them.
    ``form`` is insisted on: records of another form are reported as not checked. It is that of
    tables which name none. ``departments`` has the order in which the report lists departments;
    without it, they come as their first findings do.

    ``files`` is what the files of the audit would give away if they were published; None where
    they were not looked at.

    ``last_year`` are the books of the year before, against which the audited ones are held.

    ``accounts`` is what the accounts say of the projects of the one book that is audited.

    ``outcomes`` takes the rows that the report lists beside its findings; None lists none.

    ``narrative`` says whether sentences are read: rules over them are left out of an audit of
    tables that was not asked for them. ``claim_readers`` are those of plugins.

    ``jobs`` is in how many processes at a time the prose of a large book is judged at most; None
    stands for as many as are best.

    ``progress`` follows the work. ``engine`` computes the columns of tables (polars, for None).
    ``limits`` is how many times the usual work a workbook of tables may take.
    """

    not_checked: Sequence[NotChecked] = ()
    passed_over: Sequence[PassedOver] = ()
    returned: Sequence[ReturnedFile] = ()
    fail_on: FailOn = "error"
    max_findings: int | None = None
    findings: FindingSink | None = None
    left_out: Sequence[str] = ()
    form: str | None = None
    departments: Departments = AS_THEY_COME
    files: Sequence[Disclosures] | None = None
    last_year: Sequence[Book] = ()
    accounts: Ledger | None = None
    outcomes: OutcomeListing | None = None
    narrative: bool = True
    claim_readers: Sequence[PluggedReader] = ()
    jobs: int | None = 1
    engine: Engine | None = None
    progress: Progress | None = None
    limits: int = 1

    def __post_init__(self) -> None:
        if self.max_findings is not None and self.max_findings < 0:
            raise ValueError(f"max_findings is a number from 0, not {self.max_findings}")


DEFAULTS: Final = AuditOptions()
