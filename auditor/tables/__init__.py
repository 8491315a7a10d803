"""The tidy tables: a country's sheets as rows in base units.

They are guarded by pandera schemas, made records and made of records, read from files and written.
"""

from auditor.records.fields import TableName
from auditor.tables.books import from_tables
from auditor.tables.files import read_frames, read_tables
from auditor.tables.guard import Fault
from auditor.tables.records import Tables, UnusableTables, to_tables
from auditor.tables.shape import schema
from auditor.tables.writing import write_tables

__all__ = [
    "Fault",
    "TableName",
    "Tables",
    "UnusableTables",
    "from_tables",
    "read_frames",
    "read_tables",
    "schema",
    "to_tables",
    "write_tables",
]


def __dir__() -> list[str]:
    return list(__all__)
