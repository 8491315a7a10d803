"""Audits of lists by this project as a process like its peers'.

``python -m benchmarks.lists.ours FOLDER WHAT``: the rules on single rows alone (``rows``), all
that a default run judges (``all``), or that with findings as objects, suspects sought
(``objects``).
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

from auditor.auditing.options import AuditOptions
from auditor.auditing.session import Session, load
from auditor.auditing.tables import audit_tables
from auditor.engines import engine_named
from auditor.tables.findings import FindingFile
from benchmarks.lists.by_hand import FILE, OF_ROWS
from benchmarks.peers.harness import Pair, serve
from benchmarks.tables.ours import Audit

__all__ = ["audited", "opened", "pairs"]


class Opened(NamedTuple):
    """The file of a list, and a session with its form and rules."""

    file: Path
    session: Session


def opened(folder: Path) -> Opened:
    return Opened(folder / FILE, load((str(folder / "form.toml"),)))


def audited(opened: Opened, what: str) -> Audit:
    """One audit from the file, with every finding as columns; as objects too where asked for."""
    file, session = opened
    rules = session.rules
    if what == "rows":
        rules = rules.select(OF_ROWS)
    audit = Audit()
    options = AuditOptions(
        engine=engine_named("polars", None),
        max_findings=None if what == "objects" else 0,
        findings=cast(FindingFile, audit),
    )
    audit.report = audit_tables([file], rules, session.forms, options)
    if audit.report.not_checked:
        raise SystemExit(f"not everything was checked: {audit.report.not_checked[0]}")
    return audit


def pairs(audit: Audit) -> list[Pair]:
    return [
        (rule, "", line, None)
        for frame in audit.columns
        for rule, line in frame.select("rule", "sheet").iter_rows()
    ]


if __name__ == "__main__":
    serve(opened, partial(audited, what=sys.argv[2]), pairs)
