"""Tidy tables written into a folder."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from auditor.tables.records import Tables

__all__ = ["write_tables"]


def write_tables(tables: Tables, folder: str | Path, *, kind: str = "parquet") -> tuple[Path, ...]:
    """Write every table that is there into ``folder``, as ``parquet`` or ``csv`` (UTF-8); returns
    the files.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, frame in tables.frames.items():
        path = folder / f"{name}.{kind}"
        if kind == "parquet":
            frame.write_parquet(path)
        else:
            plain = [
                pl.col(column)
                .cast(pl.String)
                .str.replace(r"(\.[0-9]*?)0+$", "$1")
                .str.strip_suffix(".")
                for column, dtype in frame.schema.items()
                if isinstance(dtype, pl.Decimal)
            ]
            frame.with_columns(plain).write_csv(path)
        written.append(path)
    return tuple(written)
