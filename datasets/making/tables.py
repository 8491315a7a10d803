"""Makes the shipped tidy tables from the shipped records: ``python datasets/making/tables.py``."""

from __future__ import annotations

import shutil
from pathlib import Path

from auditor.tables import to_tables, write_tables
from auditor_datasets import faults, load, names
from auditor_datasets.tables import FORMATS, path


def main(folder: Path | None = None) -> None:
    """Write every data set that holds figures as they were published, as CSV and as Parquet."""
    from auditor.auditing.session import load as session

    forms = session().forms
    for name in names():
        if faults(name):
            continue
        tables = to_tables(load(name), forms)
        filled = type(tables)(
            **{table: frame for table, frame in tables.frames.items() if not frame.is_empty()}
        )
        for kind in FORMATS:
            target = folder / kind / name if folder else path(name, kind)
            shutil.rmtree(target, ignore_errors=True)
            write_tables(filled, target, kind=kind)


if __name__ == "__main__":
    main()
